import { type Duration, parseDuration } from "../core/duration.ts";
import { OptionsError } from "../core/errors.ts";
import { unknownKeys } from "../core/option-names.ts";
import type { WatchableStore } from "../core/store.ts";
import { type PostgresClient, senderFor } from "./postgres-clients.ts";
import { judgePostgresError } from "./postgres-errors.ts";
import { postgresFeed } from "./postgres-feed.ts";
import { dialThrough } from "./postgres-lines.ts";
import { postgresSchema } from "./schema/postgres.ts";
import { postgresWatchSchema } from "./schema/postgres-watch.ts";
import { sqlStatements } from "./sql.ts";
import { type SqlSessionStore, sqlStore } from "./sql-store.ts";

export type { PgPool, PostgresClient, PostgresSql, QueryClient } from "./postgres-clients.ts";
export { postgresSchema, postgresWatchSchema };

export interface PostgresStoreOptions {
  /**
   * Prepared statements, which stay with their connection. Default `true`; `false` behind a pooler that hands out
   * connections by the transaction (PgBouncer before 1.21, or with `max_prepared_statements = 0`).
   */
  readonly prepare?: boolean;
  /**
   * Where to listen for changes: makes the store one that can be watched. The same client, or another one that reaches the
   * primary without a pooler by the transaction between. A pool of `pg` gives away one of its connections per watcher, so
   * stop watching before you end it.
   */
  readonly listen?: PostgresClient;
  /** How often the feed is probed, and how long a probe may take. Default `"2s"`, at most `"1m"`: an interruption is found within 4 seconds. */
  readonly heartbeat?: Duration;
}

/** Can be paged through, and asked what changed. */
export interface PostgresStore extends SqlSessionStore {}

/**
 * Sessions in PostgreSQL, through your own client. One statement a verb, no transactions, any isolation level.
 *
 * Run `postgresSchema` first (`npx sojourn schema postgres` prints it); the first use of the store checks that, and rejects
 * with `ERR_STORE_SCHEMA` otherwise. The client is yours, and so are its settings, with one exception: a pool of `pg` on
 * which nobody listens for `error` gets a listener, because a connection that is cut while idle would otherwise end the process.
 *
 * Throws `OptionsError` if `client` is none that it knows.
 */
export function postgresStore(
  client: PostgresClient,
  options: PostgresStoreOptions & { readonly listen: PostgresClient },
): PostgresStore & WatchableStore;
export function postgresStore(client: PostgresClient, options?: PostgresStoreOptions): PostgresStore;
export function postgresStore(client: PostgresClient, options: PostgresStoreOptions = {}): PostgresStore {
  const { prepare = true, heartbeat = "2s", listen } = options;
  const interval = parseDuration(heartbeat) ?? 0;
  const problems = [
    ...unknownKeys(options, "postgresStore", ["prepare", "listen", "heartbeat"]),
    ...(typeof prepare === "boolean" ? [] : ["`prepare` must be true or false"]),
    ...(interval && interval <= 60_000 ? [] : ['`heartbeat` must be a number and a unit, like "2s", at most "1m"']),
  ];
  if (problems.length > 0) throw new OptionsError("postgresStore", problems);
  const store = sqlStore(
    { name: "postgres", send: senderFor(client, { prepare }), judge: judgePostgresError },
    statements,
  );
  return Object.freeze({ ...store, ...(listen && { watch: postgresFeed(dialThrough(listen), interval) }) });
}

const statements = sqlStatements({
  placeholder: "$1",
  onConflict: "ON CONFLICT (id) DO NOTHING",
  announce: ", ref = ref",
  // The inner SELECT runs once (an ARRAY), passes over rows that another node is removing, and locks and judges the rest.
  removeExpired: {
    text:
      "DELETE FROM sojourn_sessions WHERE expires_at <= $1 AND id = ANY(ARRAY(" +
      "SELECT id FROM sojourn_sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))",
    values: (before, limit) => [before, limit],
  },
});
