import { existsSync, readFileSync, rmSync } from "node:fs";
import { inRepository } from "./paths.mjs";
import { announce, since } from "./print.mjs";
import { runNode, runNpm } from "./run.mjs";

export const tsc = inRepository("node_modules", "typescript", "bin", "tsc");

/** Compiles the library, the auditor, and the example that stands on the library. Resolves to whether all were compiled. */
export async function build() {
  announce("Building sojourn, sojourn-audit and examples/bank");
  const start = performance.now();
  const built =
    (await buildPackage("packages/sojourn")) && (await buildPackage("packages/audit")) && (await buildBank());
  console.log(built ? `built in ${since(start)}` : "the build failed");
  return built;
}

async function buildPackage(folder) {
  rmSync(inRepository(folder, "dist"), { recursive: true, force: true });
  return (await runNode([tsc, "-p", folder])) === 0;
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
