import { deployRedis } from "../support/servers/redis-deployments.ts";
import { startCluster } from "../support/servers/redis-topologies.ts";
import { describeFaults, type Rig } from "./matrix.ts";
import { blackHole, connectionsCut, primaryLost, primaryLostAhead, resharding } from "./redis-faults.ts";

const faults = ["connection cut", "black hole", "resharding", "node killed, failover", "node killed, replica behind"];

async function cluster(options: {
  readonly confirm?: { readonly replicas: number; readonly within: number };
}): Promise<Rig> {
  const redis = await startCluster();
  const deployment = await deployRedis(redis, "ioredis", options);
  const processes = await Promise.all([1, 2, 3, 4].map(() => deployment.connect()));
  return {
    connections: processes.map(({ store }) => store),
    faults: [
      connectionsCut(redis),
      blackHole(redis),
      resharding(redis, deployment.prefix),
      primaryLost(redis, "node killed, failover"),
      primaryLostAhead(redis, "node killed, replica behind"),
    ],
    removalsAreFinal: options.confirm !== undefined,
    async close() {
      await Promise.all(processes.map((each) => each.close()));
      await deployment.close();
      await redis.close();
    },
  };
}

describeFaults("redis cluster, ioredis", faults, () => cluster({}));
describeFaults("redis cluster, ioredis, removals confirmed", faults, () =>
  cluster({ confirm: { replicas: 1, within: 300 } }),
);
