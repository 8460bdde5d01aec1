import { deployRedis } from "../support/servers/redis-deployments.ts";
import { startSentinel } from "../support/servers/redis-topologies.ts";
import { describeFaults, type Rig } from "./matrix.ts";
import { blackHole, connectionsCut, primaryLost, primaryLostAhead } from "./redis-faults.ts";

const faults = ["connection cut", "black hole", "primary killed, failover", "primary killed, replica behind"];

async function sentinelSet(options: {
  readonly confirm?: { readonly replicas: number; readonly within: number };
}): Promise<Rig> {
  const redis = await startSentinel();
  const deployment = await deployRedis(redis, "node-redis", options);
  const processes = await Promise.all([1, 2, 3, 4].map(() => deployment.connect()));
  return {
    connections: processes.map(({ store }) => store),
    faults: [
      connectionsCut(redis),
      blackHole(redis),
      primaryLost(redis, "primary killed, failover"),
      primaryLostAhead(redis, "primary killed, replica behind"),
    ],
    removalsAreFinal: options.confirm !== undefined,
    async close() {
      await Promise.all(processes.map((each) => each.close()));
      await deployment.close();
      await redis.close();
    },
  };
}

describeFaults("redis sentinel, node-redis", faults, () => sentinelSet({}));
describeFaults("redis sentinel, node-redis, removals confirmed", faults, () =>
  sentinelSet({ confirm: { replicas: 1, within: 300 } }),
);
