import { Pool } from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgresStore } from "../../src/stores/postgres.ts";
import type { DatabaseServer } from "../support/servers/database-server.ts";
import { ownPostgres } from "../support/servers/postgres.ts";
import { asPostgres, postgresDeployment } from "../support/servers/sql-deployments.ts";
import { aRow, forEver } from "../support/sql-rows.ts";
import { describeStoreContract } from "../support/store-contract.ts";
import { describeSqlFaults } from "./sql-faults.ts";

for (const client of ["pg", "postgres"] as const) {
  describeSqlFaults({
    name: `postgresql, ${client}`,
    stop: "SIGINT",
    start: () => ownPostgres({ durable: true }),
    deploy: (server, options) => postgresDeployment(server, client, options),
  });
}

describe("every transaction serializable", () => {
  let server: DatabaseServer;
  beforeAll(async () => {
    server = await ownPostgres({ settings: ["default_transaction_isolation=serializable"] });
  });
  afterAll(() => server.close());
  describeStoreContract("postgresql serializable, pg", () => postgresDeployment(server, "pg"));
  describeStoreContract("postgresql serializable, postgres", () => postgresDeployment(server, "postgres"));
});

describe("refusals say which store, and what to do", () => {
  let server: DatabaseServer;
  beforeAll(async () => {
    server = await ownPostgres();
  });
  afterAll(() => server.close());

  test.each(["pg", "postgres"])("%s on a server that only reads", async (client) => {
    const place = await postgresDeployment(server, "pg");
    const settings = { search_path: place.schema, default_transaction_read_only: "on" };
    const open = {
      pg() {
        const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
        const pool = new Pool({ connectionString: server.url.href, options: options.join(" ") });
        return { store: postgresStore(pool), close: () => pool.end() };
      },
      postgres() {
        const sql = postgres(server.url.href, {
          fetch_types: false,
          connection: { search_path: settings.search_path, default_transaction_read_only: true },
        });
        return { store: postgresStore(sql), close: () => sql.end() };
      },
    }[client as "pg" | "postgres"];
    const { store, close } = open();
    const row = aRow();
    expect(await store.find(row.id)).toBe(null);
    const readOnly = {
      code: "ERR_STORE_UNAVAILABLE",
      message:
        "The postgres store failed: PostgreSQL or its driver said 25006. What to do: the server is read-only (a standby?): connect to the primary.",
    };
    await expect(store.insert(row, forEver)).rejects.toMatchObject(readOnly);
    await expect(store.update(row)).rejects.toMatchObject(readOnly);
    await expect(store.remove(row.id)).rejects.toMatchObject(readOnly);
    await expect(store.removeExpired(0, 1)).rejects.toMatchObject(readOnly);
    await close();
    await place.close();
  });

  test("a server that has no connection left", async () => {
    const place = await postgresDeployment(server, "pg");
    await asPostgres(server, "CREATE ROLE narrow LOGIN CONNECTION LIMIT 0");
    const url = new URL(server.url);
    url.username = "narrow";
    const pool = new Pool({ connectionString: url.href });
    await expect(postgresStore(pool).find(aRow().id)).rejects.toMatchObject({
      code: "ERR_STORE_UNAVAILABLE",
      message: expect.stringMatching(/said 53300.*lower the `max` of the pools/),
    });
    await pool.end();
    await asPostgres(server, "DROP ROLE narrow");
    await place.close();
  });
});
