import { mysqlServer } from "../../support/servers/mariadb.ts";
import { mysqlDeployment } from "../../support/servers/sql-deployments.ts";
import { fourOnServer, soak } from "../soak.ts";

soak("mariadb, mysql2", async () => fourOnServer(await mysqlServer(), (server) => mysqlDeployment(server, "mysql2")));
