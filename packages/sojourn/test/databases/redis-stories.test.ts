import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
import type { StoreChange, WatchableStore } from "../../src/core/store.ts";
import { createSessionManager } from "../../src/manager.ts";
import { type RedisStore, redisStore } from "../../src/stores/redis.ts";
import { aRow, inADay } from "../support/rows.ts";
import type { Connection } from "../support/servers/deployment.ts";
import { type ConnectedClient, connectClient, redisClientNames } from "../support/servers/redis-clients.ts";
import { deployRedis, type RedisDeployment } from "../support/servers/redis-deployments.ts";
import { until } from "../support/servers/redis-server.ts";
import { type RedisTopology, startRedis } from "../support/servers/redis-topologies.ts";
import { Visitor } from "../support/visitor.ts";

let redis: RedisTopology;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.close());
const ask = (...command: string[]) => redis.servers[0]!.ask(...command);

describe.each(redisClientNames)("a Redis store through %s", (client) => {
  let deployment: RedisDeployment;
  let connection: Connection<RedisStore & WatchableStore>;
  let store: RedisStore & WatchableStore;
  beforeEach(async () => {
    deployment = await deployRedis(redis, client, { heartbeat: 300 });
    connection = await deployment.connect();
    store = connection.store;
  });
  afterEach(() => connection.close());
  const key = (id: string) => `${deployment.prefix}s:${id}`;

  test("scripts the server has forgotten are sent again", async () => {
    const row = aRow({ userId: "alice" });
    await store.insert(row, inADay());
    await ask("SCRIPT", "FLUSH");
    expect(await store.update({ ...row, version: 2 })).toBe(true);
    await ask("SCRIPT", "FLUSH");
    expect(await store.idsOf({ userId: "alice" })).toEqual([row.id]);
    await ask("SCRIPT", "FLUSH");
    expect(await store.remove(row.id)).toBe(true);
  });

  test("an insert that the client sends again, long after the row was removed, brings nothing back", async () => {
    const row = aRow({ userId: "alice" });
    const { sent, store: heard } = await overhearing();
    await heard.insert(row, inADay());
    const again = sent.at(-1)!;
    expect(await store.remove(row.id)).toBe(true);
    await again();
    expect(await store.find(row.id)).toBe(null);
    await ask("DEL", key(row.id)); // The removal's own mark is gone as well by then.
    await again();
    expect(await store.find(row.id)).toBe(null);
  });

  test("an update or a removal that the client sends twice is carried out once, and says so both times", async () => {
    const row = aRow();
    await store.insert(row, inADay());
    const { sent, store: heard } = await overhearing();
    await heard.update({ ...row, version: 2, body: "2" });
    const updatedAgain = await sent.at(-1)!();
    expect(updatedAgain).toEqual(expect.any(Array));
    expect(await store.find(row.id)).toEqual({ ...row, version: 2, body: "2" });
    await heard.remove(row.id);
    expect(await sent.at(-1)!()).toEqual([1, "", ""]);
  });

  test("each row, index and tombstone goes by itself when it is over", async () => {
    const row = aRow({ userId: "alice", ref: "issuer sid" });
    await store.insert(row, inADay());
    await store.update({ ...row, version: 2 });
    await store.remove((await inserted()).id);
    const keys = (await ask("KEYS", `${deployment.prefix}*`))
      .split("\r\n")
      .filter((line) => line.startsWith(deployment.prefix));
    expect(keys).toHaveLength(4);
    for (const name of keys) expect(Number((await ask("PTTL", name)).slice(1)), name).toBeGreaterThan(0);
  });

  test("an index outlives each of its sessions, in whatever order they were added", async () => {
    const index = `${deployment.prefix}u:alice`;
    await store.insert(aRow({ userId: "alice" }), { indexUntil: Date.now() + 7_200_000 });
    await store.insert(aRow({ userId: "alice" }), { indexUntil: Date.now() + 3_600_000 });
    expect(Number((await ask("PTTL", index)).slice(1))).toBeGreaterThan(7_100_000);
    expect(await store.idsOf({ userId: "alice" })).toHaveLength(2);
  });

  test("an entry that a failover lost is back after the next update", async () => {
    const row = await inserted({ userId: "alice", ref: "issuer sid" });
    await ask("DEL", `${deployment.prefix}u:alice`, `${deployment.prefix}r:issuer sid`);
    await store.update({ ...row, version: 2 });
    expect(await store.idsOf({ userId: "alice" })).toEqual([row.id]);
    expect(await store.idsOf({ ref: "issuer sid" })).toEqual([row.id]);
  });

  test("what is over is pruned from an index, by its bound and the server's time", async () => {
    const index = `${deployment.prefix}u:alice`;
    await ask("ZADD", index, String(Date.now() - 120_000), "over", String(Date.now() + 120_000), "not-over");
    expect(await store.idsOf({ userId: "alice" })).toEqual(["not-over"]);
    expect(await ask("ZSCORE", index, "over")).toMatch(/-1/);
  });

  test.each([
    "",
    "garbage",
    "1",
    "1\0",
    "x\0y\0z",
    "1\x002\x003\0stamp\0user\0ref",
    "99999999999999999\x001\x001\0s\0u\0r\0b",
    "\0\0\0\0\0\0",
  ])("a value that nobody here wrote is a corrupt session, not a crash: %j", async (value) => {
    const id = "foreign" as SessionId;
    await ask("SET", key(id), value);
    expect(await store.find(id)).toMatchObject({ id, version: 0, userId: null, body: "" });
    expect(await store.update({ ...aRow(), id, version: 1 })).toBe(false);
    const manager = createSessionManager({ store });
    expect(await manager.revoke({ id: "AAAAAAAAAAAAAAAAAAAAAA" as SessionId, of: "any user" })).toBe(false);
    expect(await store.remove(id)).toBe(true);
    expect(await store.find(id)).toBe(null);
  });

  test("a key of another type says what to do", async () => {
    await ask("LPUSH", key("list"), "x");
    const todo = { code: "ERR_STORE_UNAVAILABLE", message: expect.stringContaining("choose a `prefix`") };
    await expect(store.find("list" as SessionId)).rejects.toMatchObject(todo);
    await expect(store.remove("list" as SessionId)).rejects.toMatchObject(todo);
  });

  test("watch tells what another process changes, until it is stopped", async () => {
    const other = await deployment.connect();
    const heard: StoreChange[] = [];
    const stop = await store.watch((change) => heard.push(change));
    const row = aRow({ userId: "alice" });
    await other.store.insert(row, inADay());
    await other.store.update({ ...row, version: 2 });
    await other.store.update({ ...row, version: 2 });
    await other.store.remove(row.id);
    await other.store.remove(row.id);
    await until(async () => heard.length >= 2);
    await setTimeout(700); // Longer than two heartbeats, and nothing is missing.
    expect(heard).toEqual([
      { kind: "updated", id: row.id },
      { kind: "removed", id: row.id },
    ]);
    await stop();
    await other.store.insert({ ...row, id: "later" as SessionId }, inADay());
    await other.store.remove("later" as SessionId);
    await other.close();
    expect(heard).toHaveLength(2);
  });

  test("a quiet update is written and told nobody", async () => {
    const heard: StoreChange[] = [];
    const stop = await store.watch((change) => heard.push(change));
    const row = aRow({ userId: "alice" });
    await store.insert(row, inADay());
    expect(await store.update({ ...row, version: 2, body: "used again" }, { quiet: true })).toBe(true);
    expect(await store.find(row.id)).toMatchObject({ version: 2, body: "used again" });
    await store.remove(row.id);
    await until(async () => heard.length >= 1);
    expect(heard).toEqual([{ kind: "removed", id: row.id }]);
    await stop();
  });

  test("a feed that is cut is a gap at once, and another when it is up again", async () => {
    const heard: StoreChange[] = [];
    const stop = await store.watch((change) => heard.push(change));
    await ask("CLIENT", "KILL", "TYPE", "pubsub");
    await until(async () => heard.length >= 2);
    expect(heard).toEqual([{ kind: "gap" }, { kind: "gap" }]);
    const row = await inserted();
    await store.remove(row.id);
    await until(async () => heard.length >= 3);
    expect(heard.at(-1)).toEqual({ kind: "removed", id: row.id });
    await stop();
  });

  test("a feed that is silent is a gap, within two heartbeats", async () => {
    const heard: StoreChange[] = [];
    const stop = await store.watch((change) => heard.push(change));
    const start = performance.now();
    redis.servers[0]!.pause();
    await until(async () => heard.length >= 1);
    const waited = performance.now() - start;
    redis.servers[0]!.resume();
    expect(waited).toBeLessThan(1_500);
    await until(async () => heard.length >= 2);
    await stop();
  });

  test("watch rejects where no message would come through", async () => {
    await ask("ACL", "SETUSER", "default", "-publish");
    try {
      await expect(store.watch(() => {})).rejects.toMatchObject({
        code: "ERR_STORE_UNAVAILABLE",
        message: expect.stringContaining("ACL"),
      });
    } finally {
      await ask("ACL", "SETUSER", "default", "+publish");
    }
  });

  test.each(["a server that hangs", "no right to subscribe"])(
    "%s: a watch that does not come up leaves no connection behind",
    async (why) => {
      const own = await connectClient(client, redis);
      const given = own.client as unknown as { duplicate(override?: object): { status?: string; isOpen?: boolean } };
      const made: { status?: string; isOpen?: boolean }[] = [];
      const duplicate = given.duplicate.bind(given);
      given.duplicate = (override) => {
        made.push(duplicate(override));
        return made.at(-1)!;
      };
      const watching = redisStore(own.client, { heartbeat: 300 });
      if (why === "a server that hangs") redis.servers[0]!.pause();
      else await ask("ACL", "SETUSER", "default", "resetchannels");
      try {
        await expect(watching.watch(() => {})).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
        await until(
          async () => made.length === 1 && made.every((each) => each.status === "end" || each.isOpen === false),
        );
      } finally {
        redis.servers[0]!.resume();
        await ask("ACL", "SETUSER", "default", "allchannels");
        await own.close();
      }
    },
  );

  test("a listener that throws hears on, and harms nobody else", async () => {
    const heard: StoreChange[] = [];
    const stop = await store.watch((change) => {
      heard.push(change);
      throw new Error("the listener's own");
    });
    const row = await inserted();
    await store.remove(row.id);
    await until(async () => heard.length >= 1);
    await ask("CLIENT", "KILL", "TYPE", "pubsub");
    await until(async () => heard.length >= 3);
    await stop();
    expect(heard).toEqual([{ kind: "removed", id: row.id }, { kind: "gap" }, { kind: "gap" }]);
  });

  test("errors and their causes hold nothing of what was sent", async () => {
    await ask("CONFIG", "SET", "maxmemory", "1");
    try {
      const error = await store.insert(aRow({ body: "very private" }), inADay()).catch((reason) => reason);
      expect(error.message).toMatch(/redis store.*out of memory.*maxmemory/);
      expect(error.cause).toBeInstanceOf(Error);
      expect(JSON.stringify([error, error.cause, Object.getOwnPropertyDescriptors(error.cause)])).not.toMatch(
        /private|args/,
      );
    } finally {
      await ask("CONFIG", "SET", "maxmemory", "0");
    }
  });

  test("two processes with clocks ten minutes apart serve one session, and log it out", async () => {
    const ahead = { now: () => Date.now() + 600_000, after: systemAfter };
    const here = createSessionManager({ store });
    const there = createSessionManager({ store, clock: ahead });
    const visitor = new Visitor(here);
    await visitor.logIn("alice");
    expect((await visitor.at(there).open()).kind).toBe("authenticated");
    await visitor.at(there).logIn("bob");
    expect((await visitor.open()).kind).toBe("authenticated");
    expect(await there.revokeAll("bob")).toBe(1);
    expect((await visitor.open()).kind).toBe("anonymous");
  });

  async function inserted(facts: Parameters<typeof aRow>[0] = {}) {
    const row = aRow(facts);
    await store.insert(row, inADay());
    return row;
  }

  /** A store whose commands can be sent again, byte for byte, as a client library does after a lost connection. */
  async function overhearing() {
    const sent: (() => Promise<unknown>)[] = [];
    const heard = new Proxy(connected.client, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...given: unknown[]) => {
          if (name === "call" || name === "sendCommand")
            sent.push(() => value.apply(target, given) as Promise<unknown>);
          return value.apply(target, given);
        };
      },
    });
    return { sent, store: redisStore(heard, { prefix: deployment.prefix }) };
  }
  let connected: ConnectedClient;
  beforeEach(async () => {
    connected = await connectClient(client, redis);
  });
  afterEach(() => connected.close());
});

