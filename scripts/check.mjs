// npm run check: everything about the code that is not a test. Each step runs, also after one that failed.
import { existsSync } from "node:fs";
import { build, tsc } from "./lib/build.mjs";
import { install, requireNode } from "./lib/install.mjs";
import { inRepository } from "./lib/paths.mjs";
import { announce, bold, count, green, printProblems, red, since } from "./lib/print.mjs";
import { run, runNode, runNpm } from "./lib/run.mjs";
import { frameworks, newerFrameworks } from "./suites.mjs";

const library = inRepository("packages", "sojourn");
const auditor = inRepository("packages", "audit");

const steps = [
  { name: "format and lint", go: () => tool("biome", ["check", "--error-on-warnings"]), mend: "npm run format" },
  // Before the types: the bank and the tests see the library as it was built.
  { name: "build", go: build },
  { name: "types", go: checkTypes },
  { name: "exports", go: () => runsWell(runNode([inRepository("scripts", "check-exports.mjs")])) },
  { name: "repository", go: () => runsWell(runNode([inRepository("scripts", "check-repository.mjs")])) },
  { name: "lock files", go: checkLockFiles, mend: "npm install, or another version: see what npm misses" },
  { name: "publint", go: () => each([library, auditor], (path) => tool("publint", ["run", path, "--strict"])) },
  {
    name: "are the types wrong",
    go: () => each([library, auditor], (path) => tool("attw", ["--pack", path, "--profile", "esm-only"])),
  },
  { name: "sizes", go: () => tool("size-limit", [], { cwd: library }) },
];

requireNode();
const start = performance.now();
const problems = [];
if (await install()) {
  for (const [index, step] of steps.entries()) {
    announce(`Check ${index + 1} of ${steps.length}: ${step.name}`);
    const stepStart = performance.now();
    if (await step.go()) console.log(`${green("ok")} (${since(stepStart)})`);
    else problems.push({ name: step.name, why: "see its output above", mend: step.mend });
  }
} else {
  problems.push({ name: "every check", why: "not run, the dependencies could not be installed", mend: "npm ci" });
}

printProblems(problems);
const verdict = problems.length === 0 ? green("all green") : red(`${count(problems.length, "check")} not green`);
console.log(`\n${bold(`${count(steps.length, "check")} in ${since(start)}: `)}${verdict}`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Every TypeScript project, its tests included. Frameworks are installed for that, from lock files of their own. */
async function checkTypes() {
  // Not Next.js, which is 360 MB, and not those that make types when they build: the suites of adapters compile theirs.
  const examples = [...frameworks, "express-session", "connections"]
    .filter((name) => name !== "next")
    .map((name) => `examples/${name}`);
  const installed = await each(examples, (folder) => install({ folder: inRepository(folder), label: folder }));
  if (!installed) return false;
  const projects = [
    "packages/sojourn/tsconfig.json",
    "packages/sojourn/test/tsconfig.json",
    "packages/sojourn/test/portable/tsconfig.json",
    "packages/audit/tsconfig.json",
    "packages/audit/test/tsconfig.json",
    "examples/bank/tsconfig.json",
    "examples/bank/test/tsconfig.json",
    ...examples.flatMap((folder) => ["", "before/", "after/", "test/"].map((part) => `${folder}/${part}tsconfig.json`)),
  ].filter((project) => existsSync(inRepository(project)));
  return each(projects, (project) => {
    console.log(`tsc --noEmit -p ${project}`);
    return runsWell(runNode([tsc, "--noEmit", "-p", project]));
  });
}

/** Would `npm ci` accept each of them? It refuses one that lacks a package of another platform, which `npm install` may leave out. */
async function checkLockFiles() {
  const tools = ["runtimes", "foreign", "mutation", "openid", "applications", "readers"].map((name) => `tools/${name}`);
  return each(
    [
      ".",
      "bench",
      ...tools,
      ...[...frameworks, ...newerFrameworks, "express-session", "connections"].map((name) => `examples/${name}`),
    ],
    (folder) => {
      console.log(`npm ci --dry-run in ${folder}`);
      return runsWell(runNpm(["ci", "--dry-run", "--loglevel=error"], { cwd: inRepository(folder) }));
    },
  );
}

/** Checks each, also after one that failed. */
async function each(things, check) {
  let good = true;
  for (const thing of things) good = (await check(thing)) && good;
  return good;
}

function tool(name, parameters, options) {
  return runsWell(run(inRepository("node_modules", ".bin", name), parameters, options));
}

async function runsWell(code) {
  return (await code) === 0;
}
