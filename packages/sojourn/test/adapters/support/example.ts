import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { logsInAndOut, refusesAnotherSitesForm } from "../../support/logging-in.ts";
import { build as buildSite, filesIn, library, visitBuilt } from "./build.ts";

const repository = fileURLToPath(new URL("../../../../../", import.meta.url));

/** The example of a framework: short, right to the compiler, and telling the story it is there for. */
export function isARunningExample(framework: string): void {
  const folder = `${repository}examples/${framework}`;

  test(`the example of ${framework} is a page long`, () => {
    expect(readFileSync(`${folder}/server.ts`, "utf8").split("\n").length).toBeLessThanOrEqual(60);
  });

  test(`the example of ${framework}, and what its types promise, compile against the framework and the built package`, async () => {
    await compile(folder, `${folder}/test`);
  });

  test(`the example of ${framework} lets in who logs in, and nobody else, and forgets them at logout`, async () => {
    await visit(folder, logsInAndOut);
  });

  test(`the example of ${framework} refuses a form that another site posts`, async () => {
    await visit(folder, refusesAnotherSitesForm);
  });
}

/** The example of a framework that builds what it serves: all of its files together are a page long. */
export function isABuiltExample({ name, folder, program, types, out, sources, start, says }: BuiltExample): void {
  const build = () => buildSite(folder, { program, with: ["build"], ...(types && { types }), out, of: [library] });

  test(`the example of ${name} is a page long, all of its files together`, () => {
    const files = sources.flatMap((path) =>
      statSync(folder + path).isDirectory() ? filesIn(folder + path) : [folder + path],
    );
    const lines = files.filter((file) => !file.endsWith(".html")).map((file) => readFileSync(file, "utf8"));
    expect(lines.join("").split("\n").length - 1).toBeLessThanOrEqual(60);
  });

  test(`the example of ${name}, and what its types promise, compile against the framework and the built package`, async () => {
    await build();
    await compile(folder, `${folder}/test`);
  }, 240_000);

  test(`the example of ${name} lets in who logs in, and nobody else, and forgets them at logout`, async () => {
    await build();
    await visitBuilt({ folder, command: start, ...(says && { says }) }, logsInAndOut);
  }, 240_000);

  test(`the example of ${name} refuses a form that another site posts`, async () => {
    await build();
    await visitBuilt({ folder, command: start, ...(says && { says }) }, refusesAnotherSitesForm);
  }, 240_000);
}

interface BuiltExample {
  readonly name: string;
  readonly folder: string;
  /** Builds it, with the word `build`. */
  readonly program: string;
  readonly types?: string;
  readonly out: string;
  /** Files and folders that are counted. */
  readonly sources: readonly string[];
  /** What Node is started with to serve it. */
  readonly start: readonly string[];
  readonly says?: string;
}

/** Expects the compiler of the repository to have nothing to say about these projects. */
export async function compile(...projects: readonly string[]): Promise<void> {
  for (const project of projects) {
    const { code, output } = await run([`${repository}node_modules/typescript/bin/tsc`, "-p", project]);
    expect(code, output).toBe(0);
  }
}

/** Runs it as `npm start` does, until the story is told. */
async function visit(folder: string, story: (origin: string) => Promise<void>): Promise<void> {
  if (!existsSync(`${repository}packages/sojourn/dist/index.js`)) {
    throw new Error("The examples use the built package: npm run build");
  }
  const tsx = createRequire(`${folder}/server.ts`).resolve("tsx");
  const child = spawn(process.execPath, ["--import", tsx, "server.ts"], {
    cwd: folder,
    env: { ...process.env, PORT: "0", NODE_ENV: "development" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith("serving ")) return await story(line.slice("serving ".length));
    }
    throw new Error("The example ended without having served anything");
  } finally {
    child.kill();
  }
}

async function run(command: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const pieces = await Promise.all([child.stdout.toArray(), child.stderr.toArray()]);
  return { code: await exited, output: pieces.flat().join("") };
}
