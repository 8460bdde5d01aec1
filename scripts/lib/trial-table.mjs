import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { inRepository } from "./paths.mjs";
import { bold, count } from "./print.mjs";
import { markdownTable, tableLines } from "./tables.mjs";

const head = ["Check", "Trials", "Flaw found", "Flaw missed", "Rightly silent", "False alarm", "Undecided"];

/**
 * Prints how often each check was right and wrong about targets of which that is known, out of a file with a trial a
 * line, and keeps it in reports/. No percentages: below 300 trials they would say more than is known.
 */
export function printTrialTable(file) {
  if (!existsSync(file)) return;
  const trials = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const checks = [...new Set(trials.map(({ check }) => check))].sort();
  const rows = checks.map((check) =>
    rowOf(
      check,
      trials.filter((each) => each.check === check),
    ),
  );
  const table = [head, ...rows, rowOf("All", trials)];
  const targets = new Set(trials.map(({ target }) => target)).size;
  console.log(`\n${bold(`What checks said about ${count(targets, "target")}`)}`);
  for (const line of tableLines(table)) console.log(`  ${line}`);
  mkdirSync(inRepository("reports"), { recursive: true });
  writeFileSync(inRepository("reports", "audit-trials.md"), `${markdownTable(table)}\n`);
  writeFileSync(inRepository("reports", "audit-trials.json"), `${JSON.stringify(trials, null, 2)}\n`);
  console.log("\n  Also in reports/audit-trials.md and reports/audit-trials.json");
}

function rowOf(name, trials) {
  const many = (isFlawed, ...said) =>
    trials.filter((trial) => trial.isFlawed === isFlawed && said.includes(trial.said)).length;
  const undecided = trials.filter(({ said }) => said === "inconclusive" || said === "info").length;
  return [
    name,
    trials.length,
    many(true, "fail"),
    many(true, "pass"),
    many(false, "pass"),
    many(false, "fail"),
    undecided,
  ];
}
