import { OptionsError } from "../core/errors.ts";
import { unknownKeys } from "../core/option-names.ts";
import { type MysqlPool, senderFor } from "./mysql-clients.ts";
import { judgeMysqlError } from "./mysql-errors.ts";
import { mysqlSchema } from "./schema/mysql.ts";
import { sqlStatements } from "./sql.ts";
import { type SqlSessionStore, sqlStore } from "./sql-store.ts";

export type { MysqlPool } from "./mysql-clients.ts";
export { mysqlSchema };

export interface MysqlStoreOptions {
  /**
   * Prepared statements, which stay with their connection. Default `true`; `false` behind a proxy that hands out
   * connections by the statement. The driver then puts the values into the text, with its own escaping.
   */
  readonly prepare?: boolean;
}

/** Can be paged through, and asked what changed. */
export interface MysqlStore extends SqlSessionStore {}

/**
 * Sessions in MySQL 8 or MariaDB 10.6 and later, through your own pool of `mysql2` or `mariadb`. One statement a verb, no
 * transactions, any isolation level; text is kept as bytes, so that no collation or character set can change or match it.
 *
 * Run `mysqlSchema` first (`npx sojourn schema mysql` prints it); the first use of the store checks that, and rejects with
 * `ERR_STORE_SCHEMA` otherwise.
 *
 * Throws `OptionsError` if `pool` is none that it knows.
 */
export function mysqlStore(pool: MysqlPool, options: MysqlStoreOptions = {}): MysqlStore {
  const { prepare = true } = options;
  const problems = [
    ...unknownKeys(options, "mysqlStore", ["prepare"]),
    ...(typeof prepare === "boolean" ? [] : ["`prepare` must be true or false"]),
  ];
  if (problems.length > 0) throw new OptionsError("mysqlStore", problems);
  const send = senderFor(pool, { prepare });
  return Object.freeze<MysqlStore>(
    sqlStore({ name: "mysql", send: (_verb, text, values) => send(text, values), judge: judgeMysqlError }, statements),
  );
}

const statements = sqlStatements({
  placeholder: "?",
  onConflict: "",
  // The inner SELECT passes over rows that another node is removing, and locks the rest; the outer one judges them again.
  // STRAIGHT_JOIN: the inner one first, or MariaDB locks every row of a small table.
  removeExpired: {
    text:
      "DELETE expired FROM (" +
      "SELECT id FROM sojourn_sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED" +
      ") AS found STRAIGHT_JOIN sojourn_sessions AS expired ON expired.id = found.id WHERE expired.expires_at <= ?",
    values: (before, limit) => [before, limit, before],
  },
});
