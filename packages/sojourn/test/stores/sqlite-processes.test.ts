import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
import type { ScannableStore } from "../../src/core/store.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { bindings, inDirectory } from "./sqlite-databases.ts";

const script = fileURLToPath(new URL("sqlite-process.mjs", import.meta.url));
const built = fileURLToPath(new URL("../../dist/stores/sqlite.js", import.meta.url));

beforeAll(() => {
  expect(existsSync(built), "The processes run the built library: run `npm run build` first").toBe(true);
});

/** What a process is told to do; see sqlite-process.mjs. */
interface Task {
  readonly task: "create" | "increment" | "insert" | "write" | "remove" | "extend" | "sweep";
  readonly [option: string]: unknown;
}

/** Starts a process per task, lets all of them go at once, and gives back what came of each. */
async function inProcesses<Outcome>(
  place: { readonly binding: string; readonly file: string },
  tasks: readonly Task[],
): Promise<Outcome[]> {
  const children = tasks.map((task) =>
    spawn(process.execPath, [script, JSON.stringify({ ...place, ...task })], { stdio: ["pipe", "pipe", "inherit"] }),
  );
  try {
    const outputs = children.map(outputOf);
    const ready = children.map((child) => once(child.stdout, "data"));
    await Promise.race([Promise.all(ready), Promise.all(outputs)]);
    for (const child of children) child.stdin.end("go\n");
    return (await Promise.all(outputs)).map((output) => JSON.parse(output.replace("ready\n", "")) as Outcome);
  } finally {
    // If one failed, the others may be waiting for what it would have done.
    for (const child of children) child.kill("SIGKILL");
  }
}

async function outputOf(child: ChildProcessByStdio<Writable, Readable, null>): Promise<string> {
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  if (code !== 0) throw new Error(`A process ended with ${code}; its own message stands above`);
  return output;
}

function someIds(count: number): SessionId[] {
  return Array.from({ length: count }, (_, index) => `session-${index}` as SessionId);
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const longAgo = 1_000;
const farOff = 1e15;

type Place = Parameters<typeof inProcesses>[0];
type Use = (place: Place, store: ScannableStore) => Promise<void>;

describe.each(bindings)("several processes on one file: $name", (binding) => {
  /** A file with a table, and this process's own connection to it. */
  const onOneFile = (use: Use) =>
    inDirectory(async (directory) => {
      const file = join(directory, "sessions.db");
      const db = binding.open(file);
      db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL`);
      await use({ binding: binding.name, file }, sqliteStore(db, { createTable: true }));
      db.close();
    });

  const insertAll = async (store: ScannableStore, ids: readonly SessionId[], expiresAt: number) => {
    for (const id of ids) {
      const row = { id, version: 1, userId: "alice", ref: null, expiresAt, body: "0" };
      expect(await store.insert(row, { indexUntil: farOff })).toBe(true);
    }
  };

  test("four processes that count one row up lose no update", () =>
    onOneFile(async (place, store) => {
      const [id] = someIds(1) as [SessionId];
      await insertAll(store, [id], farOff);
      const outcomes = await inProcesses<{ conflicts: number }>(
        place,
        Array.from({ length: 4 }, () => ({ task: "increment", id, times: 100 })),
      );
      expect(await store.find(id)).toMatchObject({ version: 401, body: "400" });
      console.info(
        `400 updates by 4 processes: ${sum(outcomes.map((outcome) => outcome.conflicts))} conflicts, 0 lost`,
      );
    }));

  test("of four processes that insert the same ids each id goes to exactly one, who owns the row", () =>
    onOneFile(async (place, store) => {
      const ids = someIds(200);
      const names = ["anna", "ben", "carla", "dora"];
      const outcomes = await inProcesses<{ inserted: SessionId[] }>(
        place,
        names.map((name) => ({ task: "insert", ids, name })),
      );
      expect(outcomes.flatMap((outcome) => outcome.inserted).sort()).toEqual([...ids].sort());
      for (const [index, userId] of names.entries()) {
        expect([...(await store.idsOf({ userId }))].sort()).toEqual(outcomes[index]?.inserted.sort());
      }
    }));

  test("two processes write while two remove: each row is removed once, and none comes back", () =>
    onOneFile(async (place, store) => {
      const ids = someIds(100);
      await insertAll(store, ids, farOff);
      const outcomes = await inProcesses<{ removed?: number; written?: number }>(place, [
        { task: "write", ids },
        { task: "write", ids },
        { task: "remove", ids },
        { task: "remove", ids },
      ]);
      expect(sum(outcomes.map((outcome) => outcome.removed ?? 0))).toBe(100);
      const written = sum(outcomes.map((outcome) => outcome.written ?? 0));
      console.info(`100 removals by 2 processes while 2 others made ${written} updates: 0 came back`);
      expect(await store.scan(null, 1_000)).toEqual([]);
      expect(await store.idsOf({ userId: "alice" })).toEqual([]);
    }));

  test("two processes sweep while another extends: what was extended in time is kept, the rest is removed once", () =>
    onOneFile(async (place, store) => {
      const ids = someIds(200);
      await insertAll(store, ids, longAgo);
      const outcomes = await inProcesses<{ removed?: number; extended?: SessionId[] }>(place, [
        { task: "sweep", before: longAgo },
        { task: "sweep", before: longAgo },
        { task: "extend", ids: [...ids].reverse(), expiresAt: farOff },
      ]);
      const extended = outcomes.flatMap((outcome) => outcome.extended ?? []);
      expect((await store.scan(null, 1_000)).map((row) => row.id)).toEqual([...extended].sort());
      expect(sum(outcomes.map((outcome) => outcome.removed ?? 0))).toBe(200 - extended.length);
    }));

  test("four processes that create the table of a new file at once all find it there", () =>
    inDirectory(async (directory) => {
      const file = join(directory, "new.db");
      const outcomes = await inProcesses<{ inserted: boolean }>(
        { binding: binding.name, file },
        someIds(4).map((id) => ({ task: "create", id })),
      );
      expect(outcomes).toEqual(Array.from({ length: 4 }, () => ({ inserted: true })));
    }));
});
