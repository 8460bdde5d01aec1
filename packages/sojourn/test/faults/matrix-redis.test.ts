import { deployRedis } from "../support/servers/redis-deployments.ts";
import { startRedis } from "../support/servers/redis-topologies.ts";
import { describeFaults } from "./matrix.ts";
import { rigOn, serverFaults } from "./server-faults.ts";

/** With an append-only file: what it acknowledged outlives its process. */
const durable = ["--appendonly", "yes"];

describeFaults("redis single, ioredis", serverFaults, async () => {
  const redis = await startRedis({ parameters: durable });
  const [server] = redis.servers as [(typeof redis.servers)[number]];
  const deployment = await deployRedis(redis, "ioredis");
  const connect = (port: number) => deployment.connect({ port });
  return rigOn(server, connect, async () => {
    await deployment.close();
    await redis.close();
  });
});
