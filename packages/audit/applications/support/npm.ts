import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../../../../tools/applications/node_modules/", import.meta.url);

/** A file of a package of tools/applications. */
export function inPackages(path: string): string {
  return fileURLToPath(new URL(path, folder));
}

export function packageVersion(name: string): string {
  return (JSON.parse(readFileSync(inPackages(`${name}/package.json`), "utf8")) as { version: string }).version;
}

/** The Node that these applications need. */
export function nodeProgram(): string {
  const path = process.env.NODE24_PATH;
  if (!path) throw new Error("NODE24_PATH is not set: start this test with `npm run test:long -- applications`");
  return path;
}
