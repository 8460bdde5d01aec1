import { ownMariadb } from "../support/servers/mariadb.ts";
import { mysqlDeployment } from "../support/servers/sql-deployments.ts";
import { describeFaults } from "./matrix.ts";
import { serverFaults } from "./server-faults.ts";
import { sqlRig } from "./sql-server.ts";

describeFaults("mariadb, mysql2", serverFaults, async () =>
  sqlRig(await ownMariadb({ durable: true }), (server) => mysqlDeployment(server, "mysql2"), {
    // InnoDB lets others read a commit before its log is written, and acknowledges it after.
    showsUnsafeWrites: true,
  }),
);
