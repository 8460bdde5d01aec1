import type { DriverError, SqlFailure } from "./sql-errors.ts";

/** Undone because of another transaction: serialization failure, deadlock, `lock_timeout`. */
const conflicts = ["40001", "40P01", "55P03"];
/** No such table, column, schema, operator or unique constraint; a column of another type, or one that this release does not fill. */
const shapes = ["42P01", "42703", "3F000", "42883", "42P10", "42804", "23502", "22P02"];

const advice: readonly (readonly [RegExp, string])[] = [
  [/^(26000|42P05|08P01)$/, "behind a pooler by the transaction, write postgresStore(client, { prepare: false })"],
  [/^25006$/, "the server is read-only (a standby?): connect to the primary"],
  [/^53100$/, "the server's disk is full: make room"],
  [/^53/, "the server is out of connections or memory: lower the `max` of the pools, or raise max_connections"],
  [/^28/, "check the user and the password of the connection"],
  [/^3D000$/, "create the database, or name another one in the connection"],
  [/^42501$/, "GRANT SELECT, INSERT, UPDATE, DELETE ON sojourn_sessions and SELECT ON sojourn_schema to this user"],
  [/^57014$/, "the statement took too long: look at what the server is doing, or raise statement_timeout"],
  [/^57P/, "the server is starting, stopping or was restarted: try again"],
  [/^(08|E[A-Z]|CONNECT)/, "the connection could not be made, or was cut: is the server up, and its address right?"],
];

/** What an error of `pg`, `postgres` or PGlite means: they give the SQLSTATE in `code`, and Node's codes for the network. */
export function judgePostgresError(error: unknown): SqlFailure {
  const { code = "" } = (error ?? {}) as DriverError;
  if (conflicts.includes(code)) return { kind: "conflict" };
  if (shapes.includes(code)) return { kind: "schema" };
  const [, found] = advice.find(([codes]) => codes.test(code)) ?? [];
  return { kind: "unavailable", advice: found ?? "look at the cause, and at the server's log" };
}
