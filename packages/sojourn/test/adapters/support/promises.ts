import { createRequire } from "node:module";
import { describe, test } from "vitest";
import { adapterChecks, type StartAdapterApplication } from "../../../src/testing/index.ts";

/** Holds an adapter to every promise of the suite. `framework` names it in the table that `npm run test:adapters` prints. */
export function keepsItsPromises(framework: string, start: StartAdapterApplication): void {
  describe(`adapter contract: ${framework}`, () => {
    for (const check of adapterChecks(start)) test(check.name, () => check.run());
  });
}

/** The version of a package as `from`, the `import.meta.url` of a module, finds it. */
export function versionOf(name: string, from: string): string {
  // Not every package exports its package.json: its folder is looked for from the modules' folders upwards.
  const folders = createRequire(from).resolve.paths(name) ?? [];
  for (const folder of folders) {
    try {
      return createRequire(from)(`${folder}/${name}/package.json`).version;
    } catch {}
  }
  throw new Error(`${name} is not installed: npm run test:adapters installs it`);
}
