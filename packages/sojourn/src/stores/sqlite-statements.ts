import { type SqlStatement, sqlStatements } from "./sql.ts";
import type { SqlRow } from "./sql-rows.ts";
import type { SqliteDatabase } from "./sqlite.ts";

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
    /** The one that every request needs: as the driver made it, with the id for its only placeholder. */
    find: db.prepare(statements.find.text),
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
