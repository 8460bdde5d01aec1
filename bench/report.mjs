// node bench/report.mjs: the figures of the last full run of each part, as tables and a chart for the documentation.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { barChart } from "./lib/chart.mjs";
import { figure } from "./lib/print.mjs";
import { kept } from "./lib/results.mjs";
import { evidence, table } from "./lib/tables.mjs";

const parts = ["http", "engine", "stores", "growth", "start", "fleet"];
const docs = (file) => fileURLToPath(new URL(`../docs/${file}`, import.meta.url));

/** Puts the tables between the marks in the documents, and draws the chart beside them. */
export function report() {
  const results = Object.fromEntries(parts.map((part) => [part, kept(part)]).filter(([, result]) => result));
  fill("evidence/performance.md", { figures: evidence(results) });
  if (results.fleet) fill("scale.md", fleetTables(results.fleet));
  if (results.http) writeFileSync(docs("evidence/performance.svg"), chart(results.http));
}

/** Replaces what stands between `<!-- NAME -->` and `<!-- end of NAME -->`. */
function fill(file, blocks) {
  let text = readFileSync(docs(file), "utf8");
  for (const [name, block] of Object.entries(blocks)) {
    const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
    if (!text.includes(start) || !text.includes(end))
      throw new Error(`${file} has no place for ${name}: ${start} ... ${end}`);
    text = `${text.slice(0, text.indexOf(start) + start.length)}\n\n${block}\n\n${text.slice(text.indexOf(end))}`;
  }
  writeFileSync(docs(file), text);
}

function fleetTables({ check, plans, units }) {
  const { bytesPerSession, still, running } = check;
  const percent = (share) => `${figure(share * 100)} %`;
  const load = plans.map(({ exponent, reads, touches }) =>
    [exponent, reads.uncached, reads.anywhere, reads.sticky, touches].map((value, column) =>
      column === 0 ? value : figure(value),
    ),
  );
  const rows = [
    ["Bytes a session in the primaries", "", figure(bytesPerSession.measured)],
    ["of which its value", "", figure(bytesPerSession.value)],
    ["Requests that read the store, no touch due", percent(still.predicted.reads), percent(still.measured.reads)],
    ["Commands a request, as the servers count them", "", figure(still.commands)],
    ["Requests that read the store, with touches", percent(running.predicted.reads), percent(running.measured.reads)],
    ["Requests that write a touch", percent(running.predicted.touches), percent(running.measured.touches)],
  ];
  return {
    memory:
      `${figure(units.bytesPerSession)} bytes a session (value, key, and the index entry of its user), so ` +
      `${figure(plans[0].bytes / 1e9)} GB for all; twice that with a replica each.`,
    load: table(["Zipf exponent", "Reads/s without cache", "any", "sticky", "Touches/s"], load),
    check:
      `${figure(check.sessions)} sessions, ${figure(check.requests)} requests (Zipf ${check.exponent}) and a cache of ${figure(check.entries)} entries, on three ` +
      "primaries with a replica each. First with time standing still for the sessions, then ten times as fast.\n\n" +
      table(["", "Model", "Measured"], rows),
  };
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
