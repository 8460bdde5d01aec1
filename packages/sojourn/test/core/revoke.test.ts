import { expect, test } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
import { anonymous, said } from "../support/kinds.ts";
import type { Visitor } from "../support/visitor.ts";
import { type World, world } from "../support/world.ts";

type Data = Record<string, unknown>;

/** Alice on a laptop, then on a phone, then on a tablet, a minute apart; Bob on his own. */
async function devices(here: World = world()) {
  const [laptop, phone, tablet, bob] = [here.newcomer(), here.newcomer(), here.newcomer(), here.newcomer()];
  const ids: SessionId[] = [];
  for (const device of [laptop, phone, tablet]) {
    ids.push((await device.logIn("alice", { level: "aal2" })).id);
    here.clock.advance("1m");
  }
  const bobs = await bob.logIn("bob");
  here.news();
  return { ...here, laptop, phone, tablet, bob, ids, bobs };
}

async function words(visitors: readonly Visitor<Data>[]): Promise<readonly string[]> {
  return Promise.all(visitors.map(async (visitor) => said(await visitor.copy().open())));
}

test("your devices: what is not over, the last used first, and no secrets", async () => {
  const { manager, laptop, ids, clock } = await devices();
  await laptop.open();
  const start = clock.now() - 180_000;
  const list = await manager.list("alice");
  expect(list.map(({ id }) => id)).toEqual([ids[0], ids[2], ids[1]]);
  expect(list[0]).toEqual({
    id: ids[0],
    label: null,
    kind: "authenticated",
    lockedFor: null,
    boundSince: null,
    level: "aal2",
    methods: [],
    remembered: false,
    authenticatedAt: start,
    lastSeenAt: clock.now(),
    endsAt: { idle: clock.now() + 1_800_000, absolute: start + 28_800_000 },
  });
  expect(await manager.list("nobody")).toEqual([]);
});

test("lists leave out what is idle, over, sealed or unreadable", async () => {
  const here = await devices();
  const { manager, clock, rewrite, rows, ids, row, laptop } = here;
  clock.advance("27m");
  expect(await manager.list("alice")).toHaveLength(2);
  await rewrite(ids[1]!, (record) => ({ ...record, sealed: true }));
  expect((await manager.list("alice")).map(({ id }) => id)).toEqual([ids[2]]);
  const { userId: _userId, ref: _ref, ...damaged } = await row(ids[2]!);
  await rows.update({ ...damaged, version: damaged.version + 1, body: "{}" });
  expect(await manager.list("alice")).toEqual([]);
  expect(said(await laptop.open())).toBe("anonymous, idle");
});

test("an id in the index whose row is gone is left out", async () => {
  const here = await devices();
  const { store, node, rows, ids } = here;
  const superset = { ...store, idsOf: async () => [...ids, "gone-gone-gone-gone-22" as SessionId] };
  expect(await node({ store: superset }).list("alice")).toHaveLength(3);
  expect(await node({ store: superset }).revokeAll("alice")).toBe(3);
  expect(await rows.idsOf({ userId: "alice" })).toEqual([]);
});

test("a user with many sessions has them all listed and all revoked", async () => {
  const { newcomer, manager, rowsNow } = world();
  for (let count = 0; count < 40; count++) await newcomer().logIn("alice");
  expect(await manager.list("alice")).toHaveLength(40);
  expect(await manager.revokeAll("alice")).toBe(40);
  expect(await rowsNow()).toEqual([]);
});

test("revoking one ends one, and says so", async () => {
  const { manager, ids, laptop, phone, tablet, bob, events, news } = await devices();
  expect(await manager.revoke({ id: ids[1]!, of: { userId: "alice" } })).toBe(true);
  expect(news()).toEqual(["session_expired"]);
  expect(events.at(-1)).toMatchObject({ severity: "info", reason: "revoked", sessionId: ids[1], userId: "alice" });
  expect(await words([laptop, phone, tablet, bob])).toEqual([
    "authenticated, alice",
    "anonymous, unknown",
    "authenticated, alice",
    "authenticated, bob",
  ]);
  expect(await manager.revoke({ id: ids[1]!, of: { userId: "alice" } })).toBe(false);
});

