import { expect, test } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { faultyStore, storeChecks } from "../../src/testing/index.ts";

const row = { id: "s1" as SessionId, version: 1, userId: "alice", ref: null, expiresAt: 9e15, body: "{}" };
const forEver = { indexUntil: 9e15 };

/** What became of a promise by now. */
async function stateOf(promise: Promise<unknown>): Promise<"pending" | "answered" | "failed"> {
  const later = new Promise<"pending">((resolve) => setImmediate(() => resolve("pending")));
  return Promise.race([promise.then(() => "answered" as const).catch(() => "failed" as const), later]);
}

for (const check of storeChecks(async () => ({ stores: [faultyStore(memoryStore())], close: async () => {} }))) {
  test(`without a cue: ${check.name}`, () => check.run());
}

test("it is what it wraps, by name and by staleness, and counts calls", async () => {
  const store = faultyStore({ ...memoryStore(), mayBeStale: true });
  expect(store).toMatchObject({ name: "memory", mayBeStale: true });
  await store.insert(row, forEver);
  await store.find(row.id);
  await store.find(row.id);
  expect(store.calls).toEqual({ insert: 1, find: 2, update: 0, remove: 0, idsOf: 0, removeExpired: 0 });
});

test("a failure is not performed, is for one call, and for one verb", async () => {
  const store = faultyStore(memoryStore());
  store.failNext("insert");
  store.failNext("insert", new Error("of another kind"));
  expect(await store.find(row.id)).toBe(null);
  await expect(store.insert(row, forEver)).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
  await expect(store.insert(row, forEver)).rejects.toThrow("of another kind");
  expect(await store.insert(row, forEver)).toBe(true);
});

test("a lost request is not performed, a lost answer is, and nobody learns which", async () => {
  const store = faultyStore(memoryStore());
  store.loseRequest("insert");
  expect(await stateOf(store.insert(row, forEver))).toBe("pending");
  expect(await store.find(row.id)).toBe(null);
  store.loseAnswer("insert");
  expect(await stateOf(store.insert(row, forEver))).toBe("pending");
  expect(await store.find(row.id)).toEqual(row);
});

test("a loss can also show as an error", async () => {
  const store = faultyStore(memoryStore());
  await store.insert(row, forEver);
  store.loseRequest("remove", { as: "error" });
  store.loseAnswer("remove", { as: "error" });
  await expect(store.remove(row.id)).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
  expect(await store.find(row.id)).toEqual(row);
  await expect(store.remove(row.id)).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
  expect(await store.find(row.id)).toBe(null);
});

test("a held request has not been performed until it is released; the calls after it go on", async () => {
  const store = faultyStore(memoryStore());
  const held = store.hold("insert");
  const inserting = store.insert(row, forEver);
  await held.reached;
  expect(await store.insert({ ...row, body: "came second, was first" }, forEver)).toBe(true);
  expect(await stateOf(inserting)).toBe("pending");
  held.release();
  expect(await inserting).toBe(false);
});

test("a held answer has been performed before it is released", async () => {
  const store = faultyStore(memoryStore());
  const held = store.hold("insert", { on: "answer" });
  const inserting = store.insert(row, forEver);
  await held.reached;
  expect(await store.find(row.id)).toEqual(row);
  expect(await stateOf(inserting)).toBe("pending");
  held.release();
  expect(await inserting).toBe(true);
});

test("a call that is released ahead of time does not wait", async () => {
  const store = faultyStore(memoryStore());
  store.hold("find").release();
  expect(await store.find(row.id)).toBe(null);
});
