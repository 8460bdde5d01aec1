import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify, stripVTControlCharacters } from "node:util";
import Libsql from "libsql";
import { beforeAll, expect, test } from "vitest";
import { progressOf } from "../../src/cli/progress.ts";
import type { SessionId } from "../../src/core/ids.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { inDirectory } from "./sqlite-databases.ts";

const library = fileURLToPath(new URL("../../", import.meta.url));
const command = join(library, "dist/cli/main.js");

beforeAll(() => {
  expect(existsSync(command), "The command is the built one: run `npm run build` first").toBe(true);
});

/** Two SQLite files, of which the first holds sessions, and the module that the command is given. */
async function prepare(directory: string, sessions: number) {
  const open = (name: string) => {
    const db = new Libsql(join(directory, name));
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF");
    return sqliteStore(db, { createTable: true });
  };
  const [from, to] = [open("from.db"), open("to.db")];
  for (let number = 0; number < sessions; number++) {
    const id = `session-${String(number).padStart(6, "0")}` as SessionId;
    await from.insert(
      { id, version: 1, userId: "alice", ref: null, expiresAt: Date.now() + 3_600_000, body: "{}" },
      { indexUntil: 0 },
    );
  }
  const config = join(directory, "stores.mjs");
  writeFileSync(
    config,
    `import Libsql from ${JSON.stringify(import.meta.resolve("libsql"))};
import { sqliteStore } from ${JSON.stringify(new URL("../../dist/stores/sqlite.js", import.meta.url).href)};
const open = (name) => {
  const db = new Libsql(${JSON.stringify(directory)} + name);
  db.exec("PRAGMA synchronous = OFF");
  return sqliteStore(db);
};
export const from = open("/from.db");
export const to = open("/to.db");
`,
  );
  return { from, to, config };
}

const run = promisify(execFile);

test("npx sojourn migrate: a dry run, the move, and nothing left to do", async () => {
  await inDirectory(async (directory) => {
    const { from, to, config } = await prepare(directory, 1_500);
    const dry = await run(process.execPath, [command, "migrate", config, "--dry-run"]);
    expect(dry.stdout).toContain("1,500 found = 1,500 to move + 0 ended meanwhile");
    expect((await from.scan(null, 2_000)).length).toBe(1_500);
    const moved = await run(process.execPath, [command, "migrate", config]);
    expect(moved.stdout).toContain(
      "1,500 found = 1,500 moved + 0 ended meanwhile + 0 expired + 0 left + 0 duplicated + 0 lost",
    );
    expect(moved.stdout).toContain("None lost, none duplicated. sqlite is empty.");
    expect(stripVTControlCharacters(moved.stdout)).toBe(moved.stdout);
    expect((await to.scan(null, 2_000)).length).toBe(1_500);
    const again = await run(process.execPath, [command, "migrate", config]);
    expect(again.stdout).toContain("0 found");
  });
});

test("interrupted, it finishes the page at hand and says so; killed, the next run goes on all the same", async () => {
  await inDirectory(async (directory) => {
    const { to, config } = await prepare(directory, 3_000);
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      const child = spawn(process.execPath, [command, "migrate", config], { stdio: ["ignore", "pipe", "inherit"] });
      let output = "";
      child.stdout.on("data", (text) => {
        output += text;
        if (output.includes("%") && !child.killed) child.kill(signal);
      });
      const [code] = await once(child, "close");
      if (signal === "SIGINT")
        expect([code, output]).toEqual([1, expect.stringContaining("Stopped. Run it again to go on.")]);
    }
    await run(process.execPath, [command, "migrate", config]);
    expect((await to.scan(null, 5_000)).length).toBe(3_000);
  });
});

test("a command that does not exist, or lacks its module, says how it is used", async () => {
  for (const parameters of [[], ["mirgate"], ["migrate"]]) {
    const failure = await run(process.execPath, [command, ...parameters]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 2, stderr: expect.stringContaining("sojourn migrate CONFIG") });
  }
});

test("a store that fails ends the command with one line, without what caused it", async () => {
  await inDirectory(async (directory) => {
    const config = join(directory, "stores.mjs");
    writeFileSync(
      config,
      `const fails = async () => { throw new Error("The store is away", { cause: "postgres://me:secret@host" }); };
export const from = { name: "from", find: fails, insert: fails, scan: fails };
export const to = from;
`,
    );
    const failure = await run(process.execPath, [command, "migrate", config]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 1, stdout: "", stderr: "migrate failed: The store is away\n" });
  });
});

test("progress is a bar that is drawn over where a person looks, and a line for every tenth elsewhere", () => {
  const draw = (isInteractive: boolean) => {
    const written: string[] = [];
    let now = 0;
    const terminal = { write: (text: string) => void written.push(text), isInteractive, hasColour: false };
    const progress = progressOf(1_000, terminal, () => now);
    for (let done = 50; done <= 1_000; done += 50) {
      now += 1_000;
      progress.show(done);
    }
    progress.end();
    return written;
  };
  const bar = draw(true);
  expect(stripVTControlCharacters(bar[9] ?? "")).toBe(
    "\r[###############---------------]  50 %  500 of 1,000 sessions, 50 a second, 10 s to go",
  );
  expect([bar.length, bar.at(-1)]).toEqual([21, "\n"]);
  const lines = draw(false);
  expect(lines.length).toBe(10);
  expect(lines.at(-1)).toBe("100 %  1,000 of 1,000 sessions, 50 a second, 0 s to go\n");
});
