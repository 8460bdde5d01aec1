import { expect, test } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
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
