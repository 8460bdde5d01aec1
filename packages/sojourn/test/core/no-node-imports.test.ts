import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import { expect, test } from "vitest";

/** The modules of Node that a bundle of these sources would import, for a runtime that is not Node. */
async function nodeModulesOf(entry: string): Promise<readonly string[]> {
  const found = new Set<string>();
  await build({
    write: false,
    input: fileURLToPath(new URL(`../../src/${entry}.ts`, import.meta.url)),
    platform: "browser",
    resolve: { conditionNames: ["source", "browser", "import", "default"] },
    plugins: [
      {
        name: "modules of Node",
        resolveId(source) {
          if (!source.startsWith("node:") && !builtinModules.includes(source)) return null;
          found.add(source);
          return { id: source, external: true };
        },
      },
    ],
    logLevel: "silent",
  });
  return [...found];
}

test.each([
  "index",
  "adapters/fetch",
  "adapters/hono",
  "adapters/next",
  "codec/index",
  "connections/index",
  "oidc/index",
  "presets/index",
  "signals/index",
  "stores/memory",
  "stores/migrating",
  "stores/near-cache",
  "stores/sqlite",
])("nothing that only Node has is reachable from %s", async (entry) => {
  expect(await nodeModulesOf(entry)).toEqual([]);
});

test("what is reachable is found", async () => {
  expect(await nodeModulesOf("testing/index")).toEqual(["node:http"]);
});