const systemAfter = (milliseconds: number, action: () => void) => {
  const timer = globalThis.setTimeout(action, milliseconds);
  return () => clearTimeout(timer);
};

test("of a user with 10,000 sessions, revokeAll misses none while others log in", async () => {
  const deployment = await deployRedis(redis, "ioredis");
  const { store, close } = await deployment.connect();
  const manager = createSessionManager({ store });
  const users = Array.from({ length: 10_000 }, () => new Visitor(manager));
  for (let at = 0; at < users.length; at += 200) {
    await Promise.all(users.slice(at, at + 200).map((user) => user.logIn("alice")));
  }
  let logins = 0;
  let isRevoking = true;
  const before = [...users];
  const later: Visitor[] = [];
  const loggingIn = (async () => {
    while (isRevoking) {
      const visitor = new Visitor(manager);
      await visitor.logIn("alice");
      later.push(visitor);
      logins++;
    }
  })();
  const start = performance.now();
  const revoked = await manager.revokeAll("alice");
  const took = performance.now() - start;
  isRevoking = false;
  await loggingIn;
  let missed = 0;
  for (let at = 0; at < before.length; at += 500) {
    const kinds = await Promise.all(before.slice(at, at + 500).map((user) => user.open()));
    missed += kinds.filter(({ kind }) => kind !== "anonymous").length;
  }
  console.log(
    `redis: ${revoked} sessions revoked in ${Math.round(took)} ms, ${logins} logins meanwhile, ${missed} missed`,
  );
  expect(missed).toBe(0);
  expect(revoked).toBeGreaterThanOrEqual(10_000);
  await manager.revokeAll("alice");
  const standing = await Promise.all(later.map((user) => user.open()));
  expect(standing.every(({ kind }) => kind === "anonymous")).toBe(true);
  await close();
});

