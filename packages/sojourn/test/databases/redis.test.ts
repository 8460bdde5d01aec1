import { afterAll, beforeAll, describe } from "vitest";
import { redisClientNames } from "../support/servers/redis-clients.ts";
import { deployRedis } from "../support/servers/redis-deployments.ts";
import { givenOrStartedRedis, type RedisTopology } from "../support/servers/redis-topologies.ts";
import { describeStoreContract } from "../support/store-contract.ts";

describe("Redis, a single server", () => {
  let redis: RedisTopology;
  beforeAll(async () => {
    redis = await givenOrStartedRedis();
  });
  afterAll(() => redis.close());

  for (const client of redisClientNames) {
    describeStoreContract(`redis single, ${client}`, () => deployRedis(redis, client));
  }
});
