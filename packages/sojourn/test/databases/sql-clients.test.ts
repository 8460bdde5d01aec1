import { inspect } from "node:util";
import { createPool as createMariadbPool } from "mariadb";
import { createPool as createCallbackPool } from "mariadb/callback";
import { createPool as createMysql2CallbackPool } from "mysql2";
import { createPool as createMysql2Pool } from "mysql2/promise";
import { Pool } from "pg";
import postgresClient from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mysqlStore } from "../../src/stores/mysql.ts";
import { postgresStore } from "../../src/stores/postgres.ts";
import type { DatabaseServer } from "../support/servers/database-server.ts";
import { mysqlServer } from "../support/servers/mariadb.ts";
import { postgresServer } from "../support/servers/postgres.ts";
import {
  asMysql,
  asPostgres,
  mysqlDeployment,
  partsOf,
  postgresDeployment,
} from "../support/servers/sql-deployments.ts";
import { aRow, forEver } from "../support/sql-rows.ts";

let postgres: DatabaseServer;
let mysql: DatabaseServer;
beforeAll(async () => {
  [postgres, mysql] = await Promise.all([postgresServer(), mysqlServer()]);
});
afterAll(() => Promise.all([postgres.close(), mysql.close()]));

const places = [
  { name: "postgresql, pg", deploy: () => onPostgres("pg") },
  { name: "postgresql, postgres", deploy: () => onPostgres("postgres") },
  { name: "mariadb, mysql2", deploy: () => onMysql("mysql2") },
  { name: "mariadb, mariadb", deploy: () => onMysql("mariadb") },
];

/** With what runs a statement in it, as its administrator. */
async function onPostgres(client: "pg" | "postgres") {
  const deployment = await postgresDeployment(postgres, client);
  return {
    ...deployment,
    run: (statement: string) => asPostgres(postgres, `SET search_path = ${deployment.schema}; ${statement}`),
  };
}

async function onMysql(client: "mysql2" | "mariadb") {
  const deployment = await mysqlDeployment(mysql, client);
  return { ...deployment, run: (statement: string) => asMysql(mysql, `USE ${deployment.database}; ${statement}`) };
}

describe("what a driver puts on its errors", () => {
  const secret = "body-that-nobody-may-see";
  const hidden = ["secret-of-the-database", secret, "alice-by-name"];
  const row = aRow({ userId: "alice-by-name", body: secret });

  test.each(places)(
    "$name: neither values nor passwords get into an error, its cause, or what prints it",
    async ({ deploy }) => {
      const place = await deploy();
      const { store, close } = await place.connect();
      await store.find(row.id);
      await place.run("ALTER TABLE sojourn_sessions ADD CONSTRAINT refuses CHECK (version < 1)");
      const refused = await store.insert(row, forEver).catch((error: unknown) => error);
      await place.run("DROP TABLE sojourn_sessions");
      const missing = await store.insert(row, forEver).catch((error: unknown) => error);
      for (const error of [refused, missing]) {
        expect(error).toMatchObject({ name: "SojournError", cause: expect.any(Error) });
        const printed =
          inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error) + String((error as Error).stack);
        for (const text of hidden) expect(printed).not.toContain(text);
      }
      expect(missing).toMatchObject({ code: "ERR_STORE_SCHEMA" });
      await close();
      await place.close();
    },
  );

  const nowhere = { host: "127.0.0.1", port: 1, user: "sojourn", password: "secret-of-the-database", database: "none" };
  test.each([
    { name: "pg", open: () => end(new Pool(nowhere), (pool) => postgresStore(pool)) },
    {
      name: "postgres",
      open: () => end(postgresClient({ ...nowhere, fetch_types: false }), (sql) => postgresStore(sql)),
    },
    { name: "mysql2", open: () => end(createMysql2Pool(nowhere), mysqlStore) },
    {
      name: "mariadb",
      open: () => end(createMariadbPool({ ...nowhere, acquireTimeout: 500, initializationTimeout: 200 }), mysqlStore),
    },
  ])("$name: a server that is not there is unavailable, and the error says what to look at", async ({ open }) => {
    const { store, close } = open();
    const error = await store.insert(row, forEver).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "ERR_STORE_UNAVAILABLE",
      message: expect.stringMatching(/store failed.*is the server up/),
    });
    const printed = inspect(error, { depth: 10, showHidden: true });
    for (const text of hidden) expect(printed).not.toContain(text);
    await close();
  });

  function end<Client extends { end(): Promise<unknown> }, Store>(client: Client, storeOf: (client: Client) => Store) {
    return { store: storeOf(client), close: () => client.end() };
  }
});

describe("which clients are taken", () => {
  test("a pool of mysql2 for callbacks works like the one for promises", async () => {
    const deployment = await mysqlDeployment(mysql, "mysql2");
    const pool = createMysql2CallbackPool({ ...partsOf(mysql.url), database: deployment.database });
    const row = aRow({ userId: "alice" });
    const store = mysqlStore(pool);
    expect(await store.insert(row, forEver)).toBe(true);
    expect(await store.find(row.id)).toEqual(row);
    await pool.promise().end();
    await deployment.close();
  });

  test("a pool of mariadb for callbacks is refused with what to write", async () => {
    const pool = createCallbackPool({ ...partsOf(mysql.url), connectionLimit: 1 });
    await expect(mysqlStore(pool as never).find(aRow().id)).rejects.toThrow(/import \{ createPool \} from "mariadb"/);
    await new Promise<void>((resolve) => pool.end(() => resolve()));
  });

  test("an application's settings of its pool do not change what the store reads", async () => {
    const [onPg, onMaria] = [await postgresDeployment(postgres, "pg"), await mysqlDeployment(mysql, "mysql2")];
    const sql = postgresClient(postgres.url.href, {
      transform: postgresClient.camel,
      fetch_types: false,
      connection: { search_path: onPg.schema },
    });
    const parts = { ...partsOf(mysql.url), database: onMaria.database };
    const mysql2 = createMysql2Pool({
      ...parts,
      rowsAsArray: true,
      namedPlaceholders: true,
      charset: "latin1",
      supportBigNumbers: true,
      bigNumberStrings: true,
    });
    const mariadb = createMariadbPool({ ...parts, rowsAsArray: true, namedPlaceholders: true, bigIntAsNumber: true });
    for (const store of [postgresStore(sql), mysqlStore(mysql2), mysqlStore(mariadb)]) {
      const row = aRow({ userId: "\u6728 \u{1f332}", ref: "Zo\u00eb", body: "\u{1f9ed}" });
      expect(await store.insert(row, forEver), store.name).toBe(true);
      expect(await store.find(row.id)).toEqual(row);
      expect(await store.idsOf({ userId: "\u6728 \u{1f332}" })).toContain(row.id);
      expect((await store.scan(null, 10)).find(({ id }) => id === row.id)).toEqual(row);
    }
    await Promise.all([sql.end(), mysql2.end(), mariadb.end()]);
    await Promise.all([onPg.close(), onMaria.close()]);
  });

  test("what is no client is refused with what to pass instead", () => {
    for (const client of [{}, { query: 1 }, null]) {
      expect(() => postgresStore(client as never)).toThrow(/must be a Pool of pg, the sql of postgres, a PGlite/);
      expect(() => mysqlStore(client as never)).toThrow(/mysql2\/promise/);
    }
    const pool = new Pool();
    expect(() => postgresStore(pool, { prepare: 1, heartbeat: "soon" } as never)).toThrow(/postgresStore: 2 problems/);
    expect(() => postgresStore(pool, { listen: { query: async () => ({ rows: [] }) } })).toThrow(/`listen` must be/);
  });
});
