import { describe, expect, test } from "vitest";
import { OptionsError } from "../../src/core/errors.ts";
import type { SessionId } from "../../src/core/ids.ts";
import type { PollableStore, SessionStore, StoreChange, StoredSession, WatchableStore } from "../../src/core/store.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { nearCache } from "../../src/stores/near-cache.ts";
import { storeChecks, testClock } from "../../src/testing/index.ts";
import { authenticated, said } from "../support/kinds.ts";
import { whileTimePasses, world } from "../support/world.ts";

const options = { entries: 100, maxAge: "30s" } as const;

describe("store contract: near cache over memory", () => {
  const checks = storeChecks(async () => {
    const store = memoryStore();
    const caches = [1, 2].map(() => nearCache(store, options));
    await Promise.all(caches.map((cache) => cache.ready()));
    return { stores: caches, close: async () => void (await Promise.all(caches.map((cache) => cache.close()))) };
  });
  for (const check of checks) test(check.name, () => check.run());
});

function aRow(id = "s1", facts: Partial<StoredSession> = {}): StoredSession {
  return { id: id as SessionId, version: 1, userId: "alice", ref: null, expiresAt: 9e12, body: "{}", ...facts };
}

/** A store in memory that counts its reads, and whose feed a test can break and mend. */
function watchedStore() {
  const inner = memoryStore();
  const listeners = new Set<(change: StoreChange) => void>();
  let reads = 0;
  let isReachable = true;
  const store: WatchableStore = {
    ...inner,
    find(...given) {
      reads++;
      return inner.find(...given);
    },
    async watch(listener) {
      if (!isReachable) throw new Error("unreachable");
      listeners.add(listener);
      const stop = await inner.watch((change) => listeners.has(listener) && listener(change));
      return async () => {
        listeners.delete(listener);
        await stop();
      };
    },
  };
  return {
    store,
    elsewhere: inner as SessionStore,
    reads: () => reads,
    watchers: () => listeners.size,
    cut() {
      isReachable = false;
      for (const listener of [...listeners]) listener({ kind: "gap" });
    },
    mend() {
      isReachable = true;
    },
  };
}

async function cachedSession() {
  const clock = testClock();
  const watched = watchedStore();
  const cache = nearCache(watched.store, { ...options, clock });
  await cache.ready();
  const row = aRow();
  await cache.insert(row, { indexUntil: row.expiresAt });
  await cache.find(row.id);
  return { ...watched, clock, cache, row };
}

test("what was read once is served from memory", async () => {
  const { cache, row, reads } = await cachedSession();
  for (let times = 0; times < 9; times++) expect(await cache.find(row.id)).toEqual(row);
  expect(reads()).toBe(1);
  expect(cache.stats).toEqual({ hits: 9, misses: 1, drops: 0, gaps: 0, entries: 1, feed: "up" });
});

test("what is asked fresh is never from memory", async () => {
  const { cache, row, reads } = await cachedSession();
  await cache.find(row.id, { fresh: true });
  expect(reads()).toBe(2);
});

test("a removal and an update anywhere drop it at once", async () => {
  const { cache, row, elsewhere } = await cachedSession();
  await elsewhere.update({ ...row, version: 2, body: "changed" });
  expect(await cache.find(row.id)).toMatchObject({ version: 2, body: "changed" });
  await elsewhere.remove(row.id);
  expect(await cache.find(row.id)).toBeNull();
  expect(cache.stats).toMatchObject({ drops: 2, entries: 0 });
});

test("one's own update and removal too, also where no feed tells of them", async () => {
  const store = { ...memoryStore(), watch: async () => async () => {} };
  const cache = nearCache(store, options);
  await cache.ready();
  const row = aRow();
  await cache.insert(row, { indexUntil: row.expiresAt });
  await cache.find(row.id);
  await cache.update({ ...row, version: 2 });
  expect(await cache.find(row.id)).toMatchObject({ version: 2 });
  await cache.remove(row.id);
  expect(await cache.find(row.id)).toBeNull();
});

test("what is absent is asked for every time", async () => {
  const { cache, reads } = await cachedSession();
  for (let times = 0; times < 3; times++) expect(await cache.find("nobody" as SessionId)).toBeNull();
  expect(reads()).toBe(4);
});

test("nothing is served for longer than maxAge, used or not, and nothing where a clock went back", async () => {
  const { cache, row, reads, clock } = await cachedSession();
  clock.advance("29s");
  await cache.find(row.id);
  expect(reads()).toBe(1);
  clock.advance("1s");
  await cache.find(row.id);
  expect(reads()).toBe(2);
  clock.set(clock.now() - 1);
  await cache.find(row.id);
  expect(reads()).toBe(3);
});

