import { describe, expect, test } from "vitest";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { bindings } from "./sqlite-databases.ts";
import { testSqliteWith } from "./sqlite-stories.ts";

describe.each(bindings)("SQLite with $name", testSqliteWith);

test("what is not a synchronous SQLite connection is refused with what to pass instead", () => {
  const asynchronous = { prepare: async () => ({}), exec: async () => {} };
  for (const db of [undefined, {}, asynchronous]) {
    expect(() => sqliteStore(db as never)).toThrow(/`db` must be an open database of better-sqlite3, node:sqlite/);
  }
});
