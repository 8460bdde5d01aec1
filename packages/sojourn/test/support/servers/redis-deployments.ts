import { randomUUID } from "node:crypto";
import type { WatchableStore } from "../../../src/core/store.ts";
import { type RedisStore, type RedisStoreOptions, redisStore } from "../../../src/stores/redis.ts";
import type { Connection, Deployment } from "./deployment.ts";
import { type ConnectedClient, connectClient, type RedisClientName } from "./redis-clients.ts";
import type { RedisTopology } from "./redis-topologies.ts";

export type RedisDeployment = Deployment<RedisStore & WatchableStore> & { readonly prefix: string };

/**
 * A prefix of its own on `topology`, which stays as it is when the deployment is closed: a test file starts it once. What
 * a test can do to the servers (kill, restart, pause, ask) is in `topology.servers`.
 */
export async function deployRedis(
  topology: RedisTopology,
  client: RedisClientName,
  options: RedisStoreOptions = {},
): Promise<RedisDeployment> {
  const prefix = `sojourn-test-${randomUUID()}:`;
  return {
    name: `redis ${topology.name}, ${client}`,
    prefix,
    async connect(reach) {
      const connected = await connectClient(client, topology, reach);
      return connectionOf(
        connected,
        redisStore(connected.client, { prefix, ...options }) as RedisStore & WatchableStore,
      );
    },
    async close() {
      // Servers of the test's own go with all that is in them.
      if (topology.url === undefined) return;
      const { forget, close } = await connectClient(client, topology);
      await forget(prefix).finally(close);
    },
  };
}

function connectionOf(
  { close }: ConnectedClient,
  store: RedisStore & WatchableStore,
): Connection<RedisStore & WatchableStore> {
  return {
    store,
    async close() {
      await store.close();
      await close();
    },
  };
}
