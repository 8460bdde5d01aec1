// Built files = exports map = documented subpaths. Run after a build; part of npm run check.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { bundle } from "./lib/bundle.mjs";
import { inRepository } from "./lib/paths.mjs";
import { count } from "./lib/print.mjs";

const library = inRepository("packages", "sojourn");
const manifest = JSON.parse(readFileSync(join(library, "package.json"), "utf8"));
const problems = [];

const exported = Object.entries(manifest.exports);
const targets = exported.flatMap(([subpath, target]) =>
  (typeof target === "string" ? [target] : Object.values(target)).map((file) => ({ subpath, file })),
);
for (const { subpath, file } of targets) {
  if (!existsSync(join(library, file))) problems.push(`exports "${subpath}" names ${file}, which was not built`);
}

const subpaths = exported.map(([subpath]) => (subpath === "." ? "sojourn" : `sojourn${subpath.slice(1)}`));
const documented = [
  ...readFileSync(inRepository("docs", "subpaths.md"), "utf8").matchAll(/^\| `(sojourn[^`]*)` \|/gm),
].map((row) => row[1]);
compare(subpaths, documented, "is exported but not in the table of docs/subpaths.md", "is documented but not exported");

const modules = subpaths.filter((subpath) => !subpath.endsWith(".json"));
// Budgets of one subpath on several runtimes ("sojourn, on Node"); the core is no subpath, and has one all the same.
const { default: budgets } = await import(join(library, ".size-limit.mjs"));
const budgeted = budgets.map((budget) => budget.name.split(",")[0]).filter((name) => name !== "the core alone");
compare(
  modules,
  [...new Set(budgeted)],
  "has no size budget (.size-limit.mjs)",
  "has a size budget but is not exported",
);

const reachable = new Set();
for (const { file } of targets) follow(moduleOf(join(library, file)));
// `#digests` and the like: conditional imports of the package's own modules.
for (const target of Object.values(manifest.imports)) {
  for (const file of Object.values(target)) if (file.startsWith("./dist/")) follow(moduleOf(join(library, file)));
}
// Commands.
for (const file of Object.values(manifest.bin ?? {})) follow(moduleOf(join(library, file)));
const built = [...new Set(filesUnder(join(library, "dist")).map(moduleOf))];
for (const module of built) {
  if (!reachable.has(module))
    problems.push(`${relative(library, module)} was built, but no exported subpath and no command leads to it`);
}

// A source that is in no built file, and whose types are in none, is dead.
const live = new Set(await bundle(library, { write: false }));
const sources = filesUnder(join(library, "src")).filter((file) => file.endsWith(".ts"));
for (const source of sources) {
  const name = relative(library, source);
  const types = join(library, name.replace("src/", "dist/").replace(/\.ts$/, ".d.ts"));
  if (!live.has(source) && !existsSync(types)) problems.push(`${name} is part of nothing that was built`);
}

for (const problem of problems) console.error(`  - ${problem}`);
if (problems.length === 0)
  console.log(
    `${count(subpaths.length, "subpath")}, ${count(built.length, "built module")} of ${count(sources.length, "source")}: they agree`,
  );
process.exitCode = problems.length === 0 ? 0 : 1;

function compare(left, right, onlyLeft, onlyRight) {
  problems.push(...left.filter((name) => !right.includes(name)).map((name) => `${name} ${onlyLeft}`));
  problems.push(...right.filter((name) => !left.includes(name)).map((name) => `${name} ${onlyRight}`));
}

/** What is reached from a module: imports in its code and in its types, and the `new URL("./x.js", import.meta.url)` of a program it starts. */
function follow(module) {
  if (reachable.has(module)) return;
  reachable.add(module);
  for (const file of [`${module}.js`, `${module}.d.ts`].filter(existsSync)) {
    for (const [, target] of readFileSync(file, "utf8").matchAll(
      /(?:from|import|import\(|new URL\()\s*"(\.{1,2}\/[^"]+)"/g,
    )) {
      follow(moduleOf(join(dirname(file), target)));
    }
  }
}

/** `x.js`, `x.d.ts` and `x.ts` are one module. */
function moduleOf(file) {
  return file.replace(/(\.d\.ts|\.ts|\.js)$/, "");
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