test.each(redisClientNames)("the access rules of docs/redis.md are enough, %s", async (client) => {
  const [rules = ""] = /(?<=\| ACL \| `)[^`]+/.exec(readFileSync("docs/redis.md", "utf8")) ?? [];
  const deployment = await deployRedis(redis, client);
  const { store, close } = await deployment.connect();
  await ask(
    "ACL",
    "SETUSER",
    "default",
    "resetkeys",
    "resetchannels",
    "-@all",
    "+acl", // For this test to give everything back.
    ...rules.split(" "),
    `~${deployment.prefix}*`,
    `&${deployment.prefix}*`,
  );
  try {
    const stop = await store.watch(() => {});
    const row = aRow({ userId: "alice", ref: "issuer sid" });
    await store.insert(row, inADay());
    expect(await store.update({ ...row, version: 2 })).toBe(true);
    expect(await store.idsOf({ userId: "alice" })).toEqual([row.id]);
    expect(await store.remove(row.id)).toBe(true);
    await stop();
    await (await deployment.connect()).close();
  } finally {
    await ask("ACL", "SETUSER", "default", "+@all", "allkeys", "allchannels");
    await close();
  }
});

test("an unset or wrong option is told, each with what to write instead", async () => {
  const { client, close } = await connectClient("ioredis", redis);
  const wrong = { prefix: 7, confirm: { replicas: 0, within: -1 }, heartbeat: "2s", ttl: 1 } as never;
  expect(() => redisStore(client, wrong)).toThrow(/5 problems/);
  // Timers of more than 24 days run at once, and a misspelt name would do nothing.
  const tooLong = { confirm: { replicas: 1, within: 2 ** 31, timeout: 1 }, heartbeat: 2 ** 31 } as never;
  expect(() => redisStore(client, tooLong)).toThrow(/3 problems/);
  expect(() => redisStore({} as never)).toThrow(/ioredis or iovalkey, or what createClient/);
  expect(() => redisStore(undefined as never)).toThrow(/`client` must be/);
  expect("watch" in redisStore(client, { publish: false })).toBe(false);
  await close();
});
