import { deployRedis } from "../../support/servers/redis-deployments.ts";
import { startRedis } from "../../support/servers/redis-topologies.ts";
import { fourOnServer, soak } from "../soak.ts";

soak("redis single, ioredis", async () =>
  fourOnServer(await startRedis({ parameters: ["--appendonly", "yes"] }), (redis) => deployRedis(redis, "ioredis")),
);
