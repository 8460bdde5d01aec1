import Libsql from "libsql";
import { Pool } from "pg";
import { expect, test } from "vitest";
import { mysqlStore } from "../../src/stores/mysql.ts";
import { nearCache } from "../../src/stores/near-cache.ts";
import { postgresStore } from "../../src/stores/postgres.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";

const pool = new Pool();
const mysql = { execute() {}, query() {} };
const file = () => new Libsql(":memory:");

test.each<[string, () => unknown, string]>([
  ["postgresStore", () => postgresStore(pool, { prepared: false } as never), "did you mean prepare?"],
  ["mysqlStore", () => mysqlStore(mysql, { prepared: false } as never), "did you mean prepare?"],
  ["sqliteStore", () => sqliteStore(file(), { createTables: true } as never), "did you mean createTable?"],
  ["sqliteStore", () => sqliteStore(file(), { createTable: "no" } as never), "must be true or false"],
])("%s refuses an option that would silently do nothing, or something else", (_name, make, what) => {
  expect(make).toThrow(expect.objectContaining({ code: "ERR_OPTIONS", message: expect.stringContaining(what) }));
});

test("times so long that a timer would run at once, again and again, are refused", () => {
  expect(() => postgresStore(pool, { heartbeat: "30d", listen: pool })).toThrow(/at most "1m"/);
  const polled = sqliteStore(file(), { createTable: true });
  expect(() => nearCache(polled, { entries: 1, maxAge: "30s", pollEvery: "30d" })).toThrow(/at most "1d"/);
});
