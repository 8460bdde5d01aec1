import { ownPostgres } from "../support/servers/postgres.ts";
import { postgresDeployment } from "../support/servers/sql-deployments.ts";
import { describeFaults } from "./matrix.ts";
import { serverFaults } from "./server-faults.ts";
import { sqlRig } from "./sql-server.ts";

describeFaults("postgresql, pg", serverFaults, async () =>
  sqlRig(await ownPostgres({ durable: true }), (server) => postgresDeployment(server, "pg")),
);