test("ids are public: nobody revokes another user's session with one", async () => {
  const { manager, bobs, bob, news } = await devices();
  expect(await manager.revoke({ id: bobs.id, of: { userId: "alice" } })).toBe(false);
  expect(said(await bob.open())).toBe("authenticated, bob");
  expect(news()).toEqual([]);
  expect(await manager.revoke({ id: bobs.id, of: "any user" })).toBe(true);
  expect(said(await bob.open())).toBe("anonymous, unknown");
});

test("an anonymous session belongs to no user; anybody's revocation reaches it", async () => {
  const { newcomer, manager, events } = world();
  const session = anonymous(await newcomer().open());
  await session.csrfToken();
  expect(await manager.revoke({ id: session.id!, of: { userId: "alice" } })).toBe(false);
  expect(await manager.revoke({ id: session.id!, of: "any user" })).toBe(true);
  expect(events.at(-1)).toMatchObject({ type: "session_expired", userId: null });
});

test("a row that cannot be read can still be revoked, by who may revoke any", async () => {
  const { manager, rows, row, ids } = await devices();
  const { userId: _userId, ref: _ref, ...damaged } = await row(ids[0]!);
  await rows.update({ ...damaged, version: damaged.version + 1, body: "" });
  expect(await manager.revoke({ id: ids[0]!, of: { userId: "alice" } })).toBe(false);
  expect(await manager.revoke({ id: ids[0]!, of: "any user" })).toBe(true);
});

test.each([["short"], [""], [null], [7], [`${"a".repeat(22)}.x`], [["a".repeat(22)]], ["'; DROP TABLE sessions; --"]])(
  "what is no id revokes nothing and asks no store: %j",
  async (id) => {
    const { manager, store } = world();
    expect(await manager.revoke({ id: id as SessionId, of: "any user" })).toBe(false);
    expect(store.calls.find).toBe(0);
  },
);

test("the owner must be said", async () => {
  const { manager, ids } = await devices();
  const unsaid = manager.revoke({ id: ids[0]! } as never);
  await expect(unsaid).rejects.toThrow(new TypeError("revoke({ of: { userId } }): write a string that is not empty"));
  await expect(manager.list("")).rejects.toThrow(new TypeError("list(userId): write a string that is not empty"));
  await expect(manager.revokeAll("a\0")).rejects.toThrow("revokeAll(userId): no NUL and no lone surrogates");
});

test("log out everywhere ends every session of the user, and nobody else's", async () => {
  const { manager, laptop, phone, tablet, bob, events, news } = await devices();
  expect(await manager.revokeAll("alice")).toBe(3);
  expect(news()).toEqual(["session_expired", "session_expired", "session_expired"]);
  expect(events.at(-1)).toMatchObject({ reason: "revoked-all", userId: "alice" });
  expect(await words([laptop, phone, tablet, bob])).toEqual([
    "anonymous, unknown",
    "anonymous, unknown",
    "anonymous, unknown",
    "authenticated, bob",
  ]);
  expect(await manager.revokeAll("alice")).toBe(0);
});

test("log out everywhere ends what is idle and what cannot be read, too", async () => {
  const { manager, clock, rows, row, ids, rowsNow, bobs } = await devices();
  const { userId: _userId, ref: _ref, ...damaged } = await row(ids[0]!);
  await rows.update({ ...damaged, version: damaged.version + 1, body: "" });
  clock.advance("1h");
  expect(await manager.revokeAll("alice")).toBe(3);
  expect((await rowsNow()).map(({ id }) => id)).toEqual([bobs.id]);
});

test("where one removal fails the rest is tried, and the failure is thrown, never a success by mistake", async () => {
  const { manager, store, ids, rowsNow, bobs, events, news } = await devices();
  store.failNext("remove", new Error("no connection"));
  store.hold("remove").release();
  store.hold("remove").release();
  store.failNext("remove", new Error("no connection"));
  store.failNext("remove", new Error("no connection"));
  await expect(manager.revokeAll("alice")).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE", status: 503 });
  expect((await rowsNow()).map(({ id }) => id).sort()).toEqual([ids[0], bobs.id].sort());
  expect(news().toSorted()).toEqual(["session_expired", "session_expired", "store_failed"]);
  expect(events.find(({ type }) => type === "store_failed")).toMatchObject({
    severity: "critical",
    operation: "revoke",
    code: "ERR_STORE_UNAVAILABLE",
    sessionId: ids[0],
  });
  expect(await manager.revokeAll("alice")).toBe(1);
});

