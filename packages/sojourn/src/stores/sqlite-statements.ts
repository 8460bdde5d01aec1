import type { SessionId } from "../core/ids.ts";
import type { StoredSession } from "../core/store.ts";
import { type SqlStatement, sqlStatements } from "./sql.ts";
import { type SqlRow, toStoredSession } from "./sql-rows.ts";
import type { SqliteDatabase, SqliteStatement } from "./sqlite.ts";

/** The store's statements, prepared on `db`. */
export function prepareAll(db: SqliteDatabase) {
  const statements = sqlStatements({
    placeholder: "?",
    onConflict: "ON CONFLICT (id) DO NOTHING",
    // Said twice: the inner condition finds candidates, the outer one judges the row that is being deleted.
    removeExpired: {
      text:
        "DELETE FROM sojourn_sessions WHERE expires_at <= ?" +
        " AND id IN (SELECT id FROM sojourn_sessions WHERE expires_at <= ? LIMIT ?)",
      values: (before, limit) => [before, before, limit],
    },
  });
  return {
    insert: prepare(db, statements.insert),
    find: finder(db, statements.find.text),
    update: prepare(db, statements.update),
    remove: prepare(db, statements.remove),
    idsOfUser: prepare(db, statements.idsOfUser),
    idsOfRef: prepare(db, statements.idsOfRef),
    removeExpired: prepare(db, statements.removeExpired),
    scan: prepare(db, statements.scan),
    versionsOf: prepare(db, statements.versionsOf),
    schemaVersion: prepare(db, statements.schemaVersion),
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

/** The one statement that every request needs. */
function finder(db: SqliteDatabase, text: string): (id: SessionId) => StoredSession | null {
  const prepared: SqliteStatement & { setReturnArrays?(isOn: boolean): void } = db.prepare(text);
  if (typeof prepared.setReturnArrays !== "function") {
    return (id) => {
      const row = prepared.get(id) as SqlRow | null | undefined;
      return row ? toStoredSession(row) : null;
    };
  }
  // `node:sqlite`: a list costs it a third less than an object with names, and is in the order of the statement.
  prepared.setReturnArrays(true);
  return (id) => {
    const row = prepared.get(id) as [SessionId, number, string | null, string | null, number, string] | undefined;
    if (!row) return null;
    return {
      id: row[0],
      version: Number(row[1]),
      userId: row[2],
      ref: row[3],
      expiresAt: Number(row[4]),
      body: row[5],
    };
  };
}
