import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SessionStore } from "../../src/core/store.ts";
import type { DatabaseServer } from "../support/servers/database-server.ts";
import type { Deployment } from "../support/servers/deployment.ts";
import { mysqlServer } from "../support/servers/mariadb.ts";
import { ownPostgres } from "../support/servers/postgres.ts";
import { deployRedis } from "../support/servers/redis-deployments.ts";
import { type RedisTopology, startRedis } from "../support/servers/redis-topologies.ts";
import {
  asPostgres,
  mysqlDeployment,
  partsOf,
  postgresDeployment,
  sqliteDeployment,
} from "../support/servers/sql-deployments.ts";
import { blackHoleTo } from "./near-cache/black-hole.ts";
import { type Closed, closeElsewhere, delaysOf, type SocketExperiment } from "./open-connections/sockets.ts";

let redis: RedisTopology;
let postgres: DatabaseServer;
let mysql: DatabaseServer;
beforeAll(async () => {
  [redis, postgres, mysql] = await Promise.all([startRedis(), ownPostgres(), mysqlServer()]);
});
afterAll(() => Promise.all([redis, postgres, mysql].map((server) => server.close())));

type Place = Pick<SocketExperiment, "store" | "other"> & { close(): Promise<void> };

const places = {
  async redis() {
    const deployment = await deployRedis(redis, "ioredis");
    return place(deployment, { kind: "redis", port: redis.ports[0], place: deployment.prefix });
  },
  async postgresql() {
    const deployment = await postgresDeployment(postgres, "pg");
    return place(deployment, { kind: "postgres", place: { url: postgres.url.href, schema: deployment.schema } });
  },
  async "mariadb, polled"() {
    const deployment = await mysqlDeployment(mysql, "mysql2");
    return place(deployment, { kind: "mysql", place: { ...partsOf(mysql.url), database: deployment.database } });
  },
  async "sqlite, polled"() {
    const deployment = await sqliteDeployment();
    return place(deployment, { kind: "sqlite", place: deployment.file });
  },
};

async function place<Store extends SessionStore>(deployment: Deployment<Store>, other: Place["other"]): Promise<Place> {
  const { store, close } = await deployment.connect();
  return {
    ...{ store, other },
    async close() {
      await close();
      await deployment.close();
    },
  };
}

/** Milliseconds: two heartbeats of the feed until it is known to be dead, the deadline of a read, and patience. */
const longestWithoutStore = 4_000 + 2_000 + 2_000;

test("redis, its network silent: the other process keeps its sockets as long as it may, and closes them with 4503", {
  timeout: 60_000,
}, async () => {
  const port = redis.ports[0] as number;
  const hole = await blackHoleTo(port);
  const deployment = await deployRedis(redis, "ioredis");
  const other = { kind: "redis", port: hole.port, place: deployment.prefix, patience: "2s" };
  const { close, ...experiment } = await place(deployment, other);
  const closed = await closeElsewhere({ ...experiment, sessions: 20, cut: hole.swallow }).finally(async () => {
    await hole.close();
    await close();
  });
  console.info(`closed without a store, redis: ${delaysOf(closed)}`);
  expect(new Set(closed.map(({ code, reason }) => `${code} ${reason}`))).toEqual(new Set(["4503 unavailable"]));
  const delays = closed.map(({ after }) => after);
  expect(Math.min(...delays)).toBeGreaterThan(1_900);
  expect(Math.max(...delays)).toBeLessThan(longestWithoutStore + 1_000);
});

/** Milliseconds. Where the store is polled: three times 0.3 seconds, and one for a slow machine. */
const bounds = { told: 1_000, polled: 1_900 };

describe("a WebSocket in one process, and its session revoked in another", () => {
  test.each([
    ["redis", bounds.told],
    ["postgresql", bounds.told],
    ["mariadb, polled", bounds.polled],
    ["sqlite, polled", bounds.polled],
  ] as const)("%s: closed with 4401 within %i ms", { timeout: 90_000 }, async (name, bound) => {
    const { close, ...experiment } = await places[name]();
    const closed = await closeElsewhere({ ...experiment, sessions: 400 }).finally(close);
    expectClosed(closed, name, bound);
  });

  test("postgresql, its announcements gone: the store is asked instead", { timeout: 90_000 }, async () => {
    const { close, ...experiment } = await places.postgresql();
    const { schema } = experiment.other.place as { readonly schema: string };
    // Before the other process starts, which then cannot listen.
    await asPostgres(
      postgres,
      `SET search_path = ${schema}; DROP TRIGGER sojourn_sessions_removed ON sojourn_sessions`,
    );
    const closed = await closeElsewhere({ ...experiment, sessions: 100 }).finally(close);
    expectClosed(closed, "postgresql without a feed", bounds.polled);
  });
});

function expectClosed(closed: readonly Closed[], name: string, bound: number): void {
  console.info(`closed after a revocation elsewhere, ${name}: ${delaysOf(closed)}`);
  expect(new Set(closed.map(({ code, reason }) => `${code} ${reason}`))).toEqual(new Set(["4401 ended"]));
  expect(Math.max(...closed.map(({ after }) => after))).toBeLessThan(bound);
}
