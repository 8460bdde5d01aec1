import { postgresServer } from "../../support/servers/postgres.ts";
import { postgresDeployment } from "../../support/servers/sql-deployments.ts";
import { fourOnServer, soak } from "../soak.ts";

soak("postgresql, pg", async () => fourOnServer(await postgresServer(), (server) => postgresDeployment(server, "pg")));
