import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { inRepository } from "./paths.mjs";
import { bold } from "./print.mjs";
import { markdownTable, tableLines } from "./tables.mjs";

const head = [
  "Store",
  "Fault",
  "Operations",
  "Told of failure",
  "Sessions",
  "Lost",
  "Ended and worked again",
  "Otherwise wrong",
  "Undone by failover as documented",
  "of these ended",
  "Longest wait (ms)",
];

/** Prints what the tests wrote into `file`, a row a line, and keeps it as JSON and Markdown in reports/. */
export function printFaultTable(file) {
  if (!existsSync(file)) return;
  const rows = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  rows.sort((a, b) => a.store.localeCompare(b.store));
  const table = [head, ...rows.map(cellsOf)];
  console.log(`\n${bold("Stores and what they were put through")}`);
  for (const line of tableLines(table)) console.log(`  ${line}`);
  mkdirSync(inRepository("reports"), { recursive: true });
  writeFileSync(inRepository("reports", "faults.json"), `${JSON.stringify(rows, null, 2)}\n`);
  writeFileSync(inRepository("reports", "faults.md"), `${markdownTable(table)}\n`);
  console.log("\n  Also in reports/faults.md and reports/faults.json, with the seeds");
}

function cellsOf(row) {
  const { store, fault, tried, failed, sessions, lost, revived, outOfOrder, undone, undoneRemovals, longestWait } = row;
  const wait = Math.round(longestWait);
  return [store, fault, tried, failed, sessions, lost, revived, outOfOrder, undone, undoneRemovals, wait];
}