test("the session that was not used for longest makes room", async () => {
  const clock = testClock();
  const { store, reads } = watchedStore();
  const cache = nearCache(store, { entries: 2, maxAge: "30s", clock });
  await cache.ready();
  for (const id of ["s1", "s2", "s3"]) await cache.insert(aRow(id), { indexUntil: 0 });
  for (const id of ["s1", "s2", "s1", "s3", "s1"]) await cache.find(id as SessionId);
  expect([reads(), cache.stats.entries]).toEqual([3, 2]);
  await cache.find("s2" as SessionId);
  expect(reads()).toBe(4);
});

test("many requests at once that miss share one read", async () => {
  const { store, reads } = watchedStore();
  const cache = nearCache(store, options);
  await cache.ready();
  await cache.insert(aRow(), { indexUntil: 0 });
  await Promise.all(Array.from({ length: 20 }, () => cache.find(aRow().id)));
  expect(reads()).toBe(1);
});

test("a read that is not answered holds up nobody who comes later", async () => {
  const clock = testClock();
  const { store } = watchedStore();
  let isSilent = true;
  const find: SessionStore["find"] = (...given) => (isSilent ? new Promise(() => {}) : store.find(...given));
  const cache = nearCache({ ...store, find }, { ...options, clock });
  await cache.ready();
  await cache.insert(aRow(), { indexUntil: 0 });
  void cache.find(aRow().id);
  isSilent = false;
  clock.advance("1s");
  expect(await cache.find(aRow().id)).toEqual(aRow());
});

test("a gap drops everything, and until the feed is up again every read goes to the store", async () => {
  const { cache, row, reads, clock, cut, mend, watchers } = await cachedSession();
  cut();
  expect(cache.stats).toMatchObject({ entries: 0, gaps: 1, feed: "down" });
  for (let times = 0; times < 3; times++) await cache.find(row.id);
  expect(reads()).toBe(4);
  mend();
  await whileTimePasses(clock, untilUp(cache));
  await cache.find(row.id);
  await cache.find(row.id);
  expect(reads()).toBe(5);
  expect(watchers()).toBe(1);
});

test("a feed that cannot be had is tried again, ever more slowly, and ready says what is wrong", async () => {
  const { store, cut, mend } = watchedStore();
  const clock = testClock();
  cut();
  const cache = nearCache(store, { ...options, clock });
  await expect(cache.ready()).rejects.toThrow("unreachable");
  expect(await cache.find(aRow().id)).toBeNull();
  mend();
  await whileTimePasses(clock, untilUp(cache));
  await cache.ready();
  expect(cache.stats.gaps).toBe(0);
});

test("nothing runs before the first read, and nothing after close", async () => {
  const clock = testClock();
  const { store, reads, watchers } = watchedStore();
  const cache = nearCache(store, { ...options, clock });
  expect([watchers(), clock.pendingTimers, cache.stats.feed]).toEqual([0, 0, "off"]);
  await cache.insert(aRow(), { indexUntil: 0 });
  await cache.find(aRow().id);
  await whileTimePasses(clock, untilUp(cache));
  await cache.close();
  expect([watchers(), clock.pendingTimers, cache.stats.feed, cache.stats.entries]).toEqual([0, 0, "off", 0]);
  const before = reads();
  await cache.find(aRow().id);
  await cache.find(aRow().id);
  expect(reads() - before).toBe(2);
  await expect(cache.ready()).rejects.toThrow("closed");
});

/** A store that cannot push. */
function polledStore() {
  const inner = memoryStore();
  const asked: (readonly SessionId[])[] = [];
  let answer: "versions" | "failure" | "silence" = "versions";
  const { watch: _watch, ...silent } = inner;
  const store: PollableStore = {
    ...silent,
    async versionsOf(ids) {
      asked.push(ids);
      if (answer === "failure") throw new Error("unreachable");
      if (answer === "silence") return new Promise(() => {});
      const rows = await Promise.all(ids.map((id) => inner.find(id)));
      return new Map(rows.flatMap((row) => (row ? [[row.id, row.version] as const] : [])));
    },
  };
  const answers = (next: typeof answer) => {
    answer = next;
  };
  return { store, asked, elsewhere: inner as SessionStore, answers };
}

async function polledSession(count = 1) {
  const clock = testClock();
  const polled = polledStore();
  const cache = nearCache(polled.store, { entries: 2_000, maxAge: "30s", pollEvery: "1s", clock });
  await cache.ready();
  for (let number = 0; number < count; number++) {
    await cache.insert(aRow(`s${number}`), { indexUntil: 0 });
    await cache.find(`s${number}` as SessionId);
  }
  const pass = (milliseconds: number) =>
    whileTimePasses(clock, new Promise<void>((resolve) => clock.after(milliseconds, resolve)));
  return { ...polled, cache, clock, pass };
}

