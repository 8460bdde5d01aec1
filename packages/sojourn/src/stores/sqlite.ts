import { OptionsError } from "../core/errors.ts";
import type { SessionId } from "../core/ids.ts";
import type { ScannableStore } from "../core/store.ts";
import { type SqlRow, type SqlStatement, type SqlValue, sqlStatements, toStoredSession } from "./sql.ts";
import { attempt } from "./sqlite-errors.ts";
import { sqliteSchema } from "./sqlite-schema.ts";

export { sqliteSchema };

/** What better-sqlite3, `node:sqlite`, `bun:sqlite` and libsql (its synchronous API) have in common. */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement;
  exec(sql: string): unknown;
}

export interface SqliteStatement {
  run(...values: SqlValue[]): { readonly changes: number | bigint };
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
}

export interface SqliteStoreOptions {
  /** Create the table `sojourn_sessions` and its indices where they are missing. Default `false`: `sqliteSchema` is yours to run. */
  readonly createTable?: boolean;
}

/** How long a statement waits while another process writes, and this one stands still: the default deadline of the engine. */
const busyTimeout = 2_000;

/**
 * Sessions in a SQLite file that any number of processes on one machine may share.
 *
 * The connection is yours, and so are its settings, with one exception: if it would not wait for another process's
 * write (`PRAGMA busy_timeout` is 0), it is set to wait up to 2 seconds; after that a write is `ERR_STORE_UNAVAILABLE`.
 * Run `PRAGMA journal_mode = WAL` once per file: reads then never wait for a write. In WAL mode
 * `PRAGMA synchronous = NORMAL` makes writes several times faster, and a loss of power can then undo the last of them,
 * logouts included; the default, `FULL`, loses none.
 *
 * Throws `ERR_STORE_SCHEMA` if the table is missing, and `OptionsError` if `db` is not a synchronous SQLite connection.
 */
export function sqliteStore(db: SqliteDatabase, options: SqliteStoreOptions = {}): ScannableStore {
  const statements = attempt(() => {
    setBusyTimeout(db);
    if (options.createTable) db.exec(sqliteSchema);
    return prepareAll(db);
  });

  return Object.freeze<ScannableStore>({
    name: "sqlite",
    insert: async (row) => attempt(() => statements.insert.change(row) === 1),
    find: async (id) =>
      attempt(() => {
        const row = statements.find.first(id);
        return row ? toStoredSession(row) : null;
      }),
    // Busy for the whole timeout: nothing was written, which is what `false` says. No other verb may say that.
    update: async (row) => attempt(() => statements.update.change(row) === 1, { whenBusy: false }),
    remove: async (id) => attempt(() => statements.remove.change(id) === 1),
    idsOf: async (key) =>
      attempt(() => {
        const rows = "userId" in key ? statements.idsOfUser.rows(key.userId) : statements.idsOfRef.rows(key.ref);
        return rows.map((row) => row.id as SessionId);
      }),
    removeExpired: async (before, limit) => attempt(() => statements.removeExpired.change(before, limit)),
    scan: async (after, limit) => attempt(() => statements.scan.rows(after, limit).map(toStoredSession)),
  });
}

function setBusyTimeout(db: SqliteDatabase): void {
  const answer = db?.prepare?.("PRAGMA busy_timeout")?.get?.() as { readonly timeout?: number | bigint } | undefined;
  if (answer?.timeout === undefined) {
    throw new OptionsError("sqliteStore", [
      "`db` must be an open database of better-sqlite3, node:sqlite, bun:sqlite or libsql (the synchronous API)",
    ]);
  }
  if (Number(answer.timeout) === 0) db.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
}

function prepareAll(db: SqliteDatabase) {
  const { insert, find, update, remove, idsOfUser, idsOfRef, removeExpired, scan } = sqlStatements({
    placeholder: "?",
    onConflict: "ON CONFLICT (id) DO NOTHING",
  });
  return {
    insert: prepare(db, insert),
    find: prepare(db, find),
    update: prepare(db, update),
    remove: prepare(db, remove),
    idsOfUser: prepare(db, idsOfUser),
    idsOfRef: prepare(db, idsOfRef),
    removeExpired: prepare(db, removeExpired),
    scan: prepare(db, scan),
  };
}

function prepare<Arguments extends readonly unknown[]>(db: SqliteDatabase, statement: SqlStatement<Arguments>) {
  const prepared = db.prepare(statement.text);
  return {
    change: (...given: Arguments) => Number(prepared.run(...statement.values(...given)).changes),
    first: (...given: Arguments) => prepared.get(...statement.values(...given)) as SqlRow | null | undefined,
    rows: (...given: Arguments) => prepared.all(...statement.values(...given)) as SqlRow[],
  };
}
