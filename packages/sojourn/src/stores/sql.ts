import type { Instant } from "../core/clock.ts";
import type { SessionId, UserId } from "../core/ids.ts";
import type { StoredSession, StoredUpdate } from "../core/store.ts";

/** What differs from one SQL database to the next. */
export interface SqlDialect {
  /** `?` for every value, or `$1`, `$2` and so on. */
  readonly placeholder: "?" | "$1";
  /** What makes inserting a taken id change nothing; empty where the store has to catch the duplicate instead. */
  readonly onConflict: "ON CONFLICT (id) DO NOTHING" | "";
  /** What makes an update one that is announced, where a database can announce: named among what is set. */
  readonly announce?: ", ref = ref";
  /** Each database bounds a removal in words of its own. */
  readonly removeExpired: SqlStatements["removeExpired"];
}

/** What is sent to the database, and what comes back from it. */
export type SqlValue = string | number | null;

/** How many ids one statement of `versionsOf` asks for. */
export const versionsAtOnce = 100;

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
  /** An update that nobody who watches needs to hear of. */
  readonly touch: SqlStatement<[row: StoredUpdate]>;
  readonly remove: SqlStatement<[id: SessionId]>;
  readonly idsOfUser: SqlStatement<[userId: UserId]>;
  readonly idsOfRef: SqlStatement<[ref: string]>;
  readonly removeExpired: SqlStatement<[before: Instant, limit: number]>;
  readonly scan: SqlStatement<[after: SessionId | null, limit: number]>;
  /** At most `versionsAtOnce` ids. */
  readonly versionsOf: SqlStatement<[ids: readonly SessionId[]]>;
  readonly schemaVersion: SqlStatement<[]>;
}

const columns = "id, version, user_id, ref, expires_at, body";

/** The statements all SQL stores share, in the words of `dialect`. */
export function sqlStatements(dialect: SqlDialect): SqlStatements {
  const text = (template: string) => (dialect.placeholder === "?" ? template : numbered(template));
  // user_id and ref are write-once: no statement changes them.
  const updating = (announce: string): SqlStatements["update"] => ({
    text: text(
      `UPDATE sojourn_sessions SET version = ?, expires_at = ?, body = ?${announce} WHERE id = ? AND version = ?`,
    ),
    values: (row) => [row.version, row.expiresAt, row.body, row.id, row.version - 1],
  });
  return {
    insert: {
      text: text(`INSERT INTO sojourn_sessions (${columns}) VALUES (?, ?, ?, ?, ?, ?) ${dialect.onConflict}`.trimEnd()),
      values: (row) => [row.id, row.version, row.userId, row.ref, row.expiresAt, row.body],
    },
    find: {
      text: text(`SELECT ${columns} FROM sojourn_sessions WHERE id = ?`),
      values: (id) => [id],
    },
    update: updating(dialect.announce ?? ""),
    touch: updating(""),
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
    removeExpired: dialect.removeExpired,
    scan: {
      text: text(`SELECT ${columns} FROM sojourn_sessions WHERE id > ? ORDER BY id LIMIT ?`),
      values: (after, limit) => [after ?? "", limit],
    },
    versionsOf: {
      // Always as many placeholders, so that it is one statement to prepare. No session has the empty id.
      text: text(
        `SELECT id, version FROM sojourn_sessions WHERE id IN (${Array(versionsAtOnce).fill("?").join(", ")})`,
      ),
      values: (ids) => [...ids, ...Array<string>(versionsAtOnce - ids.length).fill("")],
    },
    schemaVersion: {
      text: "SELECT MAX(version) AS version FROM sojourn_schema",
      values: () => [],
    },
  };
}

function numbered(template: string): string {
  let count = 0;
  return template.replaceAll("?", () => `$${++count}`);
}
