import { OptionsError } from "../core/errors.ts";
import type { SqlValue } from "./sql.ts";
import type { SqlAnswer } from "./sql-client.ts";
import type { SqlRow } from "./sql-rows.ts";

/** `pg`'s Pool, and what has the same `connect` and `query` (Neon's Pool). */
export interface PgPool {
  query(query: { readonly name?: string; readonly text: string; readonly values: SqlValue[] }): Promise<PgAnswer>;
  connect(): Promise<unknown>;
}
interface PgAnswer {
  readonly rows: unknown[];
  readonly rowCount?: number | null;
}

/** PGlite, and what else takes `query(text, values)` and says how many rows were affected. */
export interface QueryClient {
  query(text: string, values: SqlValue[]): Promise<{ readonly rows: unknown[]; readonly affectedRows?: number }>;
}

/** `postgres` (its `sql`). */
export interface PostgresSql {
  unsafe(text: string, values: SqlValue[], options: { readonly prepare: boolean }): PostgresQuery;
  begin(...parameters: never[]): unknown;
}
interface PostgresQuery {
  values(): PromiseLike<unknown[][] & { readonly count: number }>;
}

export type PostgresClient = PgPool | QueryClient | PostgresSql;

/** Sends one statement. */
export type Send = (name: string, text: string, values: readonly SqlValue[]) => Promise<SqlAnswer>;

/** How `client` is asked. Throws `OptionsError` if it is none of those this store knows. */
export function senderFor(client: PostgresClient, { prepare }: { readonly prepare: boolean }): Send {
  if (isPostgresSql(client)) {
    return async (_name, text, values) => {
      // As lists: a `transform` of the application's may rename columns.
      const answer = await client.unsafe(text, [...values], { prepare }).values();
      return { rows: answer.map(namedBy(columnsOf(text))), changes: answer.count };
    };
  }
  if (isPgPool(client)) {
    keepAlive(client);
    return async (name, text, given) => {
      const values = [...given];
      const answer = await client.query(prepare ? { name: `sojourn ${name}`, text, values } : { text, values });
      return { rows: answer.rows as SqlRow[], changes: answer.rowCount ?? 0 };
    };
  }
  if (typeof client?.query === "function") {
    return async (_name, text, values) => {
      const answer = await client.query(marked(text), [...values]);
      return { rows: (answer.rows as SqlRow[]).map(unmarked), changes: answer.affectedRows ?? 0 };
    };
  }
  throw new OptionsError("postgresStore", [
    "`client` must be a Pool of pg, the sql of postgres, a PGlite, or have the same `query` as one of them",
  ]);
}

export function isPostgresSql(client: object): client is PostgresSql {
  return isClient(client) && "unsafe" in client && "begin" in client;
}

export function isPgPool(client: object): client is PgPool {
  return isClient(client) && "connect" in client && "query" in client && typeof client.connect === "function";
}

function isClient(client: unknown): client is object {
  return (typeof client === "object" && client !== null) || typeof client === "function";
}

/** A pool of pg whose idle connection is cut emits `error`; where nobody listens, that would end the process. */
function keepAlive(pool: object): void {
  const emitter = pool as { listenerCount?(event: string): number; on?(event: string, listener: () => void): unknown };
  if (emitter.listenerCount?.("error") === 0) emitter.on?.("error", () => {});
}

/** PGlite takes a byte order mark for the start of a text, not for a part of it. So no text starts with one. */
const marked = (text: string) => text.replace(/(?<=^SELECT .*)\b(user_id|ref|body)\b(?=.* FROM)/g, "'=' || $1 AS $1");

function unmarked(row: SqlRow): SqlRow {
  const texts = (["user_id", "ref", "body"] as const).filter((column) => typeof row[column] === "string");
  return { ...row, ...Object.fromEntries(texts.map((column) => [column, row[column]?.slice(1)])) };
}

function columnsOf(text: string): readonly string[] {
  const [, list = ""] = /^SELECT (.*?) FROM/.exec(text) ?? [];
  return list.split(", ").map((column) => column.replace(/^.* AS /, ""));
}

function namedBy(columns: readonly string[]) {
  return (values: unknown[]) =>
    Object.fromEntries(columns.map((column, index) => [column, values[index]])) as unknown as SqlRow;
}
