import { afterAll, beforeAll, expect, test } from "vitest";
import { aRow, inADay } from "../support/rows.ts";
import { redisClientNames } from "../support/servers/redis-clients.ts";
import { deployRedis } from "../support/servers/redis-deployments.ts";
import { until } from "../support/servers/redis-server.ts";
import type { RedisTopology } from "../support/servers/redis-topologies.ts";
import { describeStoreContract } from "../support/store-contract.ts";

/** What has to be so on Redis servers of any topology, through every client. `name`: as the table of stores prints it. */
export function testRedisOn(name: string, start: () => Promise<RedisTopology>): void {
  let redis: RedisTopology;
  beforeAll(async () => {
    redis = await start();
  });
  afterAll(() => redis.close());

  for (const client of redisClientNames) {
    test(`watch hears what another process changes, wherever it is, ${client}`, async () => {
      const deployment = await deployRedis(redis, client, { heartbeat: 500 });
      const [here, there] = [await deployment.connect(), await deployment.connect()];
      const heard = new Set<string>();
      const stop = await here.store.watch((change) =>
        heard.add(change.kind === "gap" ? "gap" : `${change.kind} ${change.id}`),
      );
      const rows = Array.from({ length: 20 }, () => aRow());
      for (const row of rows) {
        await there.store.insert(row, inADay());
        await there.store.update({ ...row, version: 2 });
        await there.store.remove(row.id);
      }
      await until(async () => heard.size === 40);
      expect([...heard]).toEqual(expect.arrayContaining(rows.flatMap(({ id }) => [`updated ${id}`, `removed ${id}`])));
      await stop();
      await Promise.all([here.close(), there.close()]);
    });

    describeStoreContract(`${name}, ${client}`, () => deployRedis(redis, client));
  }
}
