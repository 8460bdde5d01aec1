import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSessionManager } from "../../src/manager.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { aRow, inADay } from "../support/rows.ts";
import { redisClientNames } from "../support/servers/redis-clients.ts";
import { deployRedis } from "../support/servers/redis-deployments.ts";
import { type RedisTopology, startRedis } from "../support/servers/redis-topologies.ts";
import { Visitor } from "../support/visitor.ts";

let redis: RedisTopology;
let other: RedisTopology;
beforeAll(async () => {
  [redis, other] = await Promise.all([startRedis(), startRedis()]);
});
afterAll(() => Promise.all([redis.close(), other.close()]));

describe.each(redisClientNames)("walking through a Redis store, %s", (client) => {
  test("a place that another server gave, or nobody, is refused: nothing is left out in silence", async () => {
    const [here, there] = [await deployRedis(redis, client), await deployRedis(other, client)];
    const [{ store, close }, elsewhere] = [await here.connect(), await there.connect()];
    for (let count = 0; count < 500; count++) await store.insert(aRow({ id: idOf(count) }), inADay());
    const { next } = await store.walk(null, 10);
    expect(next).not.toBeNull();
    await expect(elsewhere.store.walk(next, 10)).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
    for (const place of ["", "0", "[]", "{}", '[["a"],0,"0"]', '[[],0,"x"]', "null"])
      await expect(store.walk(place, 10), place).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
    await close();
    await elsewhere.close();
  });

  test("an incident is contained, and undone", async () => {
    const deployment = await deployRedis(redis, client);
    const { store, close } = await deployment.connect();
    const manager = createSessionManager({ store });
    const alice = new Visitor(manager);
    await alice.logIn("alice", { label: "Firefox on Linux" });
    expect(await manager.contain({ all: true }, { name: "incident", action: "lock" })).toMatchObject({ changed: 1 });
    expect((await alice.open()).kind).toBe("locked");
    expect(await manager.undoContainment("incident")).toMatchObject({ changed: 1 });
    expect((await alice.open()).kind).toBe("authenticated");
    await close();
  });
});

test("a prefix is taken as it is, and what is not a row is passed over", async () => {
  const client = new Redis(redis.servers[0]!.port, "127.0.0.1");
  const [starred, plain] = [redisStore(client, { prefix: "a*[b]?\\:" }), redisStore(client, { prefix: "axxb:" })];
  await starred.insert(aRow({ id: idOf(1) }), inADay());
  await plain.insert(aRow({ id: idOf(2) }), inADay());
  await plain.insert(aRow({ id: idOf(3) }), inADay());
  await plain.remove(idOf(3));
  // To the last page: one may hold none.
  async function walked(store: typeof plain) {
    const ids: string[] = [];
    let from: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof store.walk>> = await store.walk(from, 1_000);
      ids.push(...page.rows.map(({ id }) => id));
      from = page.next;
    } while (from !== null);
    return ids;
  }
  expect(await walked(starred)).toEqual([idOf(1)]);
  expect(await walked(plain)).toEqual([idOf(2)]);
  client.disconnect();
});

function idOf(number: number): ReturnType<typeof aRow>["id"] {
  return String(number).padStart(22, "0") as ReturnType<typeof aRow>["id"];
}
