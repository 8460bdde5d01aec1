import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { announce, since } from "./print.mjs";
import { runNpm } from "./run.mjs";

const oldestNode = [20, 19];

/** Ends the command with one clear line on a Node that is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  console.error(`Node ${oldestNode.join(".")} or later is needed; this is ${process.version}.`);
  process.exit(1);
}

/** Installs what a folder's lock file names, unless just that is installed. Resolves to whether it is there now. */
export async function install({ folder = root, label = "the development dependencies" } = {}) {
  if (isInstalled(folder)) return true;
  announce(`Installing ${label} (npm ci)`);
  const start = performance.now();
  const code = await runNpm(["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder, minutes: 15 });
  if (code === 0) console.log(`installed in ${since(start)}`);
  return code === 0;
}

/**
 * npm keeps a copy of the lock file of what it installed. Contents are compared, not times: a fresh checkout or a
 * restored cache says nothing by its times, and an install for nothing takes the dependencies from under a running server.
 */
export function isInstalled(folder) {
  const copy = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(copy)) return false;
  const installed = packagesOf(copy);
  return Object.entries(packagesOf(join(folder, "package-lock.json"))).every(([path, wanted]) => {
    const found = installed[path];
    if (!found) return path === "" || wanted.optional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, "utf8")).packages;
}
