import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { printFaultTable } from "./fault-table.mjs";
import { inRepository, root } from "./paths.mjs";
import { count } from "./print.mjs";
import { provide } from "./requirements.mjs";
import { run } from "./run.mjs";
import { printRuntimeTable } from "./runtime-table.mjs";
import { printContractTable } from "./tables.mjs";
import { printTrialTable } from "./trial-table.mjs";

const commands = {
  test: "npm test",
  long: "npm run test:long",
  soak: "npm run soak",
};

/**
 * Runs one suite, its progress shown as it comes. Resolves to `{ passed, failed, problems }`; a suite without problems
 * ran completely: every folder has tests, none was skipped, none failed, and nothing went wrong outside a test.
 */
export async function runSuite(suite, { built }) {
  const again = `${commands[suite.command]} -- "${suite.name}"`;
  if (suite.needsBuild && !built)
    return notRun({ name: suite.name, why: "not run, the build failed", mend: "npm run build" });
  const env = {};
  let program = process.execPath;
  for (const need of suite.needs ?? []) {
    const provided = await provide(need);
    if (provided.why) return notRun({ name: suite.name, why: `not run, ${provided.why}`, mend: provided.mend });
    Object.assign(env, provided.env);
    if (need === suite.node) program = provided.path;
  }
  const folder = mkdtempSync(join(tmpdir(), "sojourn-test-"));
  try {
    const report = join(folder, "report.json");
    const faults = join(folder, "faults.jsonl");
    env.SOJOURN_FAULT_ROWS = faults;
    const trials = join(folder, "trials.jsonl");
    env.SOJOURN_AUDIT_TRIALS = trials;
    const code = await run(program, vitest(suite, report), { env, minutes: suite.minutes ?? 10 });
    const results = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")).testResults : [];
    const tests = results.flatMap((file) => file.assertionResults);
    if (suite.table === "stores") printContractTable(tests, { of: "store", plural: "Stores" });
    if (suite.table === "adapters") printContractTable(tests, { of: "adapter", plural: "Adapters" });
    if (suite.table === "faults") printFaultTable(faults);
    if (suite.table === "trials") printTrialTable(trials);
    if (suite.table === "runtimes") printRuntimeTable(tests);
    return judge(suite, { code, results, again });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function vitest(suite, report) {
  // With its slash, so that test/races/ does not match test/races-long/.
  const folders = suite.folders.map((folder) => `${folder}/`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const order = suite.oneByOne ? ["--no-file-parallelism"] : [];
  const workers = suite.everyCore ? ["--maxWorkers=100%"] : [];
  return [inRepository("node_modules", "vitest", "vitest.mjs"), "run", ...order, ...workers, ...reporters, ...folders];
}

function notRun(problem) {
  return { passed: 0, failed: 0, problems: [problem] };
}

function judge(suite, { code, results, again }) {
  const problem = (why) => ({ name: suite.name, why, mend: again });
  const tests = results.flatMap((file) =>
    file.assertionResults.map((test) => ({ ...test, file: relative(root, file.name) })),
  );
  const passed = tests.filter((test) => test.status === "passed").length;
  const failures = tests.filter((test) => test.status === "failed").map((test) => `${test.file}: ${test.fullName}`);
  const skipped = tests.filter((test) => test.status !== "passed" && test.status !== "failed");
  // A file that does not load holds tests nobody could count: it counts as one failure.
  const unloaded = results
    .filter((file) => file.status === "failed" && file.assertionResults.length === 0)
    .map((file) => ({ file: relative(root, file.name) }));
  failures.push(...unloaded.map(({ file }) => `${file}: the file could not be loaded`));

  const problems = failures.map(problem);
  if (skipped.length > 0)
    problems.push(problem(`${count(skipped.length, "test")} skipped, first "${skipped[0].fullName}"`));
  for (const folder of suite.folders) {
    if (![...tests, ...unloaded].some(({ file }) => file.startsWith(`${folder}/`)))
      problems.push(problem(`no test ran in ${folder}`));
  }
  if (code !== 0 && problems.length === 0)
    problems.push(problem(`something failed outside the tests (exit code ${code})`));
  return { passed, failed: failures.length, problems };
}
