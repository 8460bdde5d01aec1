import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import type { PollableStore, WatchableStore } from "../../src/core/store.ts";
import { nearCache } from "../../src/stores/near-cache.ts";
import { authenticated } from "../support/kinds.ts";
import type { DatabaseServer } from "../support/servers/database-server.ts";
import type { Deployment } from "../support/servers/deployment.ts";
import { mysqlServer } from "../support/servers/mariadb.ts";
import { postgresServer } from "../support/servers/postgres.ts";
import { deployRedis } from "../support/servers/redis-deployments.ts";
import { type RedisTopology, startRedis } from "../support/servers/redis-topologies.ts";
import { mysqlDeployment, partsOf, postgresDeployment, sqliteDeployment } from "../support/servers/sql-deployments.ts";
import { describeStoreContract } from "../support/store-contract.ts";
import { world } from "../support/world.ts";
import { blackHoleTo } from "./near-cache/black-hole.ts";
import { type Experiment, measureDelays, summaryOf } from "./near-cache/delays.ts";

let redis: RedisTopology;
let postgres: DatabaseServer;
let mysql: DatabaseServer;
beforeAll(async () => {
  [redis, postgres, mysql] = await Promise.all([startRedis(), postgresServer(), mysqlServer()]);
});
afterAll(() => Promise.all([redis, postgres, mysql].map((server) => server.close())));

const places = {
  redis: () => deployRedis(redis, "ioredis"),
  postgresql: () => postgresDeployment(postgres, "pg"),
  "mariadb, polled": () => mysqlDeployment(mysql, "mysql2"),
  "sqlite, polled": () => sqliteDeployment(),
};

describeStoreContract("near cache over redis", () => cached(places.redis()));
describeStoreContract("near cache over mariadb, polled", () => cached(places["mariadb, polled"]()));

/** Every process with a cache of its own. */
async function cached(deploying: Promise<Deployment<WatchableStore | PollableStore>>): Promise<Deployment> {
  const deployment = await deploying;
  return {
    ...deployment,
    async connect(options) {
      const { store, close } = await deployment.connect(options);
      const cache = nearCache(store, { entries: 1_000, maxAge: "1m", pollEvery: "5s" });
      await cache.ready();
      return {
        store: cache,
        async close() {
          await cache.close();
          await close();
        },
      };
    },
  };
}

const pollEvery = "0.5s";
const revocations = 1_000;

/** What this process and the other one connect with; `through`: the other one's way to the server. */
const experiments: {
  readonly [name: string]: (
    through?: number,
  ) => Promise<Pick<Experiment, "store" | "other"> & { close(): Promise<void>; readonly port: number }>;
} = {
  async redis(through) {
    const deployment = await places.redis();
    const port = redis.ports[0] as number;
    return ready(deployment, port, { kind: "redis", port: through ?? port, place: deployment.prefix });
  },
  async postgresql(through) {
    const deployment = await places.postgresql();
    const url = new URL(postgres.url);
    const port = Number(url.port);
    if (through !== undefined) url.port = String(through);
    return ready(deployment, port, { kind: "postgres", place: { url: url.href, schema: deployment.schema } });
  },
  async "mariadb, polled"(through) {
    const deployment = await places["mariadb, polled"]();
    const parts = partsOf(mysql.url);
    const place = { ...parts, database: deployment.database, ...(through !== undefined && { port: through }) };
    return ready(deployment, parts.port, { kind: "mysql", place, pollEvery });
  },
  async "sqlite, polled"() {
    const deployment = await places["sqlite, polled"]();
    return ready(deployment, 0, { kind: "sqlite", place: deployment.file, pollEvery });
  },
};

async function ready(deployment: Deployment, port: number, other: Experiment["other"]) {
  const { store, close } = await deployment.connect();
  return {
    ...{ store, other, port },
    async close() {
      await close();
      await deployment.close();
    },
  };
}

/**
 * Milliseconds within which every session must be refused: by a feed that works, and by one that died without a word:
 * twice the heartbeat of 2 seconds, and a second for a slow machine; where it is polled three times 0.5 seconds, and half a one.
 */
