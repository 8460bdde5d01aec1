import { mkdirSync, writeFileSync } from "node:fs";
import { inRepository } from "./paths.mjs";
import { bold, red } from "./print.mjs";
import { markdownTable, tableLines } from "./tables.mjs";

const prefix = "runtime: ";

/** Prints which runtime tells how many stories of which suite, and keeps it as Markdown and JSON in reports/. */
export function printRuntimeTable(tests) {
  const told = tests.flatMap(({ ancestorTitles, title, status }) => {
    const at = ancestorTitles.findIndex((name) => name.startsWith(prefix));
    // What is said of a runtime as a whole belongs to no suite: it is counted by the test command.
    if (at < 0 || ancestorTitles[at + 1] === undefined) return [];
    return [{ runtime: ancestorTitles[at].slice(prefix.length), suite: ancestorTitles[at + 1], title, status }];
  });
  if (told.length === 0) return;
  const runtimes = [...new Set(told.map(({ runtime }) => runtime))];
  const suites = [...new Set(told.map(({ suite }) => suite))];
  const notes = [];
  const rows = runtimes.map((runtime) => [runtime, ...suites.map((suite) => cell(runtime, suite))]);
  const table = [["Runtime", ...suites], ...rows];

  console.log(`\n${bold("Runtimes, and the stories they tell")}`);
  for (const line of tableLines(table)) console.log(`  ${line}`);
  for (const note of notes) console.log(`  ${note}`);
  for (const { runtime, suite, title, status } of told)
    if (status !== "passed") console.log(red(`  ${runtime}, ${suite}: ${title}`));
  mkdirSync(inRepository("reports"), { recursive: true });
  writeFileSync(inRepository("reports", "runtimes.md"), `${markdownTable(table)}\n\n${notes.join("\n")}\n`);
  writeFileSync(inRepository("reports", "runtimes.json"), `${JSON.stringify(told, null, 2)}\n`);
  console.log("\n  Also in reports/runtimes.md and reports/runtimes.json");

  function cell(runtime, suite) {
    const stories = told.filter((each) => each.runtime === runtime && each.suite === suite);
    const reason = stories.find(({ title }) => title.startsWith("not offered: "))?.title;
    const passed = stories.filter(({ status }) => status === "passed").length;
    if (reason === undefined || passed < stories.length) return `${passed} of ${stories.length}`;
    notes.push(`${suite} on ${runtime}: ${reason}`);
    return "not offered";
  }
}
