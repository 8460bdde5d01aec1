import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundleFor, bundleForWorkerd } from "./bundle.ts";
import type { Line } from "./stories/tell.ts";
import { workerdConfig } from "./workerd.ts";

const repository = fileURLToPath(new URL("../../../..", import.meta.url));

export interface Runtime {
  readonly name: string;
  readonly kind: "node" | "bun" | "deno" | "workerd";
  readonly path: string;
  /** By suite: why not. Everything else must be told. */
  readonly doesNotOffer: Readonly<Record<string, string>>;
}

const otherRequests = "what one request opened there, no other can write to";

export const runtimes: readonly Runtime[] = [
  { name: "node", kind: "node", path: process.execPath, doesNotOffer: {} },
  ...[22, 24, 26].map((major) => nodeOf(major)),
  {
    name: "bun",
    kind: "bun",
    path: pathOf("BUN_PATH", "foreign/node_modules/@oven/bun-linux-x64/bin/bun"),
    doesNotOffer: {},
  },
  {
    name: "deno",
    kind: "deno",
    path: pathOf("DENO_PATH", "foreign/node_modules/@deno/linux-x64-glibc/deno"),
    doesNotOffer: {},
  },
  {
    name: "workerd",
    kind: "workerd",
    path: pathOf("WORKERD_PATH", "foreign/node_modules/@cloudflare/workerd-linux-64/bin/workerd"),
    doesNotOffer: {
      "SQLite store": "it has none outside Durable Objects",
      "event streams": otherRequests,
      WebSockets: otherRequests,
    },
  },
];

function nodeOf(major: number): Runtime {
  return {
    name: "node",
    kind: "node",
    path: pathOf(`NODE${major}_PATH`, `runtimes/node_modules/node${major}/bin/node`),
    doesNotOffer: {},
  };
}

/** As the suite names it, or as it is installed in tools. */
function pathOf(variable: string, installed: string): string {
  const path = process.env[variable] ?? `${repository}tools/${installed}`;
  if (!existsSync(path)) throw new Error(`There is no ${path}: npm run test:runtimes installs it, or set ${variable}`);
  return path;
}

/** What a runtime says, and how its process and its files are done away with. */
export async function toldBy(
  runtime: Runtime,
): Promise<{ readonly lines: readonly Line[]; readonly end: () => Promise<void> }> {
  // Inside the repository, so that packages are found as an application finds them.
  mkdirSync(`${repository}.cache`, { recursive: true });
  const folder = mkdtempSync(`${repository}.cache/portable-`);
  const end = async () => rmSync(folder, { recursive: true, force: true });
  try {
    const lines = runtime.kind === "workerd" ? await askWorkerd(runtime, folder) : await run(runtime, folder);
    return { lines, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function run({ kind, path }: Runtime, folder: string): Promise<readonly Line[]> {
  if (kind === "workerd") throw new TypeError("workerd runs no script");
  const bundle = `${folder}/stories.mjs`;
  await bundleFor(kind, bundle);
  const command = kind === "deno" ? ["run", "--allow-all", "--no-prompt", bundle] : [bundle, repository];
  const child = spawn(path, command, { cwd: folder, stdio: ["ignore", "pipe", "ignore"], env: plainEnvironment() });
  return linesOf(Buffer.concat(await child.stdout.toArray()).toString());
}

async function askWorkerd({ path }: Runtime, folder: string): Promise<readonly Line[]> {
  const bundle = `${folder}/worker.mjs`;
  await bundleForWorkerd(bundle);
  const { file, port } = await workerdConfig(bundle);
  const child = spawn(path, ["serve", file], { stdio: "ignore", env: plainEnvironment() });
  try {
    const response = await answered(`http://127.0.0.1:${port}/tell-the-stories`, () => child.exitCode);
    return linesOf(await response.text());
  } finally {
    child.kill();
  }
}

/** The first answer of a server that is starting. */
async function answered(url: string, exitCode: () => number | null): Promise<Response> {
  for (;;) {
    try {
      return await fetch(url);
    } catch (error) {
      if (exitCode() !== null) throw new Error(`workerd ended with ${exitCode()}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Without what the test runner says to Node. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, ...environment } = process.env;
  return environment;
}

/** Other output of a runtime, like what Hono prints of errors, is passed over. */
function linesOf(text: string): readonly Line[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Line);
}
