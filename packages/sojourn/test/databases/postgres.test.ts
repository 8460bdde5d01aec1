import { afterAll, beforeAll } from "vitest";
import type { DatabaseServer } from "../support/servers/database-server.ts";
import { postgresServer } from "../support/servers/postgres.ts";
import { postgresDeployment } from "../support/servers/sql-deployments.ts";
import { describeStoreContract } from "../support/store-contract.ts";

let server: DatabaseServer;
beforeAll(async () => {
  server = await postgresServer();
});
afterAll(() => server.close());

describeStoreContract("postgresql, pg", () => postgresDeployment(server, "pg"));
describeStoreContract("postgresql, postgres", () => postgresDeployment(server, "postgres"));
describeStoreContract("postgresql, pg without prepared statements", () =>
  postgresDeployment(server, "pg", { prepare: false }),
);
describeStoreContract("postgresql, postgres without prepared statements", () =>
  postgresDeployment(server, "postgres", { prepare: false }),
);
