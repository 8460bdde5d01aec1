import type { Report, Result } from "./report.ts";

/**
 * JUnit XML: a suite per family, a case per check with its references as properties. What is inconclusive is an error:
 * dashboards hide what is skipped. Failures and errors have what was sent as their output.
 */
export function junitReport(report: Report): string {
  const families = [...new Set(report.checks.map(({ family }) => family))];
  const suites = families.map((family) =>
    suite(
      report.checks
        .filter((each) => each.family === family)
        .map((each) => ({ ...each, sent: transcriptOf(each, report) })),
      family,
    ),
  );
  const lost = report.lost === null ? [] : [suite([lostLogin(report.lost)], "LOGIN")];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="sojourn-audit">\n${[...lost, ...suites].join("\n")}\n</testsuites>\n`;
}

type Row = Pick<Result, "id" | "title" | "verdict" | "summary" | "proof" | "enable" | "accepted" | "took"> & {
  readonly references?: Result["references"];
  /** What was sent, line by line. */
  readonly sent: readonly string[];
};

function lostLogin(why: string): Row {
  return {
    id: "login",
    title: "could be made and kept",
    verdict: "inconclusive",
    summary: why,
    proof: [],
    enable: null,
    accepted: null,
    took: 0,
    sent: [],
  };
}

function suite(rows: readonly Row[], family: string): string {
  const isFailure = ({ verdict, accepted }: Row) => verdict === "fail" && accepted === null;
  const counts = [
    `tests="${rows.length}"`,
    `failures="${rows.filter(isFailure).length}"`,
    `errors="${rows.filter(({ verdict }) => verdict === "inconclusive").length}"`,
    `skipped="${rows.filter(({ verdict }) => verdict === "not run").length}"`,
  ];
  return `  <testsuite name="X.${family}" ${counts.join(" ")}>\n${rows.map((row) => testCase(row, family)).join("\n")}\n  </testsuite>`;
}

/** Redacted where it was recorded. */
function transcriptOf({ transcript }: Result, { exchanges }: Report): readonly string[] {
  const known = new Map(exchanges.map((each) => [each.id, each]));
  return transcript.flatMap((id) => {
    const each = known.get(id);
    if (!each) return [];
    const { by, request, response, failure } = each;
    return [`${id} ${by}: ${request.method} ${request.url} -> ${response?.status ?? failure}`];
  });
}

function testCase(row: Row, family: string): string {
  const name = `classname="X.${family}" name="${xml(`${row.id} ${row.title}`)}" time="${row.took / 1000}"`;
  return `    <testcase ${name}>${properties(row)}${outcome(row)}</testcase>`;
}

function properties({ references }: Row): string {
  const named = Object.entries(references ?? {}).filter(([, ids]) => ids.length > 0);
  const each = named.map(([standard, ids]) => `<property name="${standard}" value="${xml(ids.join(", "))}"/>`);
  return each.length === 0 ? "" : `<properties>${each.join("")}</properties>`;
}

function outcome(row: Row): string {
  const details = xml([row.summary, ...row.proof].join("\n"));
  const output = row.sent.length === 0 ? "" : `<system-out>${xml(row.sent.join("\n"))}</system-out>`;
  switch (row.verdict) {
    case "fail":
      return row.accepted
        ? `<system-out>${xml(`accepted: ${row.accepted.reason}`)}</system-out>`
        : `<failure message="${xml(row.summary)}">${details}</failure>${output}`;
    case "inconclusive":
      return `<error message="${xml(row.summary)}">${details}</error>${output}`;
    case "not run":
      return `<skipped message="${xml(row.enable ? `${row.summary}: add ${row.enable}` : row.summary)}"/>`;
    default:
      return `<system-out>${details}</system-out>`;
  }
}

/** Text for XML 1.0, which has no control characters but three. */
function xml(text: string): string {
  return text
    .replaceAll(/(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, "�")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;");
}
