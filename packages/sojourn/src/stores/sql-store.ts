import type { SessionId } from "../core/ids.ts";
import type { PollableStore, ScannableStore } from "../core/store.ts";
import type { SqlStatements } from "./sql.ts";
import { type SqlClient, sqlQuestions } from "./sql-client.ts";
import { inChunks, toStoredSession, toVersions } from "./sql-rows.ts";

/** What every SQL store is: it can be paged through, and asked what changed. */
export interface SqlSessionStore extends ScannableStore, PollableStore {}

/** The verbs of a store over a database server: one statement each. */
export function sqlStore(client: SqlClient, statements: SqlStatements): SqlSessionStore {
  const ask = sqlQuestions(client, statements);
  return {
    name: client.name,
    insert: async (row) => (await ask.persistently("insert", row)).changes === 1,
    async find(id) {
      const [row] = (await ask.persistently("find", id)).rows;
      return row ? toStoredSession(row) : null;
    },
    // Undone because of another transaction: somebody was first, which is what `false` says. No other verb may say that.
    update: async (row, { quiet = false } = {}) => (await ask.once(quiet ? "touch" : "update", row))?.changes === 1,
    remove: async (id) => (await ask.persistently("remove", id)).changes === 1,
    async idsOf(key) {
      const { rows } = await ("userId" in key
        ? ask.persistently("idsOfUser", key.userId)
        : ask.persistently("idsOfRef", key.ref));
      return rows.map((row) => row.id as SessionId);
    },
    removeExpired: async (before, limit) => (await ask.persistently("removeExpired", before, limit)).changes,
    scan: async (after, limit) => (await ask.persistently("scan", after, limit)).rows.map(toStoredSession),
    async versionsOf(ids) {
      const answers = [];
      for (const chunk of inChunks(ids)) answers.push(await ask.persistently("versionsOf", chunk));
      return toVersions(answers.flatMap(({ rows }) => rows));
    },
  };
}
