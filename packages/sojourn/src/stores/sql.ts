import type { Instant } from "../core/clock.ts";
import type { SessionId, UserId } from "../core/ids.ts";
import type { StoredSession, StoredUpdate } from "../core/store.ts";

/** What differs from one SQL database to the next. */
export interface SqlDialect {
  /** `?` for every value, or `$1`, `$2` and so on. */
  readonly placeholder: "?" | "$1";
  /** What makes inserting a taken id change nothing; empty where the store has to catch the duplicate instead. */
  readonly onConflict: "ON CONFLICT (id) DO NOTHING" | "";
}

/** What is sent to the database, and what comes back from it. */
export type SqlValue = string | number | null;

/** One statement: its text, and the values for its placeholders in their order. */
export interface SqlStatement<Arguments extends readonly unknown[]> {
  readonly text: string;
  values(...given: Arguments): SqlValue[];
}

/**
 * One statement per verb of `SessionStore`. Each is atomic by itself, so no store needs a transaction: a precondition
 * stands in the `WHERE` of the statement that writes, and the number of changed rows is the answer.
 */
export interface SqlStatements {
  readonly insert: SqlStatement<[row: StoredSession]>;
  readonly find: SqlStatement<[id: SessionId]>;
  readonly update: SqlStatement<[row: StoredUpdate]>;
  readonly remove: SqlStatement<[id: SessionId]>;
  readonly idsOfUser: SqlStatement<[userId: UserId]>;
  readonly idsOfRef: SqlStatement<[ref: string]>;
  readonly removeExpired: SqlStatement<[before: Instant, limit: number]>;
  readonly scan: SqlStatement<[after: SessionId | null, limit: number]>;
}

const columns = "id, version, user_id, ref, expires_at, body";

/** The statements all SQL stores share, in the words of `dialect`. */
export function sqlStatements(dialect: SqlDialect): SqlStatements {
  const text = (template: string) => (dialect.placeholder === "?" ? template : numbered(template));
  return {
    insert: {
      text: text(`INSERT INTO sojourn_sessions (${columns}) VALUES (?, ?, ?, ?, ?, ?) ${dialect.onConflict}`.trimEnd()),
      values: (row) => [row.id, row.version, row.userId, row.ref, row.expiresAt, row.body],
    },
    find: {
      text: text(`SELECT ${columns} FROM sojourn_sessions WHERE id = ?`),
      values: (id) => [id],
    },
    update: {
      // user_id and ref are write-once: no statement sets them.
      text: text("UPDATE sojourn_sessions SET version = ?, expires_at = ?, body = ? WHERE id = ? AND version = ?"),
      values: (row) => [row.version, row.expiresAt, row.body, row.id, row.version - 1],
    },
    remove: {
      text: text("DELETE FROM sojourn_sessions WHERE id = ?"),
      values: (id) => [id],
    },
    idsOfUser: {
      text: text("SELECT id FROM sojourn_sessions WHERE user_id = ?"),
      values: (userId) => [userId],
    },
    idsOfRef: {
      text: text("SELECT id FROM sojourn_sessions WHERE ref = ?"),
      values: (ref) => [ref],
    },
    removeExpired: {
      // Said twice: the inner condition finds candidates, the outer one judges the row that is being deleted.
      text: text(
        "DELETE FROM sojourn_sessions WHERE expires_at <= ?" +
          " AND id IN (SELECT id FROM sojourn_sessions WHERE expires_at <= ? LIMIT ?)",
      ),
      values: (before, limit) => [before, before, limit],
    },
    scan: {
      text: text(`SELECT ${columns} FROM sojourn_sessions WHERE id > ? ORDER BY id LIMIT ?`),
      values: (after, limit) => [after ?? "", limit],
    },
  };
}

/** A row of `sojourn_sessions`, as a driver hands it over: some give large integers as `bigint` or text. */
export interface SqlRow {
  readonly id: string;
  readonly version: number | bigint | string;
  readonly user_id: string | null;
  readonly ref: string | null;
  readonly expires_at: number | bigint | string;
  readonly body: string;
}

/** The stored session in a row. Takes the columns it knows and nothing else a driver may have added. */
export function toStoredSession(row: SqlRow): StoredSession {
  return {
    id: row.id as SessionId,
    version: Number(row.version),
    userId: row.user_id,
    ref: row.ref,
    expiresAt: Number(row.expires_at),
    body: row.body,
  };
}

function numbered(template: string): string {
  let count = 0;
  return template.replaceAll("?", () => `$${++count}`);
}
