import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/**
 * The JavaScript of a package: one file for each subpath, command and conditional import that its manifest names, and
 * what they share in chunks beside them, so that no module is there twice. Not minified: stack traces name the function.
 * Throws what the bundler has to say. Resolves to the source files that are in it; `write: false` only tells them.
 */
export async function bundle(folder, { write = true } = {}) {
  // Loaded here: the commands that use this file also install what it needs.
  const { build } = await import("rolldown");
  // Wherever the repository lies, its own folders have no say in what belongs together.
  const inPackage = (id) => relative(folder, id).replaceAll("\\", "/");
  const { output } = await build({
    write,
    cwd: folder,
    input: Object.fromEntries(entriesOf(folder).map((name) => [name, `./src/${name}.ts`])),
    // Everything that is not a file of ours: dependencies, node:*, and our own conditional imports (#digests).
    external: /^[^./]/,
    platform: "neutral",
    transform: { target: "es2023" },
    optimization: { inlineConst: false },
    onLog(level, { message }) {
      if (level === "warn") throw new Error(message);
    },
    output: {
      dir: join(folder, "dist"),
      format: "esm",
      chunkFileNames: "chunks/[name].js",
      // A file costs half a millisecond to load: what many need is one, and so is the engine, which every application
      // needs. What few need stays apart.
      codeSplitting: {
        groups: [
          { name: "shared", minShareCount: 6 },
          { name: "basics", minShareCount: 3, test: (id) => withoutTheEngine.test(inPackage(id)) },
          { name: "engine", minShareCount: 2, test: (id) => ofTheEngine.test(inPackage(id)) },
        ],
      },
    },
  });
  return output.flatMap(({ moduleIds = [] }) => moduleIds);
}

/** What `sojourn/oidc`, `sojourn/presets` and `sojourn/signals` need of the engine: bundled alone, each stays small. */
const withoutTheEngine = /^src\/(?:core\/(?:deviations|handshake|no-session|storage)|http\/loopback)\.ts$/;
const ofTheEngine = /^src\/(?:core\/(?!digests)|csrf|http|manager|options|step-up)/;

/** `adapters/node` for every `./dist/adapters/node.js` that the manifest names. */
function entriesOf(folder) {
  const { exports = {}, imports = {}, bin = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const targets = [...Object.values(exports), ...Object.values(imports), ...Object.values(bin)];
  const files = targets.flatMap((target) => (typeof target === "string" ? target : Object.values(target)));
  const names = files.map((file) => /^\.\/dist\/(.+)\.js$/.exec(file)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Removes the declarations that no exported one leads to: of code that has gone into others' files, nothing else is left. */
export function pruneDeclarations(folder) {
  const reached = new Set();
  const follow = (file) => {
    if (reached.has(file) || !existsSync(file)) return;
    reached.add(file);
    for (const [, target] of readFileSync(file, "utf8").matchAll(/(?:from|import|import\()\s*"(\.{1,2}\/[^"]+)"/g)) {
      follow(join(dirname(file), target.replace(/(\.js|\.ts)$/, ".d.ts")));
    }
  };
  for (const name of entriesOf(folder)) follow(join(folder, "dist", `${name}.d.ts`));
  for (const name of readdirSync(join(folder, "dist"), { recursive: true })) {
    const file = join(folder, "dist", name);
    if (file.endsWith(".d.ts") && !reached.has(file)) rmSync(file);
  }
}
