import { afterAll, beforeAll, describe } from "vitest";
import { redisClientNames } from "../support/servers/redis-clients.ts";
import { deployRedis } from "../support/servers/redis-deployments.ts";
import { type RedisTopology, startSentinel } from "../support/servers/redis-topologies.ts";
import { describeStoreContract } from "../support/store-contract.ts";

describe("Redis, a Sentinel set", () => {
  let redis: RedisTopology;
  beforeAll(async () => {
    redis = await startSentinel();
  });
  afterAll(() => redis.close());

  for (const client of redisClientNames) {
    describeStoreContract(`redis sentinel, ${client}`, () => deployRedis(redis, client));
  }
});
