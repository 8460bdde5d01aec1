import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { migrate } from "../../src/cli/migrate.ts";
import { type MigrationCounts, migrateSessions } from "../../src/cli/migrate-sessions.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import type { SessionId } from "../../src/core/ids.ts";
import type { StoredSession } from "../../src/core/store.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { migrating } from "../../src/stores/migrating.ts";
import { testClock } from "../../src/testing/index.ts";

const day = 86_400_000;
const clock = testClock(100 * day);
const idOf = (number: number) => `s${number + 10_000}` as SessionId;

async function storesWith(count: number, facts: Partial<StoredSession> = {}) {
  const [from, to] = [memoryStore(), memoryStore()];
  for (let number = 0; number < count; number++) {
    const row = {
      id: idOf(number),
      version: 1,
      userId: `user ${number % 7}`,
      ref: null,
      expiresAt: 101 * day,
      body: "{}",
    };
    await from.insert({ ...row, ...facts }, { indexUntil: 0 });
  }
  return { from, to };
}

const counts = (some: Partial<MigrationCounts>): MigrationCounts => ({
  ...{ found: 0, moved: 0, ended: 0, expired: 0, left: 0, duplicated: 0, lost: 0 },
  ...some,
});

test("everything moves, as it was", async () => {
  const { from, to } = await storesWith(1_200);
  const before = await from.scan(null, 2_000);
  expect(await migrateSessions({ from, to, clock })).toEqual(counts({ found: 1_200, moved: 1_200 }));
  expect(await from.scan(null, 10)).toEqual([]);
  expect(await to.scan(null, 2_000)).toEqual(before);
});

test("stopped half-way, it goes on from there", async () => {
  const { from, to } = await storesWith(1_200);
  const stopping = new AbortController();
  const onProgress = () => stopping.abort();
  const first = await migrateSessions({ from, to, clock, onProgress, signal: stopping.signal });
  expect(first).toEqual(counts({ found: 500, moved: 500 }));
  expect(await migrateSessions({ from, to, clock })).toEqual(counts({ found: 700, moved: 700 }));
});

test("what a mover left half done is finished", async () => {
  const { from, to } = await storesWith(3);
  const row = (await from.find(idOf(0))) as StoredSession;
  await from.update({ ...row, version: 2, body: `~sojourn:moving~${row.body}` });
  expect(await migrateSessions({ from, to, clock, dryRun: true })).toEqual(counts({ found: 3, moved: 3 }));
  expect(await migrateSessions({ from, to, clock })).toEqual(counts({ found: 3, moved: 3 }));
  expect(await to.find(row.id)).toEqual(row);
});

test("who ends a session while it moves is counted, and the session stays ended", async () => {
  const { from, to } = await storesWith(5);
  const app = migrating({ from, to, clock });
  const logsOut = {
    ...from,
    async update(...given: Parameters<typeof from.update>) {
      const sealed = await from.update(...given);
      if (given[0].id === idOf(2)) await app.remove(idOf(2));
      return sealed;
    },
  };
  expect(await migrateSessions({ from: logsOut, to, clock })).toEqual(counts({ found: 5, moved: 4, ended: 1 }));
  expect(await app.find(idOf(2))).toBeNull();
});

test("expired sessions are not carried along", async () => {
  const { from, to } = await storesWith(3, { expiresAt: 99 * day });
  expect(await migrateSessions({ from, to, clock })).toEqual(counts({ found: 3, expired: 3 }));
  expect(await to.scan(null, 10)).toEqual([]);
});

test("a store that loses what it acknowledged is found out", async () => {
  const { from, to } = await storesWith(3);
  const forgetful = { ...to, insert: async () => true };
  expect(await migrateSessions({ from, to: forgetful, clock })).toEqual(counts({ found: 3, lost: 3 }));
});

test("a store that others keep writing to without migrating is found out", async () => {
  const { from, to } = await storesWith(1);
  const revived = {
    ...from,
    remove: async () => true,
    find: async (id: SessionId) => (await from.scan(null, 1)).find((row) => row.id === id) ?? null,
  };
  const row = (await from.find(idOf(0))) as StoredSession;
  await to.insert(row, { indexUntil: 0 });
  const lying = { ...revived, update: async () => true };
  expect(await migrateSessions({ from: lying, to, clock })).toMatchObject({ duplicated: 4, lost: 0 });
});

test("sessions that others keep changing are left, and said to be", async () => {
  const { from, to } = await storesWith(2);
  const contended = { ...from, update: async () => false };
  expect(await migrateSessions({ from: contended, to, clock })).toEqual(counts({ found: 2, left: 2 }));
});

function recorded(options: Partial<Terminal> = {}) {
  const lines: string[] = [];
  const terminal = {
    write: (text: string) => void lines.push(text),
    isInteractive: false,
    hasColour: false,
    ...options,
  };
  return { terminal, text: () => lines.join("") };
}

test("without a module that exports both stores nothing begins", async () => {
  const [out, err] = [recorded(), recorded()];
  const run = (...parameters: string[]) => migrate(parameters, { terminal: out.terminal, errors: err.terminal });
  expect(await run()).toBe(2);
  expect(err.text()).toContain("sojourn migrate CONFIG [--dry-run]");
  expect(await run(fileURLToPath(new URL("../../src/core/clock.ts", import.meta.url)))).toBe(2);
  expect(err.text()).toContain("must export two stores");
  expect(err.text()).toContain("or, for a live upgrade, `upgrade` and `store`");
  expect(await run("stores.mjs", "--dry-rnu")).toBe(2);
  expect(err.text()).toContain("--dry-rnu is no option: did you mean --dry-run?");
  expect(await run("stores.mjs", "more.mjs")).toBe(2);
  expect(err.text()).toContain("One CONFIG, and no other");
  expect(out.text()).toBe("");
  expect(await run("--help")).toBe(0);
  expect(out.text()).toContain("sojourn migrate CONFIG [--dry-run]");
});
