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

const rowOf = (name: string) => ({
  ...{ id: name as SessionId, version: 1, userId: null, ref: null, expiresAt: 1, body: "{}" },
});
const insertInto = async (store: ReturnType<typeof memoryStore>, ...names: string[]) => {
  for (const name of names) await store.insert(rowOf(name), { indexUntil: 1 });
};

test("whoever pages through memory sees what came and went meanwhile, in order and once each", async () => {
  const store = memoryStore();
  await insertInto(store, "d", "b", "f");
  const page = async (after: string | null, limit: number) =>
    (await store.scan(after as SessionId | null, limit)).map(({ id }) => id).join("");
  expect(await page(null, 2)).toBe("bd");
  await insertInto(store, "a", "e", "c");
  await store.remove("f" as SessionId);
  expect(await page("d", 9)).toBe("e");
  await store.remove("d" as SessionId);
  await insertInto(store, "d");
  expect(await page(null, 3)).toBe("abc");
  expect(await page("b", 9)).toBe("cde");
  expect(await page("cc", 9)).toBe("de");
  expect(await page("e", 9)).toBe("");
  expect(await page(null, 0)).toBe("");
});

test("where all sessions went and others came, paging starts again", async () => {
  const store = memoryStore();
  await insertInto(store, ...Array.from({ length: 1_200 }, (_, at) => `old ${at}`));
  expect(await store.scan(null, 2_000)).toHaveLength(1_200);
  await store.removeExpired(1, 2_000);
  expect(await store.scan(null, 2_000)).toEqual([]);
  await insertInto(store, "z", "y");
  expect((await store.scan(null, 9)).map(({ id }) => id)).toEqual(["y", "z"]);
});

test("paging through memory sorts once, not for every page", async () => {
  const store = memoryStore();
  await insertInto(store, ...Array.from({ length: 200 }, (_, at) => `${(at * 71) % 200}`.padStart(3, "0")));
  const sort = vi.spyOn(Array.prototype, "sort");
  let seen = 0;
  for (let after: SessionId | null = null, page = await store.scan(after, 10); page.length > 0; ) {
    seen += page.length;
    after = page.at(-1)?.id ?? null;
    page = await store.scan(after, 10);
  }
  const sorted = sort.mock.calls.length;
  sort.mockRestore();
  expect([seen, sorted]).toEqual([200, 1]);
});
