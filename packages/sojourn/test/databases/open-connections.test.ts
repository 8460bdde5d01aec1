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
import { closeElsewhere, delaysOf, type SocketExperiment } from "./open-connections/sockets.ts";

let redis: RedisTopology;
let postgres: DatabaseServer;
let mysql: DatabaseServer;
beforeAll(async () => {
  [redis, postgres, mysql] = await Promise.all([startRedis(), ownPostgres(), mysqlServer()]);
});
afterAll(() => Promise.all([redis, postgres, mysql].map((server) => server.close())));

type Place = Pick<SocketExperiment, "store" | "other"> & { close(): Promise<void> };

const places: { readonly [name: string]: () => Promise<Place> } = {
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

const over = { code: 4401, reason: "ended" };

describe("a WebSocket in one process, and its session revoked in another", () => {
  test.each(Object.entries(places))(
    "%s: closed with 4401 within a second",
    { timeout: 90_000 },
    async (name, prepare) => {
      const { close, ...experiment } = await prepare();
      const closed = await closeElsewhere({ ...experiment, sessions: 400 }).finally(close);
      console.info(`closed after a revocation elsewhere, ${name}: ${delaysOf(closed)}`);
      expect(new Set(closed.map(({ code, reason }) => `${code} ${reason}`))).toEqual(
        new Set([`${over.code} ${over.reason}`]),
      );
      expect(Math.max(...closed.map(({ after }) => after))).toBeLessThan(1_000);
    },
  );

  test("postgresql, its announcements gone: the store is asked instead, and sockets are closed within a second all the same", {
    timeout: 90_000,
  }, async () => {
    const { close, ...experiment } = await (places.postgresql as () => Promise<Place>)();
    const { schema } = experiment.other.place as { readonly schema: string };
    // Before the other process starts, which then cannot listen.
    await asPostgres(
      postgres,
      `SET search_path = ${schema}; DROP TRIGGER sojourn_sessions_removed ON sojourn_sessions`,
    );
    const closed = await closeElsewhere({ ...experiment, sessions: 100 }).finally(close);
    console.info(`closed after a revocation elsewhere, postgresql without a feed: ${delaysOf(closed)}`);
    expect(closed.every(({ code }) => code === over.code)).toBe(true);
    expect(Math.max(...closed.map(({ after }) => after))).toBeLessThan(1_000);
  });
});
