import { OptionsError } from "../core/errors.ts";
import type { SessionId } from "../core/ids.ts";
import { unknownKeys } from "../core/option-names.ts";
import type { PollableStore, ScannableStore } from "../core/store.ts";
import { sqliteSchema } from "./schema/sqlite.ts";
import { schemaVersion } from "./schema/version.ts";
import type { SqlValue } from "./sql.ts";
import { inChunks, toStoredSession, toVersions } from "./sql-rows.ts";
import { assertVersion, attempt } from "./sqlite-errors.ts";
import { createSlices } from "./sqlite-slices.ts";
import { prepareAll } from "./sqlite-statements.ts";

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

/** Can be paged through, and asked what changed. */
export interface SqliteStore extends ScannableStore, PollableStore {}

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
export function sqliteStore(db: SqliteDatabase, options: SqliteStoreOptions = {}): SqliteStore {
  const { createTable = false } = options;
  const problems = [
    ...unknownKeys(options, "sqliteStore", ["createTable"]),
    ...(typeof createTable === "boolean" ? [] : ["`createTable` must be true or false"]),
  ];
  if (problems.length > 0) throw new OptionsError("sqliteStore", problems);
  const statements = attempt(() => {
    setBusyTimeout(db);
    if (createTable) db.exec(sqliteSchema);
    const prepared = prepareAll(db);
    assertVersion(Number(prepared.schemaVersion.first()?.version ?? 0), schemaVersion);
    return prepared;
  });

  const inSlices = createSlices();

  return Object.freeze<SqliteStore>({
    name: "sqlite",
    insert: async (row) => attempt(() => statements.insert.change(row) === 1),
    // At once: the engine then needs no promise and no deadline. A failure is a rejection, as that of every verb.
    find(id) {
      try {
        return attempt(() => statements.find(id));
      } catch (error) {
        return Promise.reject(error);
      }
    },
    // Busy for the whole timeout: nothing was written, which is what `false` says. No other verb may say that.
    update: async (row) => attempt(() => statements.update.change(row) === 1, { whenBusy: false }),
    remove: async (id) => attempt(() => statements.remove.change(id) === 1),
    idsOf: async (key) =>
      attempt(() => {
        const rows = "userId" in key ? statements.idsOfUser.rows(key.userId) : statements.idsOfRef.rows(key.ref);
        return rows.map((row) => row.id as SessionId);
      }),
    removeExpired: (before, limit) =>
      inSlices(limit, (some) => attempt(() => statements.removeExpired.change(before, some))),
    scan: async (after, limit) => attempt(() => statements.scan.rows(after, limit).map(toStoredSession)),
    versionsOf: async (ids) =>
      attempt(() => toVersions(inChunks(ids).flatMap((chunk) => statements.versionsOf.rows(chunk)))),
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
