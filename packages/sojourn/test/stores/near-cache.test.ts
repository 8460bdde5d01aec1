import { describe, test } from "vitest";
import { memoryStore } from "../../src/stores/memory.ts";
import { nearCache } from "../../src/stores/near-cache.ts";
import { storeChecks } from "../../src/testing/index.ts";

describe("store contract: near cache over memory", () => {
  const checks = storeChecks(async () => {
    const store = memoryStore();
    const caches = [1, 2].map(() => nearCache(store, { entries: 100, maxAge: "1m" }));
    await Promise.all(caches.map((cache) => cache.ready()));
    return { stores: caches, close: async () => void (await Promise.all(caches.map((cache) => cache.close()))) };
  });
  for (const check of checks) test(check.name, () => check.run());
});
