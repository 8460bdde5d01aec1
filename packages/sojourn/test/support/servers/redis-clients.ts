import { Cluster as IoCluster, Redis as Ioredis } from "ioredis";
import { Redis as Iovalkey, Cluster as ValkeyCluster } from "iovalkey";
import { createClient, createCluster, createSentinel } from "redis";
import type { RedisClient } from "../../../src/stores/redis.ts";
import { type RedisTopology, sentinelName } from "./redis-topologies.ts";

export const redisClientNames = ["node-redis", "ioredis", "iovalkey"] as const;
export type RedisClientName = (typeof redisClientNames)[number];

export interface ConnectedClient {
  readonly client: RedisClient;
  /** Every key that begins so, on every primary, is removed. */
  forget(prefix: string): Promise<void>;
  close(): Promise<void>;
}

const host = "127.0.0.1";
/** Errors of a connection are told by the commands that fail. */
const quiet = () => {};

/** A client as an application makes it. `port`: reach a single server through this one. */
export function connectClient(
  name: RedisClientName,
  topology: RedisTopology,
  { port }: { readonly port?: number } = {},
): Promise<ConnectedClient> {
  const reached = port === undefined ? topology : { ...topology, ports: [port] };
  if (name === "node-redis") return connectNodeRedis(reached, { throughUrl: port === undefined });
  return connectIoredis(
    name === "ioredis" ? { Redis: Ioredis, Cluster: IoCluster } : valkey,
    reached,
    port === undefined,
  );
}

/** A fork with the same interface. */
const valkey = { Redis: Iovalkey, Cluster: ValkeyCluster } as unknown as {
  readonly Redis: typeof Ioredis;
  readonly Cluster: typeof IoCluster;
};

async function connectIoredis(
  { Redis, Cluster }: { readonly Redis: typeof Ioredis; readonly Cluster: typeof IoCluster },
  { name, ports, url }: RedisTopology,
  throughUrl: boolean,
): Promise<ConnectedClient> {
  const addresses = ports.map((port) => ({ host, port }));
  const client =
    name === "cluster"
      ? new Cluster(addresses, { lazyConnect: true })
      : name === "sentinel"
        ? new Redis({ sentinels: addresses, name: sentinelName, lazyConnect: true })
        : url !== undefined && throughUrl
          ? new Redis(url, { lazyConnect: true })
          : new Redis({ ...addresses[0]!, lazyConnect: true });
  client.on("error", quiet);
  await client.connect();
  return {
    client,
    async forget(prefix) {
      const nodes = client instanceof Redis ? [client] : client.nodes("master");
      for (const node of nodes) await forgetAt((...command) => node.call(command[0]!, command.slice(1)), prefix);
    },
    close: async () => client.disconnect(),
  };
}

async function connectNodeRedis(
  { name, ports, url }: RedisTopology,
  { throughUrl }: { readonly throughUrl: boolean },
): Promise<ConnectedClient> {
  if (name === "cluster") {
    const cluster = createCluster({ rootNodes: ports.map((port) => ({ socket: { host, port } })) });
    cluster.on("error", quiet);
    await cluster.connect();
    return {
      client: cluster,
      async forget(prefix) {
        for (const master of cluster.masters) {
          const node = await cluster.nodeClient(master);
          await forgetAt((...command) => node.sendCommand(command), prefix);
        }
      },
      close: async () => cluster.destroy(),
    };
  }
  if (name === "sentinel") {
    const sentinel = createSentinel({ name: sentinelName, sentinelRootNodes: ports.map((port) => ({ host, port })) });
    sentinel.on("error", quiet);
    await sentinel.connect();
    return {
      client: sentinel,
      forget: (prefix) => forgetAt((...command) => sentinel.sendCommand(false, command), prefix),
      close: () => sentinel.destroy(),
    };
  }
  const client = createClient(url !== undefined && throughUrl ? { url } : { socket: { host, port: ports[0]! } });
  client.on("error", quiet);
  await client.connect();
  return {
    client,
    forget: (prefix) => forgetAt((...command) => client.sendCommand(command), prefix),
    close: async () => client.destroy(),
  };
}

async function forgetAt(ask: (...command: string[]) => Promise<unknown>, prefix: string): Promise<void> {
  let cursor = "0";
  do {
    const [next, keys] = (await ask("SCAN", cursor, "MATCH", `${prefix}*`, "COUNT", "1000")) as [string, string[]];
    // One at a time: in a Cluster they are in different slots.
    await Promise.all(keys.map((key) => ask("DEL", key)));
    cursor = String(next);
  } while (cursor !== "0");
}
