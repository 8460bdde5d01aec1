// node bench/report.mjs: the figures of the last full run of each part, as tables and a chart for the documentation.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { barChart } from "./lib/chart.mjs";
import { figure, spread, target } from "./lib/print.mjs";
import { kept } from "./lib/results.mjs";

const parts = ["http", "engine", "stores", "growth", "start", "fleet"];
const evidence = (file) => fileURLToPath(new URL(`../docs/evidence/${file}`, import.meta.url));

/** Puts the tables between the marks in docs/evidence/performance.md, and draws the chart beside it. */
export function report() {
  const results = Object.fromEntries(parts.map((part) => [part, kept(part)]).filter(([, result]) => result));
  const document = evidence("performance.md");
  if (!existsSync(document)) return;
  const text = readFileSync(document, "utf8");
  const [start, end] = ["<!-- figures -->", "<!-- end of figures -->"];
  const before = text.slice(0, text.indexOf(start) + start.length);
  const after = text.slice(text.indexOf(end));
  writeFileSync(document, `${before}\n\n${tables(results)}\n\n${after}`);
  if (results.http) writeFileSync(evidence("performance.svg"), chart(results.http));
}

function tables(results) {
  const sections = [];
  for (const [part, { date, machine, seconds, verdicts }] of Object.entries(results)) {
    if (verdicts.length === 0) continue;
    const head = `### ${part}: ${date}, ${machine.processor}, ${machine.cores} cores, Node ${machine.node}, ${seconds} s`;
    const rows = verdicts.map((one) => [one.what, target(one), spread(one), one.met ? "met" : "**missed**"]);
    sections.push(head, table(["What", "Target", "Measured (95 % interval)", ""], rows));
  }
  for (const group of results.http?.groups ?? []) {
    const rows = group.rows.map(({ name, cpu, added, perSecond }) => [
      name,
      figure(cpu.value),
      added ? spread(added) : "",
      figure(perSecond),
    ]);
    sections.push(`### ${group.name}`, table(["", "CPU us/request", "Added by the session, us", "Requests/s"], rows));
  }
  return sections.join("\n\n");
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

function chart({ date, machine, groups }) {
  const ours = ({ name }) => name.startsWith("sojourn");
  const shown = groups.map(({ name, rows }) => ({
    name,
    bars: rows.filter(({ added }) => added).map((row) => ({ name: row.name, ...row.added, ours: ours(row) })),
  }));
  return barChart({
    title: "CPU that a session adds to a request, microseconds",
    description:
      `Lower is better. Measured ${date} on ${machine.cores} cores with Node ${machine.node}; whiskers are 95 % intervals. ` +
      shown
        .map(({ name, bars }) => `${name}: ${bars.map((bar) => `${bar.name} ${figure(bar.value)}`).join(", ")}.`)
        .join(" "),
    groups: shown,
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) report();
