import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "rolldown";

const library = fileURLToPath(new URL("../..", import.meta.url));
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** What is published under which name, of the sources that the stories name. Nothing else of the library may be used. */
const published: Readonly<Record<string, string>> = {
  "src/index.ts": "sojourn",
  "src/core/errors.ts": "sojourn",
  "src/adapters/fetch.ts": "sojourn/fetch",
  "src/adapters/hono.ts": "sojourn/hono",
  "src/codec/index.ts": "sojourn/codec",
  "src/connections/index.ts": "sojourn/connections",
  "src/stores/memory.ts": "sojourn/memory",
  "src/stores/sqlite.ts": "sojourn/sqlite",
  "src/testing/index.ts": "sojourn/testing",
};

/** Stories say where a source is, and get the built package: what applications get. */
const builtPackage: Plugin = {
  name: "built package",
  async resolveId(source, importer, options) {
    if (!source.startsWith(".") || importer === undefined) return null;
    const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
    const path = resolved && relative(library, resolved.id);
    if (!path?.startsWith("src/")) return resolved;
    const name = published[path];
    if (name === undefined) throw new Error(`${importer} uses ${path}, which is not published`);
    return this.resolve(name, importer);
  },
};

/** One file with the stories and a host that tells them, for a runtime that resolves packages as Node does. */
export async function bundleFor(host: "node" | "bun" | "deno", file: string): Promise<void> {
  await build({
    input: here(`hosts/${host}.ts`),
    platform: "node",
    plugins: [builtPackage],
    external: [/^sojourn(\/|$)/, "jose", /^(node|bun):/],
    treeshake: { moduleSideEffects: false },
    output: { file, format: "esm", codeSplitting: false },
  });
}

/** The same for workerd, with the package and all it needs in it, as `wrangler` would make it. */
export async function bundleForWorkerd(file: string): Promise<void> {
  await build({
    input: here("hosts/workerd.ts"),
    platform: "browser",
    plugins: [
      {
        name: "client",
        resolveId: (source) => (source === "node:http" ? here("hosts/http-over-fetch.ts") : null),
      },
      builtPackage,
    ],
    external: /^cloudflare:/,
    resolve: { conditionNames: ["workerd", "worker", "import", "default"] },
    treeshake: { moduleSideEffects: false },
    output: { file, format: "esm", codeSplitting: false },
  });
}
