import { afterAll, expect, test } from "vitest";
import { StoreContractError, storeChecks } from "../../src/testing/index.ts";
import { brokenCrudely } from "./broken/crude.ts";
import { brokenExpiry } from "./broken/expiry.ts";
import { brokenIndexes } from "./broken/indices.ts";
import { brokenReads } from "./broken/reads.ts";
import type { BrokenStore } from "./broken/weaken.ts";
import { brokenWrites } from "./broken/writes.ts";

const brokenStores = [...brokenWrites, ...brokenReads, ...brokenIndexes, ...brokenExpiry, ...brokenCrudely];
const caught = new Map<string, readonly string[]>();

/** The names of the checks that a broken store fails. */
async function failedChecks({ weakness, open }: BrokenStore): Promise<string[]> {
  const failed: string[] = [];
  for (const check of storeChecks(async () => ({ stores: open(), close: async () => {} }))) {
    await check.run().catch((error: unknown) => {
      expect(error, `"${weakness}" in "${check.name}"`).toBeInstanceOf(StoreContractError);
      failed.push(check.name);
    });
  }
  return failed;
}

test.concurrent.for(brokenStores)("the suite notices: $weakness", async (store) => {
  const failed = await failedChecks(store);
  caught.set(store.weakness, failed);
  expect(failed).toEqual(store.caughtBy);
});

test("there are at least fourteen weaknesses, all different, and none goes unnoticed", () => {
  expect(new Set(brokenStores.map((store) => store.weakness)).size).toBe(brokenStores.length);
  expect(brokenStores.length).toBeGreaterThanOrEqual(14);
  for (const store of brokenStores) expect(store.caughtBy).not.toEqual([]);
});

test("no check is there for nothing: each catches at least one broken store", () => {
  const useful = new Set(brokenStores.flatMap((store) => store.caughtBy));
  const names = storeChecks(() => Promise.reject(new Error("not opened"))).map((check) => check.name);
  expect(names.filter((name) => !useful.has(name))).toEqual([]);
});

afterAll(() => {
  const table = brokenStores.map(({ weakness }) => [weakness, ...(caught.get(weakness) ?? [])].join("\n    "));
  console.info(`Broken stores, and the checks that caught them\n\n${table.join("\n\n")}`);
});