test("a removal whose answer was lost is asked again and counts", async () => {
  const { manager, store, ids, whileTimePasses, news } = await devices();
  store.loseAnswer("remove");
  expect(await whileTimePasses(manager.revoke({ id: ids[0]!, of: "any user" }))).toBe(true);
  expect(news()).toEqual(["session_expired"]);
});

test("a session that somebody else removed first is not counted", async () => {
  const { manager, store, ids, rows, news } = await devices();
  const held = store.hold("remove");
  const revoking = manager.revoke({ id: ids[0]!, of: { userId: "alice" } });
  await held.reached;
  await rows.remove(ids[0]!);
  held.release();
  expect(await revoking).toBe(false);
  expect(news()).toEqual([]);
});

test("sweeping removes what has been over for an hour, at most as many as was said, and nothing else", async () => {
  const { newcomer, manager, clock, rowsNow, store } = world();
  for (let count = 0; count < 5; count++) await newcomer().logIn("alice");
  clock.advance("89m");
  const late = newcomer();
  await late.logIn("alice");
  expect(await manager.sweep()).toBe(0);
  clock.advance("1m");
  expect(await manager.sweep(3)).toBe(3);
  expect(await manager.sweep(3)).toBe(2);
  expect(await manager.sweep()).toBe(0);
  expect(await rowsNow()).toHaveLength(1);
  expect(said(await late.open())).toBe("authenticated, alice");
  expect(store.calls.removeExpired).toBe(4);
});

test("one sweep removes a thousand unless told otherwise", async () => {
  const here = world();
  const asked: number[] = [];
  const counting = {
    ...here.store,
    removeExpired: async (_before: number, limit: number) => {
      asked.push(limit);
      return 0;
    },
  };
  await here.node({ store: counting }).sweep();
  expect(asked).toEqual([1_000]);
});

test.each([[0], [-1], [1.5], [Number.NaN], [Number.POSITIVE_INFINITY], ["10"]])(
  "a sweep of %j is a TypeError",
  async (limit) => {
    const attempt = world().manager.sweep(limit as number);
    await expect(attempt).rejects.toThrow(new TypeError("sweep(limit): write a whole number from 1"));
  },
);

test("a sweep may take ten times as long as a write", async () => {
  const { manager, store, clock, whileTimePasses } = world({ deadlines: { write: "1s" } });
  const start = clock.now();
  store.loseRequest("removeExpired");
  await expect(whileTimePasses(manager.sweep())).rejects.toThrow(
    'The memory store did not answer "removeExpired" within 10000 ms',
  );
  expect(clock.now() - start).toBe(10_000);
});

test("an index that names another user's session lists and counts nothing of it", async () => {
  const { node, store, bobs, ids } = await devices();
  const mixed = node({ store: { ...store, idsOf: async () => [...ids, bobs.id] } });
  expect((await mixed.list("alice")).map(({ id }) => id)).not.toContain(bobs.id);
  expect(await mixed.privilegesChanged("alice")).toBe(3);
});

test("lists and revocations go past caches and replicas", async () => {
  const { node, store, ids } = await devices();
  const asked: unknown[] = [];
  const listening = {
    ...store,
    find: (id: SessionId, options?: { readonly fresh?: boolean }) => {
      asked.push(options);
      return store.find(id, options);
    },
  };
  const manager = node({ store: listening });
  await manager.list("alice");
  await manager.revoke({ id: ids[0]!, of: { userId: "alice" } });
  expect(asked).toEqual(Array(4).fill({ fresh: true }));
});

test("log out everywhere asks the store sixteen things at a time, and each once", async () => {
  const here = world();
  for (let count = 0; count < 40; count++) await here.newcomer().logIn("alice");
  let running = 0;
  let most = 0;
  const watched = {
    ...here.store,
    remove: async (id: SessionId) => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      return here.store.remove(id);
    },
  };
  expect(await here.node({ store: watched }).revokeAll("alice")).toBe(40);
  expect([most, here.store.calls.remove]).toEqual([16, 40]);
});
