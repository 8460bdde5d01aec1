// What no other tool looks at: versions pinned, lock files without hosts, no rule of a tool switched off in a file.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { inRepository, root } from "./lib/paths.mjs";
import { count } from "./lib/print.mjs";

const problems = [];
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(inRepository(file)));

for (const file of files) {
  if (file.endsWith("package-lock.json")) checkLockFile(file);
  else if (/(^|\/)package\.json$/.test(file)) checkManifest(file);
  else if (/\.(ts|mts|mjs|js)$/.test(file)) checkSource(file);
}

for (const problem of problems) console.error(`  - ${problem}`);
if (problems.length === 0) console.log(`${count(files.length, "file")}: nothing to say`);
process.exitCode = problems.length === 0 ? 0 : 1;

function checkLockFile(file) {
  const { packages } = JSON.parse(read(file));
  for (const [path, entry] of Object.entries(packages)) {
    if (entry.resolved?.includes("://"))
      problems.push(`${file}: ${path} names a host; install with the committed .npmrc`);
  }
}

function checkManifest(file) {
  const manifest = JSON.parse(read(file));
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  for (const [name, version] of Object.entries(wanted)) {
    const exact = /^(npm:[^ ]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version);
    if (!exact && !isWorkspace(name)) problems.push(`${file}: ${name} is "${version}"; pin one exact version`);
  }
  if (!file.startsWith("tools/") && wanted["better-sqlite3"]) {
    problems.push(
      `${file}: better-sqlite3 belongs into tools/runtimes: it compiles for minutes, or crashes, on Node 20`,
    );
  }
}

function isWorkspace(name) {
  return name === "sojourn" || name.startsWith("sojourn-");
}

function checkSource(file) {
  const suppression = /(?:\/\/|\/\*)\s*(biome-ignore|@ts-(?:ignore|nocheck)|eslint-disable)/.exec(read(file));
  if (suppression) problems.push(`${file}: ${suppression[1]} switches a rule off; mend the code instead`);
}

function read(file) {
  return readFileSync(inRepository(file), "utf8");
}
