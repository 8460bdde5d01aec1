import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SessionEvent } from "../../src/core/events.ts";
import type { SessionId } from "../../src/core/ids.ts";
import { createSessionManager } from "../../src/manager.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { migrating } from "../../src/stores/migrating.ts";
import type { RedisStore } from "../../src/stores/redis.ts";
import { aRow, inADay } from "../support/rows.ts";
import type { Connection } from "../support/servers/deployment.ts";
import { redisClientNames } from "../support/servers/redis-clients.ts";
import { deployRedis, type RedisDeployment } from "../support/servers/redis-deployments.ts";
import { type RedisServer, until } from "../support/servers/redis-server.ts";
import { type RedisTopology, startCluster, startReplicated } from "../support/servers/redis-topologies.ts";
import { Visitor } from "../support/visitor.ts";

const confirm = { replicas: 1, within: 400 };
const unconfirmed = { code: "ERR_STORE_UNCONFIRMED", message: expect.stringContaining("0 of 1 replicas") };

describe.each(redisClientNames)("removals that replicas confirm, %s", (client) => {
  let redis: RedisTopology;
  let deployment: RedisDeployment;
  let connection: Connection<RedisStore>;
  beforeEach(async () => {
    redis = await startReplicated();
    deployment = await deployRedis(redis, client, { confirm });
    connection = await deployment.connect();
  });
  afterEach(async () => {
    await connection.close();
    await redis.close();
  });

  test("a removal the replica has is confirmed, and a failover right after it brings nothing back", async () => {
    const patient = await deployRedis(redis, client, { confirm: { replicas: 1, within: 5_000 } });
    const { store, close } = await patient.connect();
    const rows = await Promise.all(
      Array.from({ length: 20 }, () => aRow({ userId: "alice" })).map((row) =>
        store.insert(row, inADay()).then(() => row),
      ),
    );
    const answers = await Promise.all(rows.map(({ id }) => store.remove(id)));
    expect(answers).toEqual(rows.map(() => true));
    await close();
    const promoted = await failOver(patient);
    expect(await Promise.all(rows.map(({ id }) => promoted.store.find(id)))).toEqual(rows.map(() => null));
    await promoted.close();
  });

  test("a logout that is tried again is confirmed by a replica that is back, and by none that is not", async () => {
    const manager = createSessionManager({ store: connection.store });
    const browser = new Visitor(manager);
    await browser.logIn("alice");
    const [, replica] = redis.servers;
    replica!.pause();
    await expect((await browser.signedIn()).end()).rejects.toMatchObject(unconfirmed);
    const again = await browser.open();
    expect(again.kind).toBe("anonymous");
    await expect(again.end()).rejects.toMatchObject(unconfirmed);
    expect(browser.jar.size).toBe(1);
    replica!.resume();
    await until(async () =>
      (await browser.open()).end().then(
        () => true,
        () => false,
      ),
    );
    expect(browser.jar.size).toBe(0);
  });

  test("a logout of a session that moves, or has moved, is confirmed by the store it moves to", async () => {
    const { store } = connection;
    const from = memoryStore();
    const moving = migrating({ from, to: store });
    const [here, moved] = [aRow({ userId: "alice" }), aRow({ userId: "alice" })];
    for (const row of [here, moved]) await from.insert(row, inADay());
    expect(await moving.find(moved.id)).toEqual(moved);
    const [, replica] = redis.servers;
    replica!.pause();
    for (const { id } of [here, moved]) {
      await expect(moving.remove(id)).rejects.toMatchObject(unconfirmed);
      await expect(moving.confirm?.(id)).rejects.toMatchObject(unconfirmed);
      expect(await moving.find(id)).toBe(null);
    }
    replica!.resume();
    for (const { id } of [here, moved])
      await until(
        async () =>
          moving.confirm?.(id).then(
            () => true,
            () => false,
          ) ?? false,
      );
  });

  test("a removal the replica does not have throws, and a failover right after it brings the session back", async () => {
    const { store } = connection;
    const row = aRow({ userId: "alice" });
    await store.insert(row, inADay());
    const [, replica] = redis.servers;
    await until(async () => (await replica!.ask("EXISTS", `${deployment.prefix}s:${row.id}`)) === ":1\r\n");
    await replica!.ask("REPLICAOF", "127.0.0.1", "1"); // From now on it hears nothing, and what it has stays.
    await expect(store.remove(row.id)).rejects.toMatchObject(unconfirmed);
    expect(await store.find(row.id)).toBe(null);
    await expect(store.remove(row.id), "nor is the next try told that all is well").rejects.toMatchObject(unconfirmed);
    expect(await store.idsOf({ userId: "alice" }), "so that revoking all is tried again").toEqual([row.id]);

    const promoted = await failOver();
    expect(await promoted.store.find(row.id)).toEqual(row);
    expect(await promoted.store.idsOf({ userId: "alice" })).toEqual([row.id]);
    await promoted.close();
  });

  test("sixteen removals at once without a replica do not wait sixteen times as long", async () => {
    redis.servers[1]!.pause();
    const start = performance.now();
    const answers = await Promise.allSettled(Array.from({ length: 16 }, () => connection.store.remove(aRow().id)));
    expect(answers.every(({ status }) => status === "rejected")).toBe(true);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test("end, revoke and revokeAll never report success for it, and say so in an event", async () => {
    const events: SessionEvent[] = [];
    const manager = createSessionManager({ store: connection.store, onEvent: (event) => events.push(event) });
    const [first, second, third] = [new Visitor(manager), new Visitor(manager), new Visitor(manager)];
    await first.logIn("alice");
    const { id } = await second.logIn("alice");
    await third.logIn("alice");
    const cookies = first.jar.size;
    redis.servers[1]!.pause();

    const session = await first.signedIn();
    await expect(session.end()).rejects.toMatchObject(unconfirmed);
    expect(first.jar.size, "the cookie is left, to try again with").toBe(cookies);
    await expect(manager.revoke({ id: id!, of: { userId: "alice" } })).rejects.toMatchObject(unconfirmed);
    await expect(manager.revokeAll("alice")).rejects.toMatchObject(unconfirmed);
    await expect(manager.revokeAll("alice"), "also the second time").rejects.toMatchObject(unconfirmed);
    const failures = events.filter(({ type }) => type === "store_failed");
    expect(new Set(failures.map((event) => JSON.stringify([event.severity, "code" in event && event.code])))).toEqual(
      new Set([JSON.stringify(["critical", "ERR_STORE_UNCONFIRMED"])]),
    );
    expect(events.some(({ type }) => type === "session_logout" || type === "session_expired")).toBe(false);

    redis.servers[1]!.resume();
    await until(() => manager.revokeAll("alice").then(() => true));
    const promoted = await failOver();
    expect(
      await promoted.store
        .idsOf({ userId: "alice" })
        .then((ids) => Promise.all(ids.map((one) => promoted.store.find(one)))),
    ).toEqual([null, null, null]);
    await promoted.close();
  });

  /** The primary is lost with what it has not handed on; the replica takes over. */
  async function failOver(of = deployment): Promise<Connection<RedisStore>> {
    const [primary, replica] = redis.servers;
    await primary!.kill();
    replica!.resume();
    await replica!.ask("REPLICAOF", "NO", "ONE");
    return of.connect({ port: replica!.port });
  }
});

describe("removals that replicas confirm, in a Cluster", () => {
  let redis: RedisTopology;
  beforeAll(async () => {
    redis = await startCluster();
  });
  afterAll(() => redis.close());

  test.each(redisClientNames)("each is confirmed by a replica of the node that had the key, %s", async (client) => {
    const deployment = await deployRedis(redis, client, { confirm: { replicas: 1, within: 500 } });
    const { store, close } = await deployment.connect();
    const rows = Array.from({ length: 8 }, (_, index) => aRow({ id: `session-${index}` as SessionId }));
    for (const row of rows) await store.insert(row, inADay());
    for (let times = 0; times < 4; times++) {
      // Its connections are open by then, and the replica that stood still before is back.
      await until(() => store.remove(aRow().id).then(() => true));
    }
    const [, second] = redis.servers;
    const replica = await replicaOf(second!);
    replica.pause();
    const outcomes: string[] = [];
    for (const { id } of rows) outcomes.push(await store.remove(id).then(String, ({ code }) => code));
    replica.resume();
    const owned = await Promise.all(rows.map(({ id }) => isOwnedBy(second!, `${deployment.prefix}s:${id}`)));
    expect(outcomes).toEqual(owned.map((isOwned) => (isOwned ? "ERR_STORE_UNCONFIRMED" : "true")));
    expect(owned).toContain(true);
    expect(owned).toContain(false);
    await close();
  });

  async function isOwnedBy({ ask }: RedisServer, key: string): Promise<boolean> {
    return !(await ask("GET", key)).startsWith("-MOVED");
  }

  async function replicaOf({ port }: RedisServer): Promise<RedisServer> {
    for (const server of redis.servers) {
      const state = await server.ask("INFO", "replication");
      if (state.includes("role:slave") && state.includes(`master_port:${port}\r`)) return server;
    }
    throw new Error(`${port} has no replica`);
  }
});
