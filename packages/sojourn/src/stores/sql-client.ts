import { systemClock } from "../core/clock.ts";
import { OptionsError } from "../core/errors.ts";
import { schemaVersion } from "./schema/version.ts";
import type { SqlStatement, SqlStatements, SqlValue } from "./sql.ts";
import { contentionError, type SqlFailure, schemaError, storeError } from "./sql-errors.ts";
import type { SqlRow } from "./sql-rows.ts";

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

/** Asks with a statement; the first time after looking whether the schema is there. */
export interface SqlQuestions {
  /** `null`: undone because of another transaction, or the id is taken. */
  once<Verb extends keyof SqlStatements>(verb: Verb, ...given: Given<Verb>): Promise<SqlAnswer | null>;
  /** Losing against another transaction undoes a statement, so it is sent again, for a second at most. */
  persistently<Verb extends keyof SqlStatements>(verb: Verb, ...given: Given<Verb>): Promise<SqlAnswer>;
}

type Given<Verb extends keyof SqlStatements> = Parameters<SqlStatements[Verb]["values"]>;

/** Half the engine's default deadline. */
const patience = 1_000;

export function sqlQuestions(client: SqlClient, statements: SqlStatements): SqlQuestions {
  let isChecked = false;

  /** Not shared by those who ask at once: drivers have been seen to lose an answer, and all would wait for it. */
  async function checkSchema(): Promise<void> {
    const answer = await persist("schemaVersion", []);
    const version = Number(answer.rows[0]?.version ?? 0);
    if (version < schemaVersion)
      throw schemaError(client.name, `it has version ${version}, this release needs ${schemaVersion}`);
    isChecked = true;
  }

  async function send<Verb extends keyof SqlStatements>(
    verb: Verb,
    given: Given<Verb>,
  ): Promise<SqlAnswer | SqlFailure["kind"]> {
    const { text, values } = statements[verb] as SqlStatement<Given<Verb>>;
    const sent = values(...given);
    try {
      return await client.send(verb, text, sent);
    } catch (error) {
      if (error instanceof OptionsError) throw error;
      const failure = client.judge(error);
      if (failure.kind === "conflict" || failure.kind === "duplicate") return failure.kind;
      throw storeError(client.name, { failure, error, sent });
    }
  }

  async function persist<Verb extends keyof SqlStatements>(verb: Verb, given: Given<Verb>): Promise<SqlAnswer> {
    let answer = await send(verb, given);
    if (typeof answer !== "string") return answer;
    const end = systemClock.now() + patience;
    for (let wait = 1; answer === "conflict"; wait = Math.min(2 * wait, 128)) {
      if (systemClock.now() > end) throw contentionError(client.name, verb);
      await new Promise<void>((resolve) => systemClock.after(Math.random() * wait, resolve));
      answer = await send(verb, given);
    }
    return typeof answer === "string" ? { rows: [], changes: 0 } : answer;
  }

  return {
    async once(verb, ...given) {
      if (!isChecked) await checkSchema();
      const answer = await send(verb, given);
      return typeof answer === "string" ? null : answer;
    },
    // Without a promise of its own once the schema is known to be there: every request comes through here.
    persistently: (verb, ...given) =>
      isChecked ? persist(verb, given) : checkSchema().then(() => persist(verb, given)),
  };
}
