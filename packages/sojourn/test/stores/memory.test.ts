import { expect, test, vi } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
import type { StoreChange } from "../../src/core/store.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { storeChecks } from "../../src/testing/index.ts";

const checks = storeChecks(async () => ({ stores: [memoryStore()], close: async () => {} }));

for (const check of checks) test(`memory: ${check.name}`, () => check.run());

test("what memory hands out is frozen, and the same row is handed out without copying", async () => {
  const store = memoryStore();
  const row = { id: "s1" as SessionId, version: 1, userId: "alice", ref: null, expiresAt: 1, body: "{}" };
  await store.insert(row, { indexUntil: 1 });
  const found = await store.find(row.id);
  expect(Object.isFrozen(found)).toBe(true);
  expect(await store.find(row.id)).toBe(found);
});

async function watchedSession() {
  const store = memoryStore();
  const row = { id: "s1" as SessionId, version: 1, userId: "alice", ref: null, expiresAt: 1, body: "{}" };
  const changes: StoreChange[] = [];
  const listener = (change: StoreChange) => void changes.push(change);
  const stop = await store.watch(listener);
  await store.insert(row, { indexUntil: 1 });
  return { store, row, changes, listener, stop };
}

test("who watches memory hears of every update and removal before it is answered, and of nothing else", async () => {
  const { store, row, changes } = await watchedSession();
  await store.update({ ...row, version: 7 });
  await store.remove("s2" as SessionId);
  expect(changes).toEqual([]);
  const update = store.update({ ...row, version: 2 });
  expect(changes).toEqual([{ kind: "updated", id: "s1" }]);
  await update;
  const removal = store.removeExpired(1, 10);
  expect(changes.at(-1)).toEqual({ kind: "removed", id: "s1" });
  await removal;
  await store.insert(row, { indexUntil: 1 });
  await store.remove(row.id);
  expect(changes.length).toBe(3);
});

test("each watch of memory ends by itself, also where one listener is given twice", async () => {
  const { store, row, changes, listener, stop } = await watchedSession();
  const stopSecond = await store.watch(listener);
  await store.update({ ...row, version: 2 });
  expect(changes.length).toBe(2);
  await stop();
  await store.update({ ...row, version: 3 });
  expect(changes.length).toBe(3);
  await stopSecond();
  await store.remove(row.id);
  expect(changes.length).toBe(3);
});

test("a listener that throws fails no write, and keeps the news from nobody", async () => {
  const { store, row, changes } = await watchedSession();
  const later = vi.spyOn(globalThis, "queueMicrotask").mockImplementation(() => {});
  await store.watch(() => {
    throw new Error("a listener's mistake");
  });
  const second: StoreChange[] = [];
  await store.watch((change) => second.push(change));
  expect(await store.remove(row.id)).toBe(true);
  expect([changes.length, second.length]).toEqual([1, 1]);
  const [thrown] = later.mock.calls[0] ?? [];
  later.mockRestore();
  expect(thrown).toThrow("a listener's mistake");
});
