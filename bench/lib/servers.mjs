// The servers that the tests start, on ports and with data of their own: one way to start them for both.
export { startRedisServer } from "../../packages/sojourn/test/support/servers/redis-server.ts";
