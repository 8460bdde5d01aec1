import { OptionsError } from "../core/errors.ts";
import type { SqlValue } from "./sql.ts";
import type { SqlAnswer } from "./sql-client.ts";
import type { SqlRow } from "./sql-rows.ts";

/** What the pools of `mysql2` and `mariadb` have in common. */
export interface MysqlPool {
  execute(query: MysqlQuery, values: MysqlValue[]): unknown;
  query(query: MysqlQuery, values: MysqlValue[]): unknown;
}
interface MysqlQuery {
  readonly sql: string;
  readonly rowsAsArray: false;
  readonly namedPlaceholders: false;
}
/** Text goes as the bytes of its UTF-8, so that no character set of a connection can change it. */
type MysqlValue = Uint8Array | number | null;

/** Sends one statement. */
export type Send = (text: string, values: readonly SqlValue[]) => Promise<SqlAnswer>;

/** How `pool` is asked. Throws `OptionsError` if it is no pool that this store knows. */
export function senderFor(pool: MysqlPool, { prepare }: { readonly prepare: boolean }): Send {
  const asked = promising(pool);
  const verb = prepare ? "execute" : "query";
  if (typeof asked?.[verb] !== "function") throw unknownPool();
  return async (sql, values) => {
    const answer = asked[verb]({ sql, rowsAsArray: false, namedPlaceholders: false }, values.map(toBytes));
    if (typeof (answer as PromiseLike<unknown> | undefined)?.then !== "function") throw unknownPool();
    return answerOf(await answer);
  };
}

/** `mysql2` without `/promise` gives a pool for callbacks, which knows its promising twin. */
function promising(pool: MysqlPool & { promise?(): MysqlPool }): MysqlPool {
  return typeof pool?.promise === "function" ? pool.promise() : pool;
}

/** `mysql2` answers `[rows, fields]` or `[result, undefined]`, `mariadb` the rows or the result. */
function answerOf(answer: unknown): SqlAnswer {
  const isMysql2 =
    Array.isArray(answer) && answer.length === 2 && (Array.isArray(answer[1]) || answer[1] === undefined);
  const result = isMysql2 ? answer[0] : answer;
  if (Array.isArray(result)) return { rows: result.map(readRow), changes: 0 };
  return { rows: [], changes: Number((result as { readonly affectedRows?: number | bigint }).affectedRows ?? 0) };
}

/** The driver's own row, which nobody else has, with texts in the place of their bytes. */
function readRow(row: Record<string, unknown>): SqlRow {
  for (const column in row) {
    const value = row[column];
    if (value instanceof Uint8Array) row[column] = utf8.decode(value);
  }
  return row as unknown as SqlRow;
}

/** As it was written: a byte order mark at the start is part of the text. */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

function toBytes(value: SqlValue): MysqlValue {
  return typeof value === "string" ? Buffer.from(value) : value;
}

function unknownPool(): OptionsError {
  return new OptionsError("mysqlStore", [
    'the pool must be one of mysql2 (import { createPool } from "mysql2/promise") or mariadb (import { createPool } from "mariadb"), not of mariadb/callback',
  ]);
}
