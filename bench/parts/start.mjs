import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { figure, printTable, progressOf, section, spread } from "../lib/print.mjs";
import { alternate } from "../lib/rounds.mjs";
import { differenceInterval, meanInterval } from "../lib/statistics.mjs";
import { atMost, exactly } from "../lib/verdict.mjs";

const run_ = promisify(execFile);
const bench = fileURLToPath(new URL("..", import.meta.url));
const manifest = new URL("../../packages/sojourn/package.json", import.meta.url);

/** What starting costs: importing the core and each subpath in a fresh process, and a cold worker. */
export async function run({ quick }) {
  const size = quick ? { rounds: 12, workers: 3 } : { rounds: 24, workers: 12 };
  const imports = await measureImports(size.rounds);
  const worker = await measureWorker(size.workers);
  return { settings: size, imports: imports.rows, worker: worker.figures, verdicts: imports.verdicts };
}

async function measureImports(rounds) {
  section("Import in a fresh process");
  const subpaths = Object.keys(JSON.parse(readFileSync(manifest, "utf8")).exports)
    .filter((subpath) => !subpath.endsWith(".json"))
    .map((subpath) => `sojourn${subpath.slice(1)}`);
  const samples = await alternate(subpaths, { rounds, onRound: progressOf("import"), run: importedAlone });
  const rows = [];
  for (const name of subpaths) {
    const files = await loadedBy(name);
    rows.push({
      name,
      milliseconds: meanInterval(samples[name].map(({ milliseconds }) => milliseconds)),
      kilobytes: meanInterval(samples[name].map(({ bytes }) => bytes / 1_000)),
      files: files.length,
      foreign: files
        .filter((url) => !url.includes("/packages/sojourn/"))
        .map((url) => url.split("/node_modules/").pop()),
    });
  }
  printTable(
    ["", "ms (95 %)", "heap kB", "files", "of them others'"],
    rows.map(({ name, milliseconds, kilobytes, files, foreign }) => [
      name,
      spread(milliseconds),
      figure(kilobytes.value),
      files,
      foreign.length,
    ]),
  );
  const core = rows.find(({ name }) => name === "sojourn");
  return {
    rows,
    verdicts: [
      atMost("Import of the core", 15, core.milliseconds, "ms"),
      ...rows.map(({ name, foreign }) =>
        atMost(`Dependencies loaded by importing ${name}`, 0, exactly(unasked(name, foreign).length), "files"),
      ),
    ],
  };
}

/**
 * What a subpath is there for is no dependency that an application does not use: tokens of OpenID are verified by jose, and
 * telemetry is told to the API of OpenTelemetry, which the application brings.
 */
const brought = { "sojourn/oidc": "jose/", "sojourn/opentelemetry": "@opentelemetry/api/" };
const unasked = (name, foreign) => foreign.filter((file) => !(brought[name] && file.startsWith(brought[name])));

/** One import in a process of its own. */
const importedAlone = (name) =>
  told(`
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    const start = performance.now();
    globalThis.kept = await import(${JSON.stringify(name)});
    const milliseconds = performance.now() - start;
    globalThis.gc();
    const bytes = process.memoryUsage().heapUsed - before;
    console.log(JSON.stringify({ milliseconds, bytes }));
  `);

/** Every file that an import loads; by itself, because whoever watches the loading slows it down. */
const loadedBy = (name) =>
  told(`
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load(url, context, next) { if (url.startsWith("file:")) loaded.push(url); return next(url, context); } });
    await import(${JSON.stringify(name)});
    console.log(JSON.stringify(loaded));
  `);

/** What a program says that runs in a process of its own. */
async function told(program) {
  const { stdout } = await run_(process.execPath, ["--expose-gc", "--input-type=module", "-e", program], {
    cwd: bench,
  });
  return JSON.parse(stdout);
}

/** From nothing to the first answer, on workerd: a worker with a session, beside one without. */
async function measureWorker(rounds) {
  section("Cold start on workerd");
  const scripts = { bare: await bundled("bare"), sojourn: await bundled("sojourn") };
  const samples = await alternate(Object.keys(scripts), {
    rounds,
    onRound: progressOf("workerd"),
    async run(name) {
      const start = performance.now();
      const worker = new Miniflare({
        modules: true,
        script: scripts[name],
        compatibilityDate: "2026-04-01",
        bindings: { NODE_ENV: "development" },
      });
      try {
        const answer = await worker.dispatchFetch("http://localhost/");
        const text = await answer.text();
        if (text !== "anonymous") throw new Error(`the worker answered ${answer.status}: ${text.slice(0, 200)}`);
        return performance.now() - start;
      } finally {
        await worker.dispose();
      }
    },
  });
  const figures = {
    milliseconds: meanInterval(samples.sojourn),
    added: differenceInterval(samples.sojourn, samples.bare),
    bytes: scripts.sojourn.length,
  };
  console.log(
    `  first answer after ${spread(figures.milliseconds)} ms, of which the session ${spread(figures.added)} ms; ` +
      `bundle ${figure(figures.bytes)} bytes, minified`,
  );
  return { figures };
}

async function bundled(name) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../servers/worker-${name}.mjs`, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "neutral",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["module", "main"],
  });
  return outputFiles[0].text;
}
