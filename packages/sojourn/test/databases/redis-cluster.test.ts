import { afterAll, beforeAll, describe } from "vitest";
import { redisClientNames } from "../support/servers/redis-clients.ts";
import { deployRedis } from "../support/servers/redis-deployments.ts";
import { type RedisTopology, startCluster } from "../support/servers/redis-topologies.ts";
import { describeStoreContract } from "../support/store-contract.ts";

describe("Redis, a Cluster of six nodes", () => {
  let redis: RedisTopology;
  beforeAll(async () => {
    redis = await startCluster();
  });
  afterAll(() => redis.close());

  for (const client of redisClientNames) {
    describeStoreContract(`redis cluster, ${client}`, () => deployRedis(redis, client));
  }
});
