import { createRequire } from "node:module";
import { describe } from "vitest";
import type { OpenDatabase } from "../stores/sqlite-databases.ts";
import { testSqliteWith } from "../stores/sqlite-stories.ts";

/** Not a dependency here: version 13 does not run on Node 20, and earlier ones compile for minutes. */
function open(file: string): OpenDatabase {
  const path = process.env.SOJOURN_BETTER_SQLITE3;
  if (!path) {
    throw new Error(
      "SOJOURN_BETTER_SQLITE3 is not set. On Node 24 or later: install better-sqlite3@13 in a directory of its own, " +
        "and set SOJOURN_BETTER_SQLITE3 to the path of <directory>/node_modules/better-sqlite3",
    );
  }
  const Database = createRequire(import.meta.url)(path) as new (file: string) => OpenDatabase;
  return new Database(file);
}

describe("SQLite with better-sqlite3", () => testSqliteWith({ name: "better-sqlite3", open }));
