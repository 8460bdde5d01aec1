import { systemClock } from "../core/clock.ts";
import type { SessionId } from "../core/ids.ts";
import type { PollableStore, ScannableStore, SessionStore } from "../core/store.ts";
import { schemaVersion } from "./schema/version.ts";
import type { SqlStatement, SqlStatements, SqlValue } from "./sql.ts";
import { contentionError, type SqlFailure, schemaError, storeError } from "./sql-errors.ts";
import { inChunks, type SqlRow, toStoredSession, toVersions } from "./sql-rows.ts";

/** A database server, through the driver of the application. */
export interface SqlClient {
  readonly name: "postgres" | "mysql";
  /** Sends one statement, once. `verb` names it, the same text for the same verb. */
  send(verb: keyof SqlStatements, text: string, values: readonly SqlValue[]): Promise<SqlAnswer>;
  /** What a rejection of `send` means. */
  judge(error: unknown): SqlFailure;
}

export interface SqlAnswer {
  readonly rows: readonly SqlRow[];
  /** How many rows a write changed. */
  readonly changes: number;
}

/** What every SQL store is. */
export interface SqlSessionStore extends ScannableStore, PollableStore {}

/** How long a statement that lost against another transaction is tried again. Half the engine's default deadline. */
const patience = 1_000;

/** The verbs of a store over a database server: one statement each, after the table was found to be there. */
export function sqlStore(client: SqlClient, statements: SqlStatements): SqlSessionStore {
  let checked: Promise<void> | undefined;

  async function checkSchema(): Promise<void> {
    const { rows } = await persist("schemaVersion");
    const version = Number(rows[0]?.version ?? 0);
    if (version < schemaVersion)
      throw schemaError(client.name, `it has version ${version}, this release needs ${schemaVersion}`);
  }

  /** Once per store, and again after it failed: somebody may have run the schema meanwhile. */
  function ready(): Promise<void> {
    checked ??= checkSchema().catch((error: unknown) => {
      checked = undefined;
      throw error;
    });
    return checked;
  }

  async function send<Verb extends keyof SqlStatements>(
    verb: Verb,
    given: Given<Verb>,
  ): Promise<SqlAnswer | SqlFailure> {
    const { text, values } = statements[verb] as SqlStatement<Given<Verb>>;
    const sent = values(...given);
    try {
      return await client.send(verb, text, sent);
    } catch (error) {
      const failure = client.judge(error);
      if (failure.kind === "conflict" || failure.kind === "duplicate") return failure;
      throw storeError(client.name, { failure, error, sent });
    }
  }

  /** Losing against another transaction undoes the statement, so that it can be sent again. */
  async function persist<Verb extends keyof SqlStatements>(verb: Verb, ...given: Given<Verb>): Promise<SqlAnswer> {
    const end = systemClock.now() + patience;
    for (let wait = 1; ; wait = Math.min(2 * wait, 128)) {
      const answer = await send(verb, given);
      if ("rows" in answer) return answer;
      if (answer.kind === "duplicate") return { rows: [], changes: 0 };
      if (systemClock.now() > end) throw contentionError(client.name, verb);
      await new Promise<void>((resolve) => systemClock.after(Math.random() * wait, resolve));
    }
  }

  return {
    name: client.name,
    async insert(row) {
      await ready();
      return (await persist("insert", row)).changes === 1;
    },
    async find(id) {
      await ready();
      const [row] = (await persist("find", id)).rows;
      return row ? toStoredSession(row) : null;
    },
    async update(row) {
      await ready();
      const answer = await send("update", [row]);
      // Undone because of another transaction: somebody was first, which is what `false` says.
      return "rows" in answer && answer.changes === 1;
    },
    async remove(id) {
      await ready();
      return (await persist("remove", id)).changes === 1;
    },
    async idsOf(key) {
      await ready();
      const { rows } = await ("userId" in key ? persist("idsOfUser", key.userId) : persist("idsOfRef", key.ref));
      return rows.map((row) => row.id as SessionId);
    },
    async removeExpired(before, limit) {
      await ready();
      return (await persist("removeExpired", before, limit)).changes;
    },
    async scan(after, limit) {
      await ready();
      return (await persist("scan", after, limit)).rows.map(toStoredSession);
    },
    async versionsOf(ids) {
      await ready();
      const answers = [];
      for (const chunk of inChunks(ids)) answers.push(await persist("versionsOf", chunk));
      return toVersions(answers.flatMap(({ rows }) => rows));
    },
  } satisfies SessionStore & SqlSessionStore;
}

type Given<Verb extends keyof SqlStatements> = Parameters<SqlStatements[Verb]["values"]>;
