import { chmodSync, existsSync, readFileSync, rmSync } from "node:fs";
import { bundle, pruneDeclarations } from "./bundle.mjs";
import { inRepository } from "./paths.mjs";
import { announce, since } from "./print.mjs";
import { runNode, runNpm } from "./run.mjs";

export const tsc = inRepository("node_modules", "typescript", "bin", "tsc");

/** Compiles the library, the auditor, and the example that stands on the library. Resolves to whether all were compiled. */
export async function build() {
  announce("Building sojourn, sojourn-audit and examples/bank");
  const start = performance.now();
  const built =
    (await buildPackage("packages/sojourn", bundled)) &&
    (await buildPackage("packages/audit", compiled)) &&
    (await buildBank());
  console.log(built ? `built in ${since(start)}` : "the build failed");
  return built;
}

async function buildPackage(folder, make) {
  rmSync(inRepository(folder, "dist"), { recursive: true, force: true });
  if (!(await make(folder))) return false;
  // Whoever installed the package from this folder runs its commands where they are built.
  const { bin = {} } = JSON.parse(readFileSync(inRepository(folder, "package.json"), "utf8"));
  for (const program of Object.values(bin)) chmodSync(inRepository(folder, program), 0o755);
  return true;
}

async function compiled(folder, options = []) {
  return (await runNode([tsc, "-p", folder, ...options])) === 0;
}

/** The types one for one, the code in few files: docs/decisions/0050-a-bundled-build.md. */
async function bundled(folder) {
  if (!(await compiled(folder, ["--emitDeclarationOnly"]))) return false;
  pruneDeclarations(inRepository(folder));
  try {
    await bundle(inRepository(folder));
    return true;
  } catch (error) {
    console.error(error.message);
    return false;
  }
}

async function buildBank() {
  const manifest = inRepository("examples", "bank", "package.json");
  if (!existsSync(manifest)) {
    console.error("examples/bank is missing: it has no package.json");
    return false;
  }
  const hasBuild = JSON.parse(readFileSync(manifest, "utf8")).scripts?.build !== undefined;
  return !hasBuild || (await runNpm(["run", "--silent", "build"], { cwd: inRepository("examples", "bank") })) === 0;
}
