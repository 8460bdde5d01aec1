import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Program } from "./programs.ts";
import { root } from "./repository.ts";

const tsc = fileURLToPath(new URL("../../../../node_modules/typescript/bin/tsc", import.meta.url));
const runner = fileURLToPath(new URL("./run-program.mjs", import.meta.url));

/** A folder inside the repository, so that programs find `sojourn` and the rest as an application would. */
export interface Workshop {
  /** What the compiler says about the programs; empty if nothing. */
  readonly problems: string;
  run(program: Program): Promise<Ran>;
  /** Starts a program that serves, and keeps it running until the story is told. */
  visit(program: Program, story: (origin: string) => Promise<void>): Promise<void>;
  close(): void;
}

export interface Ran {
  readonly code: number;
  readonly output: string;
}

/**
 * Compiles all programs in one run, against the built package. `within`: a folder of the repository, for programs that use
 * what is installed there.
 */
export async function openWorkshop(programs: readonly Program[], { within = "" } = {}): Promise<Workshop> {
  if (!existsSync(`${root}packages/sojourn/dist/index.js`)) {
    throw new Error("The programs of the documentation use the built package: npm run build");
  }
  const cache = `${root}${within}.cache`;
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(`${cache}/docs-`);
  writeFileSync(`${folder}/package.json`, JSON.stringify({ type: "module" }));
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ ...configuration, extends: `${root}tsconfig.base.json` }));
  for (const { file, source } of programs) writeFileSync(`${folder}/${file}.ts`, source);
  const compiled = await execute([tsc, "-p", folder], folder);
  const compiledFile = ({ file }: Program) => `${folder}/${file}.js`;
  return {
    problems: compiled.code === 0 ? "" : compiled.output,
    run: (program) => execute([runner, compiledFile(program)], folder),
    async visit(program, story) {
      const child = spawn(process.execPath, [runner, compiledFile(program), "--serve"], {
        cwd: folder,
        stdio: ["pipe", "pipe", "inherit"],
      });
      try {
        await story(await firstLine(child.stdout));
      } finally {
        child.kill();
      }
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** As an application has it: the package's types as published, no condition of this repository's. */
const configuration = {
  compilerOptions: {
    customConditions: [],
    noUnusedLocals: false,
    noUnusedParameters: false,
    declaration: false,
    types: ["node"],
  },
  include: ["*.ts"],
};

function execute(command: readonly string[], cwd: string): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd, timeout: 20_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, output: `${stdout}${stderr}${error?.killed ? "It did not end within 20 s." : ""}` });
    });
  });
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stream })) {
    if (line.startsWith("serving ")) return line.slice("serving ".length);
  }
  throw new Error("The program ended without having served anything");
}
