import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { SqliteDatabase } from "sojourn/sqlite";

/** The one SQLite file of the bank: its own tables and the sessions. */
export interface Database extends SqliteDatabase {
  close(): void;
}

type DatabaseClass = new (path: string) => Database;

const tables = `
  CREATE TABLE IF NOT EXISTS customers (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password_hash TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS accounts (
    number TEXT PRIMARY KEY,
    customer_id TEXT UNIQUE REFERENCES customers (id) ON DELETE SET NULL,
    balance INTEGER NOT NULL CHECK (balance >= 0)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS transfers (
    id TEXT PRIMARY KEY,
    sender TEXT NOT NULL REFERENCES accounts (number),
    recipient TEXT NOT NULL REFERENCES accounts (number),
    cents INTEGER NOT NULL CHECK (cents > 0),
    message TEXT NOT NULL,
    made_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS transfers_by_sender ON transfers (sender, made_at);
  CREATE INDEX IF NOT EXISTS transfers_by_recipient ON transfers (recipient, made_at);
  CREATE TABLE IF NOT EXISTS devices (
    session_id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    label TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS new_devices (
    session_id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
`;

/** Opens the file, and creates it with its tables where it is missing. Several processes may have it open. */
export async function openDatabase(path: string): Promise<Database> {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  const DatabaseClass = await sqliteOfThisRuntime();
  const db = new DatabaseClass(path);
  db.exec("PRAGMA busy_timeout = 5000");
  db.exec("PRAGMA journal_mode = WAL");
  db.exec("PRAGMA foreign_keys = ON");
  db.exec(tables);
  return db;
}

/** Runs `work` so that all of it is stored, or nothing. Synchronous, so that no other request gets in between. */
export function transaction<Result>(db: Database, work: () => Result): Result {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

/** Node's own SQLite from version 24 on, libsql before. */
async function sqliteOfThisRuntime(): Promise<DatabaseClass> {
  if (Number(process.versions.node.split(".")[0]) >= 24) {
    const builtin: unknown = process.getBuiltinModule("node:sqlite");
    return (builtin as { readonly DatabaseSync: DatabaseClass }).DatabaseSync;
  }
  const { default: Libsql } = await import("libsql");
  return Libsql as unknown as DatabaseClass;
}
