import type { PGlite } from "@electric-sql/pglite";
import type { Pool as MariadbPool } from "mariadb";
import type { Pool as Mysql2CallbackPool } from "mysql2";
import type { Pool as Mysql2Pool } from "mysql2/promise";
import type { Pool } from "pg";
import type { Sql } from "postgres";
import { expectTypeOf, test } from "vitest";
import type { PollableStore, ScannableStore, WatchableStore } from "../../src/core/store.ts";
import { type MysqlPool, mysqlStore } from "../../src/stores/mysql.ts";
import { type PostgresClient, postgresStore } from "../../src/stores/postgres.ts";
import type { SqliteStore } from "../../src/stores/sqlite.ts";

test("the clients that the documentation names are taken, by their own types", () => {
  expectTypeOf<Pool>().toExtend<PostgresClient>();
  expectTypeOf<Sql>().toExtend<PostgresClient>();
  expectTypeOf<PGlite>().toExtend<PostgresClient>();
  expectTypeOf<Mysql2Pool>().toExtend<MysqlPool>();
  expectTypeOf<Mysql2CallbackPool>().toExtend<MysqlPool>();
  expectTypeOf<MariadbPool>().toExtend<MysqlPool>();
  // @ts-expect-error no client at all
  postgresStore({ ask: () => {} });
  // @ts-expect-error no pool at all
  mysqlStore({});
});

test("only a store that was given a client to listen through can be watched", () => {
  const pool = {} as Pool;
  const listening = () => postgresStore(pool, { listen: pool });
  const plain = () => postgresStore(pool);
  expectTypeOf<ReturnType<typeof listening>>().toExtend<WatchableStore>();
  expectTypeOf<ReturnType<typeof plain>>().not.toExtend<WatchableStore>();
});

test("every SQL store can be paged through and polled", () => {
  expectTypeOf<ReturnType<typeof mysqlStore>>().toExtend<ScannableStore & PollableStore>();
  expectTypeOf<ReturnType<typeof postgresStore>>().toExtend<ScannableStore & PollableStore>();
  expectTypeOf<SqliteStore>().toExtend<ScannableStore & PollableStore>();
});
