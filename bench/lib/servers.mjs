// The servers that the tests start, on ports and with data of their own, and how they open a file: one way for both.
export { ownMariadb } from "../../packages/sojourn/test/support/servers/mariadb.ts";
export { ownPostgres } from "../../packages/sojourn/test/support/servers/postgres.ts";
export { startRedisServer } from "../../packages/sojourn/test/support/servers/redis-server.ts";
export { startCluster } from "../../packages/sojourn/test/support/servers/redis-topologies.ts";
export { measuredSettings } from "../../packages/sojourn/test/support/servers/sqlite-settings.ts";
