import { Pool } from "pg";
import { expect, test } from "vitest";
import { createSessionManager } from "../../src/manager.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { migrating } from "../../src/stores/migrating.ts";
import { mysqlStore } from "../../src/stores/mysql.ts";
import { nearCache } from "../../src/stores/near-cache.ts";
import { postgresStore } from "../../src/stores/postgres.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";

const address = "db://app:hunter2@db.internal/app" as never;
const to = memoryStore();

test.each<[string, () => unknown]>([
  ["createSessionManager", () => createSessionManager({ store: address })],
  ["migrating", () => migrating({ from: address, to })],
  ["nearCache", () => nearCache(address, { entries: 1, maxAge: "1s" })],
  ["redisStore", () => redisStore(address)],
  ["postgresStore", () => postgresStore(address)],
  ["postgresStore's listen", () => postgresStore(new Pool(), { listen: address })],
  ["mysqlStore", () => mysqlStore(address)],
  ["sqliteStore", () => sqliteStore(address)],
])("%s, given an address instead of a client, says what to write and never the password", (_name, make) => {
  let error: unknown;
  try {
    make();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: "ERR_OPTIONS" });
  expect(String((error as Error).stack)).not.toContain("hunter2");
});
