import { afterAll, beforeAll } from "vitest";
import type { SessionStore } from "../../src/core/store.ts";
import { migrating } from "../../src/stores/migrating.ts";
import type { DatabaseServer } from "../support/servers/database-server.ts";
import type { Deployment } from "../support/servers/deployment.ts";
import { mysqlServer } from "../support/servers/mariadb.ts";
import { postgresServer } from "../support/servers/postgres.ts";
import { deployRedis } from "../support/servers/redis-deployments.ts";
import { type RedisTopology, startRedis } from "../support/servers/redis-topologies.ts";
import { mysqlDeployment, postgresDeployment, sqliteDeployment } from "../support/servers/sql-deployments.ts";
import { describeStoreContract } from "../support/store-contract.ts";

let redis: RedisTopology;
let postgres: DatabaseServer;
let mysql: DatabaseServer;
beforeAll(async () => {
  [redis, postgres, mysql] = await Promise.all([startRedis(), postgresServer(), mysqlServer()]);
});
afterAll(() => Promise.all([redis, postgres, mysql].map((server) => server.close())));

describeStoreContract("sqlite to postgresql", () =>
  inMigration(sqliteDeployment(), postgresDeployment(postgres, "pg"), "to"),
);
describeStoreContract("sqlite to postgresql, rows in sqlite", () =>
  inMigration(sqliteDeployment(), postgresDeployment(postgres, "pg"), "from"),
);
describeStoreContract("mariadb to redis, rows in mariadb", () =>
  inMigration(mysqlDeployment(mysql, "mysql2"), deployRedis(redis, "ioredis"), "from"),
);

/** Processes that share both stores; `rows`: where new ones are put, as if they had been there before. */
async function inMigration(
  first: Promise<Deployment>,
  second: Promise<Deployment>,
  rows: "from" | "to",
): Promise<Deployment> {
  const deployments = await Promise.all([first, second]);
  return {
    name: deployments.map(({ name }) => name).join(" to "),
    async connect() {
      const [from, to] = await Promise.all(deployments.map((deployment) => deployment.connect()));
      const both = migrating({ from: from!.store, to: to!.store });
      const insert: SessionStore["insert"] = async (row, indexing) =>
        (await to!.store.find(row.id, { fresh: true })) === null && from!.store.insert(row, indexing);
      return {
        store: rows === "from" ? { ...both, insert } : both,
        close: async () => void (await Promise.all([from!.close(), to!.close()])),
      };
    },
    close: async () => void (await Promise.all(deployments.map((deployment) => deployment.close()))),
  };
}
