import { afterAll, beforeAll } from "vitest";
import type { DatabaseServer } from "../support/servers/database-server.ts";
import { mysqlServer } from "../support/servers/mariadb.ts";
import { mysqlDeployment } from "../support/servers/sql-deployments.ts";
import { describeStoreContract } from "../support/store-contract.ts";

let server: DatabaseServer;
beforeAll(async () => {
  server = await mysqlServer();
});
afterAll(() => server.close());

const product = process.env.MYSQL_URL ? "MYSQL_URL" : "mariadb";
describeStoreContract(`${product}, mysql2`, () => mysqlDeployment(server, "mysql2"));
describeStoreContract(`${product}, mariadb`, () => mysqlDeployment(server, "mariadb"));
describeStoreContract(`${product}, mysql2 without prepared statements`, () =>
  mysqlDeployment(server, "mysql2", { prepare: false }),
);
describeStoreContract(`${product}, mariadb without prepared statements`, () =>
  mysqlDeployment(server, "mariadb", { prepare: false }),
);
