import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import type { SqliteDatabase } from "../../src/stores/sqlite.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import type { StoreFixture } from "../../src/testing/index.ts";

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

/** libsql runs on every Node; `node:sqlite` is without a warning from Node 24 on. */
export const bindings: readonly Binding[] = [
  { name: "libsql", open: (file) => new Libsql(file) },
  ...(Number(process.versions.node.split(".")[0]) >= 24 ? [nodeSqlite] : []),
];

/** As the benchmark opens its file (`bench/lib/stores.mjs`): what is fast there is right here. */
export function openAsMeasured(open: Binding["open"], file: string): OpenDatabase {
  const db = open(file);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 250");
  db.exec("PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824");
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
  const connections = [1, 2].map(() => openAsMeasured(binding.open, join(directory, "sessions.db")));
  return {
    stores: connections.map((db) => sqliteStore(db, { createTable: true })),
    async close() {
      for (const db of connections) db.close();
      await rm(directory, { recursive: true });
    },
  };
}
