import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sqliteSchema, sqliteStore } from "../../src/stores/sqlite.ts";
import { bindings } from "./sqlite-databases.ts";
import { testSqliteWith } from "./sqlite-stories.ts";

describe.each(bindings)("SQLite with $name", testSqliteWith);

test("what is not a synchronous SQLite connection is refused with what to pass instead", () => {
  const asynchronous = { prepare: async () => ({}), exec: async () => {} };
  for (const db of [undefined, {}, asynchronous]) {
    expect(() => sqliteStore(db as never)).toThrow(/`db` must be an open database of better-sqlite3, node:sqlite/);
  }
});

test("the schema that is shipped for review is the schema that createTable runs", () => {
  const shipped = new URL("../../src/stores/schema/sqlite.sql", import.meta.url);
  expect(sqliteSchema).toBe(readFileSync(shipped, "utf8"));
});