test("where there is no push, versions are polled: what changed elsewhere is dropped within one interval", async () => {
  const { cache, elsewhere, pass } = await polledSession(2);
  await elsewhere.remove("s0" as SessionId);
  await elsewhere.update({ ...aRow("s1"), version: 2 });
  expect(await cache.find("s0" as SessionId)).not.toBeNull();
  await pass(1_000);
  expect(await cache.find("s0" as SessionId)).toBeNull();
  expect(await cache.find("s1" as SessionId)).toMatchObject({ version: 2 });
});

test("polls ask in batches, one after the other, and for what is held alone", async () => {
  const { asked, pass } = await polledSession(1_201);
  asked.length = 0;
  await pass(1_000);
  expect(asked.map(({ length }) => length)).toEqual([500, 500, 201]);
});

test.each(["failure", "silence"] as const)("a poll that ends in %s is a gap", async (answer) => {
  const { cache, answers, pass } = await polledSession();
  answers(answer);
  await pass(2_100);
  expect(cache.stats).toMatchObject({ feed: "down", entries: 0 });
  answers("versions");
  await pass(10_000);
  expect(cache.stats.feed).toBe("up");
});

test("after close nothing is polled", async () => {
  const { cache, asked, clock, pass } = await polledSession();
  await cache.close();
  asked.length = 0;
  expect(clock.pendingTimers).toBe(0);
  await pass(10_000);
  expect(asked).toEqual([]);
});

test("a request that is turned away was always looked up fresh", async () => {
  const here = world({ policy: { renew: { every: "15m", grace: "1m" } } });
  const asked: ("memory" | "fresh")[] = [];
  const cache = nearCache(here.rows, { ...options, maxAge: "1d", clock: here.clock });
  await cache.ready();
  const recording: SessionStore = {
    ...cache,
    find(id, given) {
      asked.push(given?.fresh ? "fresh" : "memory");
      return cache.find(id, given);
    },
  };
  const manager = here.node({ store: recording });
  const alice = here.newcomer().at(manager);
  await alice.logIn("alice");
  await alice.open();
  asked.length = 0;
  expect(said(await alice.open())).toBe("authenticated, alice");
  expect(asked).toEqual(["memory"]);

  const turnedAway = async (visitor: typeof alice, because: string) => {
    asked.length = 0;
    expect(said(await visitor.open())).toBe(`anonymous, ${because}`);
    expect(asked.at(-1), because).toBe("fresh");
  };
  const guesser = alice.copy();
  guesser.token = alice.token.slice(0, 23).padEnd(alice.token.length, "A");
  await turnedAway(guesser, "mismatch");
  const stranger = alice.copy();
  stranger.token = `AAAAAAAAAAAAAAAAAAAAAA${alice.token.slice(22)}`;
  await turnedAway(stranger, "unknown");
  const old = alice.copy();
  await (await alice.signedIn()).elevate("aal2");
  await turnedAway(old, "superseded");
  here.clock.advance("10m");
  await turnedAway(old, "replay");
  await turnedAway(alice, "unknown");
  const bob = here.newcomer().at(manager);
  await bob.logIn("bob");
  await bob.open();
  here.clock.advance("7d");
  await turnedAway(bob, "absolute");
});

test("after revoke returns, no node that has heard of it serves the session", async () => {
  const here = world();
  const caches = [1, 2].map(() => nearCache(here.rows, { ...options, clock: here.clock }));
  await Promise.all(caches.map((cache) => cache.ready()));
  const [one, two] = caches.map((store) => here.node({ store }));
  const alice = here.newcomer().at(one!);
  const { id } = authenticated(await alice.logIn("alice"));
  for (const manager of [one!, two!]) expect(said(await alice.at(manager).open())).toBe("authenticated, alice");
  expect(caches.map(({ stats }) => stats.entries)).toEqual([1, 1]);
  await one!.revoke({ id, of: { userId: "alice" } });
  for (const manager of [one!, two!]) expect(said(await alice.at(manager).open())).toBe("anonymous, unknown");
});

test("every problem of the options is reported at once", () => {
  const { watch: _watch, ...deaf } = memoryStore();
  const build = () =>
    nearCache(deaf as never, { entries: 0, maxAge: "soon", pollEvery: "x", size: 1, clock: 1 } as never);
  expect(build).toThrow(OptionsError);
  expect(build).toThrow("6 problems");
  expect(() => nearCache(memoryStore(), undefined as never)).toThrow("write { entries: 10_000");
});

async function untilUp(cache: ReturnType<typeof nearCache>): Promise<void> {
  while (cache.stats.feed !== "up") await new Promise((resolve) => setImmediate(resolve));
}
