// npm test, npm run test:long, npm run soak: set-up, then every suite in turn, also after one that failed.
// Names after `--` choose suites: npm test -- browser
import { existsSync, readdirSync } from "node:fs";
import { build } from "./lib/build.mjs";
import { install, requireNode } from "./lib/install.mjs";
import { inRepository } from "./lib/paths.mjs";
import { announce, bold, count, green, printProblems, red, since } from "./lib/print.mjs";
import { runSuite } from "./lib/suite.mjs";
import { suites } from "./suites.mjs";

requireNode();
const [command, ...names] = process.argv.slice(2);
const chosen = chooseSuites();
const start = performance.now();
const problems = [];
const rows = [];
let passed = 0;
let failed = 0;

if (await install()) {
  const built = await build();
  if (!built) problems.push({ name: "build", why: "failed, see above", mend: "npm run build" });
  problems.push(...testsInNoSuite());
  for (const [index, suite] of chosen.entries()) {
    announce(`Suite ${index + 1} of ${chosen.length}: ${suite.name}`);
    const suiteStart = performance.now();
    const result = await runSuite(suite, { built }).catch(brokenRun(suite));
    passed += result.passed;
    failed += result.failed;
    problems.push(...result.problems);
    rows.push({ name: suite.name, took: since(suiteStart), ...result });
  }
} else {
  problems.push({ name: "every suite", why: "not run, the dependencies could not be installed", mend: "npm ci" });
}

printTable();
printProblems(problems);
process.exitCode = problems.length === 0 ? 0 : 1;
console.log(`\n${passed} passed, ${failed} failed`);

function chooseSuites() {
  const ofCommand = suites.filter((suite) => suite.command === command);
  if (ofCommand.length === 0) {
    console.error('Say which suites: "test", "long" or "soak", then names, as npm test -- NAME does');
    process.exit(1);
  }
  const unknown = names.filter((name) => !ofCommand.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(
      `No such suite: ${unknown.join(", ")}. There are: ${ofCommand.map((suite) => suite.name).join(", ")}`,
    );
    process.exit(1);
  }
  return names.length === 0 ? ofCommand : ofCommand.filter((suite) => names.includes(suite.name));
}

/** A suite that could not even be started stops neither the others nor the report. */
function brokenRun(suite) {
  return (error) => {
    console.error(error);
    return { passed: 0, failed: 0, problems: [{ name: suite.name, why: `not run, ${error.message}` }] };
  };
}

/** A test file that no suite would ever run is as bad as a skipped one. */
function testsInNoSuite() {
  const folders = suites.flatMap((suite) => suite.folders);
  return ["packages", "examples"]
    .filter((top) => existsSync(inRepository(top)))
    .flatMap((top) => testFiles(top))
    .filter((file) => !folders.some((folder) => file.startsWith(`${folder}/`)))
    .map((file) => ({ name: file, why: "this test is in no suite", mend: "name its folder in scripts/suites.mjs" }));
}

function testFiles(folder) {
  return readdirSync(inRepository(folder), { withFileTypes: true }).flatMap((entry) => {
    if (["node_modules", "dist", ".stryker-tmp"].includes(entry.name)) return [];
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return testFiles(path);
    return /\.test(-d)?\.ts$/.test(entry.name) ? [path] : [];
  });
}

function printTable() {
  announce(`${count(rows.length, "suite")} in ${since(start)}`);
  for (const row of rows) {
    const verdict = row.problems.length === 0 ? green("ok    ") : red("not ok");
    const counts = `${String(row.passed).padStart(6)} passed ${String(row.failed).padStart(4)} failed`;
    console.log(`  ${verdict} ${bold(row.name.padEnd(16))} ${counts}   ${row.took}`);
  }
}
