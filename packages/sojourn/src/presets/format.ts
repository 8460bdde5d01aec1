import type { PolicyReport, PolicyReportRow } from "./report.ts";
import type { Answer } from "./requirement.ts";

/**
 * A report as a plain text table for terminals and tickets: what is not met first, then what the application has to
 * see to, then what is met. `width`: columns, 100 by default, at least 60. `color`: ANSI colours, off by default.
 */
export function formatPolicyReport(
  report: PolicyReport,
  { width = 100, color = false }: { readonly width?: number; readonly color?: boolean } = {},
): string {
  const { met, notMet, justified, notDecided } = report.summary;
  const total = Math.max(60, width);
  const facts = Object.entries(report.settings).map(([setting, value]) => `${setting} ${value}`);
  const sections = order.map(({ title, paint, includes }) => {
    const rows = report.rows.filter(includes);
    if (rows.length === 0) return [];
    const heading = `${title} (${rows.length})`;
    return ["", color ? `\u001b[${paint}m${heading}\u001b[0m` : heading, "-".repeat(total), ...table(rows, total)];
  });
  const counts = `${notMet} not met (${justified} with a justification), ${notDecided} not decided by the library, ${met} met`;
  return [
    ...wrap(`Policy report: ${report.claim === null ? "no standard is claimed" : `claims ${report.claim}`}`, total),
    ...wrap(counts, total),
    ...wrap(facts.join(" | "), total),
    ...sections.flat(),
    "",
  ].join("\n");
}

interface Group {
  readonly title: string;
  /** ANSI colour. */
  readonly paint: number;
  readonly includes: (row: PolicyReportRow) => boolean;
}

const answered = (answer: Answer) => (row: PolicyReportRow) => row.answer === answer;
const isJustified = (row: PolicyReportRow) => row.justification !== undefined;

/** Worst first. */
const order: readonly Group[] = [
  { title: "NOT MET", paint: 31, includes: (row) => row.answer === "not met" && !isJustified(row) },
  { title: "NOT MET, JUSTIFIED", paint: 33, includes: isJustified },
  { title: "NOT DECIDED BY THE LIBRARY", paint: 36, includes: answered("not decided by the library") },
  { title: "MET", paint: 32, includes: answered("met") },
];

function table(rows: readonly PolicyReportRow[], total: number): readonly string[] {
  const gap = 2;
  const id = Math.min(20, Math.max(...rows.map((row) => row.id.length)));
  const requirement = Math.floor((total - id - 2 * gap) * 0.42);
  const because = total - id - requirement - 2 * gap;
  return rows.flatMap((row) => {
    const reason = row.justification === undefined ? [] : wrap(`Justification: ${row.justification}`, because);
    const cells = [wrap(row.id, id), wrap(row.requirement, requirement), [...wrap(row.because, because), ...reason]];
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => {
      const [a = "", b = "", c = ""] = cells.map((lines) => lines[line]);
      return `${a.padEnd(id + gap)}${b.padEnd(requirement + gap)}${c}`.trimEnd();
    });
  });
}

/** Lines of at most `width` characters, broken between words, and within a word only if it is longer. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of plain(text)
    .split(" ")
    .flatMap((each) => pieces(each, width))) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function pieces(word: string, width: number): readonly string[] {
  return Array.from({ length: Math.ceil(word.length / width) }, (_, piece) =>
    word.slice(piece * width, (piece + 1) * width),
  );
}

/** A justification is the application's text: no line breaks and no escape sequences reach the terminal. */
function plain(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
}
