import { deployRedis } from "../support/servers/redis-deployments.ts";
import { startRedis } from "../support/servers/redis-topologies.ts";
import { describeFaults } from "./matrix.ts";
import { rigOn, serverFaults } from "./server-faults.ts";

/** What it acknowledged outlives its process. With `everysec` it puts a write off where the disk is slow, up to 2 seconds. */
const durable = ["--appendonly", "yes", "--appendfsync", "always"];

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
