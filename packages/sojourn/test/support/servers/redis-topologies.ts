import { askRedis, type RedisServer, startRedisServer, until } from "./redis-server.ts";

export type RedisTopologyName = "single" | "sentinel" | "cluster";

/** Where clients connect, and what a test can do to it. */
export interface RedisTopology {
  readonly name: RedisTopologyName;
  /** A single server's address, the Sentinels', or the Cluster's nodes'. All on 127.0.0.1. */
  readonly ports: readonly number[];
  /** Given by `REDIS_URL`: the one to connect to, instead of `ports`. */
  readonly url?: string;
  /** The data servers: for Sentinel the first primary and then its replicas; for Cluster three primaries, three replicas. */
  readonly servers: readonly RedisServer[];
  /** The servers that are primaries at this moment. */
  primaries(): Promise<readonly RedisServer[]>;
  close(): Promise<void>;
}

export const sentinelName = "sojourn";

export async function startRedis(options: { readonly parameters?: readonly string[] } = {}): Promise<RedisTopology> {
  const server = await startRedisServer(options);
  return topologyOf("single", [server.port], [server]);
}

/** A primary with replicas that are in step, without anybody who watches over them. The primary is the first server. */
export async function startReplicated(replicas = 1, parameters: readonly string[] = []): Promise<RedisTopology> {
  const servers = await startReplicatedServers(replicas, parameters);
  return topologyOf("single", [servers[0]!.port], servers);
}

/** One primary, `replicas` replicas and three Sentinels that replace a primary after one second of silence. */
export async function startSentinel({ replicas = 1 }: { readonly replicas?: number } = {}): Promise<RedisTopology> {
  const servers = await startReplicatedServers(replicas);
  const config = [
    `sentinel monitor ${sentinelName} 127.0.0.1 ${servers[0]!.port} 2`,
    `sentinel down-after-milliseconds ${sentinelName} 1000`,
    `sentinel failover-timeout ${sentinelName} 5000`,
    "",
  ].join("\n");
  const sentinels = await Promise.all([1, 2, 3].map(() => startRedisServer({ config, parameters: ["--sentinel"] })));
  await Promise.all(
    sentinels.map(({ ask }) =>
      until(async () => {
        const state = await ask("SENTINEL", "MASTER", sentinelName);
        return isFact(state, "num-other-sentinels", "2") && isFact(state, "num-slaves", String(replicas));
      }),
    ),
  );
  return topologyOf(
    "sentinel",
    sentinels.map(({ port }) => port),
    servers,
    sentinels,
  );
}

/** Six nodes: three primaries with a third of the slots each, and a replica each. */
export async function startCluster(): Promise<RedisTopology> {
  const parameters = [
    "--cluster-enabled",
    "yes",
    "--cluster-node-timeout",
    "2000",
    "--cluster-config-file",
    "nodes.conf",
  ];
  const servers = await Promise.all([1, 2, 3, 4, 5, 6].map(() => startRedisServer({ parameters })));
  const [first, ...others] = servers as [RedisServer, ...RedisServer[]];
  const ids = await Promise.all(servers.map(async ({ ask }) => /[0-9a-f]{40}/.exec(await ask("CLUSTER", "MYID"))![0]));
  await Promise.all(servers.map(({ ask }, index) => ask("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1))));
  await Promise.all(
    [0, 1, 2].map((third) =>
      servers[third]!.ask(
        "CLUSTER",
        "ADDSLOTSRANGE",
        ...[
          [0, 5460],
          [5461, 10922],
          [10923, 16383],
        ][third]!.map(String),
      ),
    ),
  );
  await Promise.all(others.map(({ port }) => first.ask("CLUSTER", "MEET", "127.0.0.1", String(port))));
  const eachSays = (isSo: (server: RedisServer, index: number) => Promise<boolean>) =>
    Promise.all(servers.map((server, index) => until(() => isSo(server, index))));
  await eachSays(
    async ({ ask }) =>
      (await ask("CLUSTER", "NODES")).split("\n").filter((line) => / connected/.test(line)).length === 6,
  );
  await Promise.all([3, 4, 5].map((index) => servers[index]!.ask("CLUSTER", "REPLICATE", ids[index - 3]!)));
  // A primary lost before its replica is in step is never replaced.
  await eachSays(
    async ({ ask }, index) =>
      (await ask("CLUSTER", "INFO")).includes("cluster_state:ok") &&
      (await ask("CLUSTER", "NODES")).match(/slave /g)?.length === 3 &&
      (index < 3 || (await ask("INFO", "replication")).includes("master_link_status:up")),
  );
  return topologyOf(
    "cluster",
    servers.map(({ port }) => port),
    servers,
  );
}

/** The server of `REDIS_URL` where one is given, else one of the test's own. */
export async function givenOrStartedRedis(): Promise<RedisTopology> {
  const url = process.env.REDIS_URL;
  if (!url) return startRedis();
  return { name: "single", ports: [], url, servers: [], primaries: async () => [], close: async () => {} };
}

async function startReplicatedServers(replicas: number, parameters: readonly string[] = []): Promise<RedisServer[]> {
  // Replicas get their first copy at once, instead of after the five seconds that a real primary waits for more of them.
  const settings = ["--repl-diskless-sync-delay", "0", ...parameters];
  const primary = await startRedisServer({ parameters: settings });
  const following = [...settings, "--replicaof", `127.0.0.1 ${primary.port}`];
  const others = await Promise.all(Array.from({ length: replicas }, () => startRedisServer({ parameters: following })));
  await until(async () => (await primary.ask("INFO", "replication")).match(/state=online/g)?.length === replicas);
  return [primary, ...others];
}

function topologyOf(
  name: RedisTopologyName,
  ports: readonly number[],
  servers: readonly RedisServer[],
  watchers: readonly RedisServer[] = [],
): RedisTopology {
  return {
    name,
    ports,
    servers,
    async primaries() {
      const roles = await Promise.all(
        servers.map(({ port }) => askRedis(port, ["INFO", "replication"]).catch(() => "gone")),
      );
      return servers.filter((_server, index) => roles[index]!.includes("role:master"));
    },
    async close() {
      await Promise.all([...watchers, ...servers].map((server) => server.close()));
    },
  };
}

/** Whether an answer in RESP, a list of names and values, says so. */
function isFact(answer: string, name: string, value: string): boolean {
  return answer.includes(`${name}\r\n$${value.length}\r\n${value}\r\n`);
}
