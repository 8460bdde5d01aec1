import { deployRedis } from "../../support/servers/redis-deployments.ts";
import { startRedis } from "../../support/servers/redis-topologies.ts";
import { fourOn, soak } from "../soak.ts";

soak("redis single, ioredis", async () => {
  const redis = await startRedis({ parameters: ["--appendonly", "yes"] });
  const soaked = await fourOn(await deployRedis(redis, "ioredis"));
  return {
    ...soaked,
    async close() {
      await soaked.close();
      await redis.close();
    },
  };
});
