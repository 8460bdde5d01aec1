import type { DriverError, SqlFailure } from "./sql-errors.ts";

/** Undone because of another transaction: deadlock, lock wait timeout, and (MariaDB) a row changed since the snapshot. */
const conflicts = [1213, 1205, 1020];
/** No such table or column; a column that this release does not fill. */
const shapes = [1146, 1054, 1364];
const duplicate = 1062;

const advice: readonly (readonly [readonly number[], string])[] = [
  [[1290, 1792, 1836], "the server is read-only (a replica?): connect to the primary"],
  [
    [1040, 1203, 1226],
    "the server is out of connections: lower the connectionLimit of the pools, or raise max_connections",
  ],
  [
    [1461],
    "the server holds too many prepared statements: raise max_prepared_stmt_count, or write mysqlStore(pool, { prepare: false })",
  ],
  [[1021, 1114], "the server's disk is full: make room"],
  [[1044, 1045, 1698], "check the user, the password and the rights of the connection"],
  [[1142, 1143], "GRANT SELECT, INSERT, UPDATE, DELETE ON sojourn_sessions and SELECT ON sojourn_schema to this user"],
  [[1046, 1049], "create the database, or name another one in the connection"],
  [[1153], "the session is larger than max_allowed_packet: raise it"],
  [[1053, 1077, 1927], "the server is stopping or was restarted: try again"],
  // Of the mariadb driver: the socket closed; no connection of the pool came free in time.
  [[45009, 45012, 45013], "the connection could not be made, or was cut: is the server up, and its address right?"],
  [[45028], "no connection could be had in time: is the server up, and is connectionLimit large enough?"],
];

/** What an error of `mysql2` or `mariadb` means: they give the server's number in `errno`, and Node's codes for the network. */
export function judgeMysqlError(error: unknown): SqlFailure {
  const { errno, code = "" } = (error ?? {}) as DriverError;
  const number = Number(errno);
  if (conflicts.includes(number)) return { kind: "conflict" };
  if (number === duplicate) return { kind: "duplicate" };
  if (shapes.includes(number)) return { kind: "schema" };
  const [, found] = advice.find(([numbers]) => numbers.includes(number)) ?? [];
  const isNetwork = /^(E[A-Z]+$|ETIMEDOUT|PROTOCOL_)/.test(code) || code === "ECONNREFUSED";
  if (found) return { kind: "unavailable", advice: found };
  return {
    kind: "unavailable",
    advice: isNetwork
      ? "the connection could not be made, or was cut: is the server up, and its address right?"
      : "look at the cause, and at the server's log",
  };
}
