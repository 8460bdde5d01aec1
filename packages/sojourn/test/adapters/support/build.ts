import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { listen } from "../applications/listen.ts";

const repository = fileURLToPath(new URL("../../../../../", import.meta.url));

interface Building {
  /** The framework's command, as the example has installed it. */
  readonly program: string;
  readonly with: readonly string[];
  /** The word by which the same command makes types, where the build does not. */
  readonly types?: string;
  /** The folder that it writes, in the site's. */
  readonly out: string;
  /** Folders outside the site that are built in. */
  readonly of?: readonly string[];
}

/** Builds a site as its framework does for production, unless just that is built already: of the same files, by the same Node. */
export async function build(site: string, { program, with: words, types, out, of = [] }: Building): Promise<void> {
  const mark = join(site, out, ".built-of");
  const wanted = contentsOf(site, out, [...of, join(exampleOf(site), "package-lock.json")]);
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) return;
  for (const each of types === undefined ? [words] : [[types], words]) {
    const { code, output } = await runNode([join(exampleOf(site), "node_modules", ".bin", program), ...each], site);
    if (code !== 0) throw new Error(output);
  }
  writeFileSync(mark, wanted);
}

/** What an application that uses the built package is built of, beside its own files. */
export const library = `${repository}packages/sojourn/dist`;

function contentsOf(site: string, out: string, others: readonly string[]): string {
  const hash = createHash("sha256").update(process.version);
  const own = filesIn(site).filter((file) => !relative(site, file).startsWith(out));
  for (const file of [...own, ...others.flatMap(filesIn)].sort()) {
    hash
      .update(`${relative(repository, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex");
}

/** What is generated beside the sources: in folders with a dot, and these. Tests are no part of a site. */
const generated = /(?:^|\/)(?:node_modules|test|next-env\.d\.ts|[^/]*\.tsbuildinfo)$/;

export function filesIn(path: string): readonly string[] {
  if (/\.json$/.test(path)) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".") || generated.test(entry.name)) return [];
    return entry.isDirectory() ? filesIn(join(path, entry.name)) : [join(path, entry.name)];
  });
}

function exampleOf(site: string): string {
  return join(repository, "examples", relative(join(repository, "examples"), site).split("/")[0] ?? "");
}

async function runNode(command: readonly string[], cwd: string) {
  // Not the test runner's own settings: some builds look at them.
  const { NODE_ENV: _, VITEST: __, ...env } = process.env;
  const child = spawn(process.execPath, command, {
    cwd,
    env: { ...env, NODE_ENV: "production", CI: "1", NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const output = (await Promise.all([child.stdout.toArray(), child.stderr.toArray()])).flat().join("");
  return { code: await exited, output };
}

interface Serving {
  readonly folder: string;
  readonly command: readonly string[];
  /** What it says when it listens. Default: its port. */
  readonly says?: string;
}

/** Starts a built application as `npm start` does, on a free port, until the story is told. */
export async function visitBuilt({ folder, command, says }: Serving, story: (origin: string) => Promise<void>) {
  const { NODE_ENV: _, VITEST: __, ...inherited } = process.env;
  // Not every framework tells which port it was given where it is asked to take any.
  const { origin, close } = await listen(() => {});
  await close();
  const { port } = new URL(origin);
  const child = spawn(process.execPath, command, {
    cwd: folder,
    env: { ...inherited, NODE_ENV: "production", HOST: "127.0.0.1", PORT: port },
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    let said = "";
    child.stderr.on("data", (piece) => {
      said += piece;
    });
    for await (const line of createInterface({ input: child.stdout })) {
      said += `${line}\n`;
      if (line.includes(says ?? `:${port}`)) return await story(origin);
    }
    throw new Error(`The example ended without having served anything: ${said}`);
  } finally {
    child.kill();
  }
}
