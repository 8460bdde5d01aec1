import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import type { SqliteDatabase } from "../../src/stores/sqlite.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import type { StoreFixture } from "../../src/testing/index.ts";
import { measuredSettings } from "../support/servers/sqlite-settings.ts";

export type OpenDatabase = SqliteDatabase & { close(): unknown };

/** A SQLite binding, by the name the child processes know it under. */
export interface Binding {
  readonly name: string;
  open(file: string): OpenDatabase;
}

const nodeSqlite: Binding = {
  name: "node:sqlite",
  open(file) {
    const { DatabaseSync } = createRequire(import.meta.url)("node:sqlite") as {
      DatabaseSync: new (file: string) => OpenDatabase;
    };
    return new DatabaseSync(file);
  },
};

/** Runs on every Node. */
export const libsql: Binding = { name: "libsql", open: (file) => new Libsql(file) };

/** `node:sqlite` is without a warning from Node 24 on. */
export const bindings: readonly Binding[] = [
  libsql,
  ...(Number(process.versions.node.split(".")[0]) >= 24 ? [nodeSqlite] : []),
];

export function openAsMeasured(binding: Binding, file: string): OpenDatabase {
  const db = binding.open(file);
  db.exec(measuredSettings);
  return db;
}

/** A directory for database files, gone after `use`. */
export async function inDirectory<Result>(use: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), "sojourn-sqlite-"));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Two connections to one new file. */
export async function openFixture(binding: Binding): Promise<StoreFixture> {
  const directory = await mkdtemp(join(tmpdir(), "sojourn-sqlite-"));
  const connections = [1, 2].map(() => openAsMeasured(binding, join(directory, "sessions.db")));
  return {
    stores: connections.map((db) => sqliteStore(db, { createTable: true })),
    async close() {
      for (const db of connections) db.close();
      await rm(directory, { recursive: true });
    },
  };
}
