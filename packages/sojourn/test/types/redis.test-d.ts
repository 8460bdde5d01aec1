import type { Cluster, Redis } from "ioredis";
import type { Redis as Valkey, Cluster as ValkeyCluster } from "iovalkey";
import { createClient, type createCluster, type createSentinel } from "redis";
import { expectTypeOf, test } from "vitest";
import type { WatchableStore } from "../../src/core/store.ts";
import { type RedisClient, type RedisStore, redisStore } from "../../src/stores/redis.ts";

test("every client is taken as its library returns it", () => {
  expectTypeOf<Redis>().toExtend<RedisClient>();
  expectTypeOf<Cluster>().toExtend<RedisClient>();
  expectTypeOf<Valkey>().toExtend<RedisClient>();
  expectTypeOf<ValkeyCluster>().toExtend<RedisClient>();
  expectTypeOf(createClient({ RESP: 2 })).toExtend<RedisClient>();
  expectTypeOf<ReturnType<typeof createClient>>().toExtend<RedisClient>();
  expectTypeOf<ReturnType<typeof createCluster>>().toExtend<RedisClient>();
  expectTypeOf<ReturnType<typeof createSentinel>>().toExtend<RedisClient>();
});

test("anything else is not", () => {
  expectTypeOf<{ get(key: string): Promise<string> }>().not.toExtend<RedisClient>();
  expectTypeOf<string>().not.toExtend<RedisClient>();
});

test("a store can be watched unless it publishes nothing", () => {
  const given = (client: RedisClient) => redisStore(client);
  expectTypeOf(given).returns.toExtend<RedisStore & WatchableStore>();
  const silent = (client: RedisClient) => redisStore(client, { publish: false });
  expectTypeOf(silent).returns.not.toExtend<WatchableStore>();
  expectTypeOf(silent).returns.toExtend<RedisStore>();
});
