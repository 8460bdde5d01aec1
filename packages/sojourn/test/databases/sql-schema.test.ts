import { createPool } from "mysql2/promise";
import { Client, Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SessionStore } from "../../src/core/store.ts";
import { mysqlSchema, mysqlStore } from "../../src/stores/mysql.ts";
import { postgresSchema, postgresStore } from "../../src/stores/postgres.ts";
import type { DatabaseServer } from "../support/servers/database-server.ts";
import { mysqlServer } from "../support/servers/mariadb.ts";
import { postgresServer } from "../support/servers/postgres.ts";
import { asMysql, mysqlDeployment, partsOf, postgresDeployment } from "../support/servers/sql-deployments.ts";
import { aRow, forEver } from "../support/sql-rows.ts";

/** An empty database, what runs statements in it, and a store over it. */
interface Place {
  readonly store: SessionStore;
  run(statements: string): Promise<unknown>;
  /** The detail of every step of the plan for a query, as one text. */
  plan(query: string): Promise<string>;
  close(): Promise<void>;
}

let postgres: DatabaseServer;
let mysql: DatabaseServer;
beforeAll(async () => {
  [postgres, mysql] = await Promise.all([postgresServer(), mysqlServer()]);
});
afterAll(() => Promise.all([postgres.close(), mysql.close()]));

async function inPostgres(): Promise<Place> {
  const deployment = await postgresDeployment(postgres, "pg", { bare: true });
  const options = { connectionString: postgres.url.href, options: `-c search_path=${deployment.schema}` };
  const [client, pool] = [new Client(options), new Pool(options)];
  await client.connect();
  return {
    store: postgresStore(pool),
    run: (statements) => client.query(statements),
    async plan(query) {
      const { rows } = await client
        .query(`SET enable_seqscan = off; EXPLAIN ${query}`)
        .then((all) => [all].flat().at(-1)!);
      return rows.map((row: Record<string, string>) => row["QUERY PLAN"]).join("\n");
    },
    async close() {
      await Promise.all([client.end(), pool.end()]);
      await deployment.close();
    },
  };
}

async function inMysql(): Promise<Place> {
  const deployment = await mysqlDeployment(mysql, "mysql2", { bare: true });
  const pool = createPool({ ...partsOf(mysql.url), database: deployment.database });
  return {
    store: mysqlStore(pool),
    run: (statements) => asMysql(mysql, `USE ${deployment.database}; ${statements}`),
    async plan(query) {
      const [rows] = await pool.query(`EXPLAIN ${query}`);
      return (rows as { key: string }[]).map(({ key }) => key).join();
    },
    async close() {
      await pool.end();
      await deployment.close();
    },
  };
}

const databases = [
  { name: "postgres", open: inPostgres, schema: postgresSchema },
  { name: "mysql", open: inMysql, schema: mysqlSchema },
];

describe.each(databases)("the schema of $name", ({ name, open, schema }) => {
  const within = async (use: (place: Place) => Promise<void>) => {
    const place = await open();
    try {
      await use(place);
    } finally {
      await place.close();
    }
  };
  const schemaError = {
    code: "ERR_STORE_SCHEMA",
    status: 503,
    message: expect.stringContaining(`Run what \`npx sojourn schema ${name}\` prints`),
  };

  test("without its table every verb says so and what to run, and works once that was done", () =>
    within(async ({ store, run }) => {
      const row = aRow();
      const answers = await Promise.allSettled([
        store.insert(row, forEver),
        store.find(row.id),
        store.update(row),
        store.remove(row.id),
        store.idsOf({ userId: "alice" }),
        store.removeExpired(0, 1),
      ]);
      for (const answer of answers) expect(answer).toMatchObject({ reason: schemaError });
      await run(schema);
      expect(await store.insert(row, forEver)).toBe(true);
    }));

  test("a table of another shape is named as the problem", () =>
    within(async ({ store, run }) => {
      await run("CREATE TABLE sojourn_sessions (id VARCHAR(40) PRIMARY KEY, data VARCHAR(40));");
      await run(
        "CREATE TABLE sojourn_schema (version INTEGER NOT NULL PRIMARY KEY); INSERT INTO sojourn_schema VALUES (1)",
      );
      await expect(store.find(aRow().id)).rejects.toMatchObject(schemaError);
      await expect(store.insert(aRow(), forEver)).rejects.toMatchObject(schemaError);
    }));

  test("a column that nobody fills is a table of another shape", () =>
    within(async ({ store, run }) => {
      await run(schema);
      await run("ALTER TABLE sojourn_sessions ADD COLUMN tenant VARCHAR(40) NOT NULL");
      await expect(store.insert(aRow(), forEver)).rejects.toMatchObject(schemaError);
    }));

  test("a schema of an earlier version is named with both versions", () =>
    within(async ({ store, run }) => {
      await run(schema);
      await run("UPDATE sojourn_schema SET version = 0");
      await expect(store.find(aRow().id)).rejects.toMatchObject({
        code: "ERR_STORE_SCHEMA",
        message: expect.stringContaining("it has version 0, this release needs 1"),
      });
    }));

  test("running it again changes nothing; a later release's step brings it up to date, and this release goes on", () =>
    within(async ({ store, run }) => {
      await run(schema);
      const row = aRow({ userId: "alice", body: "kept" });
      await store.insert(row, forEver);
      const step =
        "ALTER TABLE sojourn_sessions ADD COLUMN region VARCHAR(20); INSERT INTO sojourn_schema (version) VALUES (2)";
      await run(`${schema}\n${step}`);
      await run(schema);
      expect(await store.find(row.id)).toEqual(row);
      expect(await store.update({ ...row, version: 2 })).toBe(true);
    }));

  test("every query goes by an index", () =>
    within(async ({ run, plan }) => {
      await run(schema);
      const rows = Array.from(
        { length: 500 },
        (_, index) => `('id-${index}', 1, 'user-${index}', 'ref-${index}', ${index}, '{}')`,
      );
      await run(`INSERT INTO sojourn_sessions (id, version, user_id, ref, expires_at, body) VALUES ${rows.join()}`);
      await run(name === "postgres" ? "ANALYZE sojourn_sessions" : "ANALYZE TABLE sojourn_sessions");
      const primary = name === "postgres" ? "sojourn_sessions_pkey" : "PRIMARY";
      const plans = {
        "SELECT body FROM sojourn_sessions WHERE id = 'id-7'": primary,
        "UPDATE sojourn_sessions SET version = 2, expires_at = 9, body = '' WHERE id = 'id-7' AND version = 1": primary,
        "DELETE FROM sojourn_sessions WHERE id = 'id-7'": primary,
        "SELECT id FROM sojourn_sessions WHERE user_id = 'user-7'": "sojourn_sessions_user_id",
        "SELECT id FROM sojourn_sessions WHERE ref = 'ref-7'": "sojourn_sessions_ref",
        "SELECT id FROM sojourn_sessions WHERE expires_at <= 9 ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED":
          "sojourn_sessions_expires_at",
        "SELECT id, version FROM sojourn_sessions WHERE id IN ('id-1', 'id-2', '')": primary,
        "SELECT body FROM sojourn_sessions WHERE id > 'id-3' ORDER BY id LIMIT 3": primary,
      };
      for (const [query, index] of Object.entries(plans)) expect(await plan(query), query).toContain(index);
    }));
});
