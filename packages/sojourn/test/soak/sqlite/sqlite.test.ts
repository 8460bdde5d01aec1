import { sqliteProcesses } from "../../support/servers/sqlite-processes.ts";
import { fourOn, soak } from "../soak.ts";

soak("sqlite, 4 processes", async () => fourOn(await sqliteProcesses()));
