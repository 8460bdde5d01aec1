import { existsSync, readFileSync, rmSync } from "node:fs";
import { inRepository } from "./paths.mjs";
import { announce, since } from "./print.mjs";
import { runNode, runNpm } from "./run.mjs";

export const tsc = inRepository("node_modules", "typescript", "bin", "tsc");

/** Compiles the library, then the example that stands on it. Resolves to whether both were compiled. */
export async function build() {
  announce("Building sojourn, then examples/bank");
  const start = performance.now();
  rmSync(inRepository("packages", "sojourn", "dist"), { recursive: true, force: true });
  const built = (await runNode([tsc, "-p", "packages/sojourn"])) === 0 && (await buildBank());
  console.log(built ? `built in ${since(start)}` : "the build failed");
  return built;
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