const bounds: { readonly [name: string]: { readonly normal: number; readonly cut: number } } = {
  redis: { normal: 2_000, cut: 5_000 },
  postgresql: { normal: 2_000, cut: 5_000 },
  "mariadb, polled": { normal: 2_000, cut: 2_000 },
  "sqlite, polled": { normal: 2_000, cut: 0 },
};

describe("how long another process accepts a session after its revocation was answered", () => {
  for (const [name, prepare] of Object.entries(experiments)) {
    test(`${name}: no longer than the feed takes`, async () => {
      const { store, other, close } = await prepare();
      const delays = await measureDelays({ store, other, revocations, patience: 5_000 }).finally(close);
      console.info(`revocation delay, ${name}: ${summaryOf(delays)}`);
      expect(delays.sorted.at(-1)).toBeLessThan(bounds[name]?.normal ?? 0);
    });

    if (bounds[name]?.cut === 0) continue;
    test(`${name}, its network silent: no longer than the heartbeat's limit`, { timeout: 90_000 }, async () => {
      const probe = await prepare();
      await probe.close();
      const hole = await blackHoleTo(probe.port);
      const { store, other, close } = await prepare(hole.port);
      const patience = (bounds[name]?.cut ?? 0) + 1_000;
      const delays = await measureDelays({ store, other, revocations, patience, cut: hole.swallow }).finally(
        async () => {
          await hole.close();
          await close();
        },
      );
      console.info(`revocation delay, ${name}, cut: ${summaryOf(delays)}`);
      expect(delays.sorted.at(-1)).toBeLessThan(bounds[name]?.cut ?? 0);
    });
  }
});

test("the share of reads served from memory, and commands to Redis per request, as Redis counts them", async () => {
  const deployment = await places.redis();
  const connections = await Promise.all([deployment.connect(), deployment.connect()]);
  const figures: string[] = [];
  for (const isCached of [false, true]) {
    const here = world({ clock: systemClock });
    const caches = connections.map(({ store }) => nearCache(store, { entries: 10_000, maxAge: "1m" }));
    const nodes = connections.map(({ store }, at) => here.node({ store: isCached ? caches[at]! : store }));
    if (isCached) await Promise.all(caches.map((cache) => cache.ready()));
    const visitors = Array.from({ length: 200 }, () => here.newcomer());
    for (const visitor of visitors) await visitor.at(nodes[0]!).logIn("alice");
    await redis.servers[0]!.ask("CONFIG", "RESETSTAT");
    const requests = 10_000;
    for (let request = 0; request < requests; request++) {
      // Each visitor's requests go to both nodes.
      const visitor = visitors[(request * 7_919) % visitors.length]!.at(nodes[request % 2]!);
      const session = authenticated(await visitor.open());
      if (request % 100 === 0) await session.update((draft) => void Object.assign(draft, { request }));
    }
    const commands = commandsIn(await redis.servers[0]!.ask("INFO", "commandstats"));
    const [hits, misses] = [caches.map(({ stats }) => stats.hits), caches.map(({ stats }) => stats.misses)].map(sum);
    figures.push(`${isCached ? "near cache" : "no cache"}: ${(commands / requests).toFixed(3)} commands a request`);
    if (isCached) figures.push(`${((100 * hits!) / (hits! + misses!)).toFixed(1)} % of reads from memory`);
    if (isCached) expect(commands / requests).toBeLessThan(0.2);
    await Promise.all(caches.map((cache) => cache.close()));
  }
  console.info(`10,000 requests of 200 sessions on 2 nodes, every 100th writes: ${figures.join("; ")}`);
  for (const { close } of connections) await close();
  await deployment.close();
});

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

/** All but what an administrator asked; scripts and what they call count once each, as Redis does. */
function commandsIn(stats: string): number {
  const counted = [...stats.matchAll(/cmdstat_([\w|]+):calls=(\d+)/g)];
  return sum(counted.filter(([, name]) => !/^(info|config)/.test(name ?? "")).map(([, , calls]) => Number(calls)));
}
