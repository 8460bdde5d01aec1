import { fromIoredis, type IoredisClient, ioredisProblems } from "./ioredis.ts";
import { fromNodeRedis } from "./node-redis.ts";
import type { NodeRedisClient } from "./node-redis-shapes.ts";
import type { Redis } from "./redis.ts";

/** Your own client, for a single server, Sentinel or Cluster. Stays yours: the store never closes it. */
export type RedisClient = IoredisClient | NodeRedisClient;

/** What is wrong with `client`, each with what to write instead. */
export function clientProblems(client: RedisClient): readonly string[] {
  if (isIoredis(client)) return ioredisProblems(client);
  if (isNodeRedis(client)) return [];
  return [
    "`client` must be a Redis or Cluster of ioredis or iovalkey, or what createClient, createSentinel or createCluster of redis (node-redis 5 or later) returns",
  ];
}

export function redisOf(client: RedisClient): Redis {
  return isIoredis(client) ? fromIoredis(client) : fromNodeRedis(client);
}

function isIoredis(client: RedisClient): client is IoredisClient {
  return typeof (client as Partial<IoredisClient> | null)?.call === "function";
}

/** A pool of node-redis is none: the connection it would subscribe on cannot be told. */
function isNodeRedis(client: RedisClient): client is NodeRedisClient {
  const given = client as (NodeRedisClient & { readonly execute?: unknown }) | null | undefined;
  return [given?.sendCommand, given?.duplicate].every((part) => typeof part === "function") && !given?.execute;
}
