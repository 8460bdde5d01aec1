import { expect, test } from "vitest";
import { commit } from "../../src/core/commit.ts";
import { createDataRules } from "../../src/core/data.ts";
import { defaultPolicy } from "../../src/core/policy.ts";
import { type RandomSource, systemRandom } from "../../src/core/random.ts";
import type { SessionRecord } from "../../src/core/record.ts";
import { rulesOf } from "../../src/core/rules.ts";
import type { AuthenticatedSession } from "../../src/core/session.ts";
import { createStorage } from "../../src/core/storage.ts";
import type { StoredUpdate } from "../../src/core/store.ts";
import { world } from "../support/world.ts";

type Data = Record<string, unknown>;
const unknownOutcome = { code: "ERR_SESSION_OUTCOME_UNKNOWN", status: 503 };

/** Alice's session with a counter, and a second request of hers; every update that reaches the store is written down. */
async function counter() {
  const here = world();
  const sent: StoredUpdate[] = [];
  const listening = {
    ...here.store,
    update: (row: StoredUpdate) => {
      sent.push(row);
      return here.store.update(row);
    },
  };
  const browser = here.newcomer().at(here.node({ store: listening }));
  const session = await browser.logIn("alice");
  await set(session, 0);
  const other = await browser.signedIn();
  sent.length = 0;
  return { ...here, browser, session, other, sent, id: session.id };
}

function set(session: AuthenticatedSession<Data>, count: number): Promise<void> {
  return session.update((draft) => {
    draft.count = count;
  });
}

function increment(session: AuthenticatedSession<Data>): Promise<void> {
  return session.update((draft) => {
    draft.count = (draft.count as number) + 1;
  });
}

test("the answer was lost: the row has the writer's own mark, and nothing is written twice", async () => {
  const { session, store, sent, whileTimePasses, row, id } = await counter();
  const { version } = await row(id);
  store.loseAnswer("update");
  await whileTimePasses(increment(session));
  expect(session.data).toEqual({ count: 1 });
  expect(sent).toHaveLength(1);
  expect((await row(id)).version).toBe(version + 1);
});

test("the answer was an error, and the write was applied: the same", async () => {
  const { session, store, sent } = await counter();
  store.loseAnswer("update", { as: "error" });
  await increment(session);
  expect(session.data).toEqual({ count: 1 });
  expect(sent).toHaveLength(1);
});

test("the request was lost and nobody moved the row: the very same bytes are sent again", async () => {
  const { session, store, sent, whileTimePasses } = await counter();
  store.loseRequest("update");
  store.loseRequest("update", { as: "error" });
  await whileTimePasses(increment(session));
  expect(session.data).toEqual({ count: 1 });
  expect(sent).toHaveLength(3);
  expect(sent[1]).toEqual(sent[0]);
  expect(sent[2]).toEqual(sent[0]);
});

test("three times silence: it cannot be told, and that is what is said", async () => {
  const { session, store, sent, whileTimePasses } = await counter();
  for (let times = 0; times < 3; times++) store.loseRequest("update");
  const attempt = whileTimePasses(increment(session));
  await expect(attempt).rejects.toMatchObject({ ...unknownOutcome, cause: { code: "ERR_STORE_UNAVAILABLE" } });
  await expect(attempt).rejects.toThrow(
    `A write to session ${session.id} was sent and it cannot be told whether it was applied; look before you try again`,
  );
  expect(sent).toHaveLength(3);
  expect(session.data).toEqual({ count: 0 });
});

test("a write that was delayed and resent is applied once", async () => {
  const { session, store, whileTimePasses, row, id } = await counter();
  const { version } = await row(id);
  const delayed = store.hold("update");
  const writing = whileTimePasses(increment(session));
  await writing;
  delayed.release();
  await Promise.resolve();
  expect((await row(id)).version).toBe(version + 1);
  expect(session.data).toEqual({ count: 1 });
});

test("seven others wrote after the lost answer: the mark is still there", async () => {
  const { session, other, store, sent, whileTimePasses } = await counter();
  const lost = store.hold("update", { on: "answer" });
  const writing = increment(session);
  await lost.reached;
  for (let writes = 0; writes < 7; writes++) await increment(other);
  await whileTimePasses(writing);
  expect(session.data).toEqual({ count: 8 });
  expect(sent).toHaveLength(8 + 1);
});

test("eight others wrote after the lost answer: it cannot be told any more", async () => {
  const { session, other, store, whileTimePasses, record, id } = await counter();
  const lost = store.hold("update", { on: "answer" });
  const writing = increment(session);
  await lost.reached;
  for (let writes = 0; writes < 8; writes++) await increment(other);
  await expect(whileTimePasses(writing)).rejects.toMatchObject(unknownOutcome);
  expect((await record(id)).data.value).toEqual({ count: 9 });
  expect((await record(id)).marks).toHaveLength(8);
});

test("the request was lost and eight others wrote: not applied, so it runs again", async () => {
  const { session, other, store, whileTimePasses } = await counter();
  store.loseRequest("update");
  const writing = increment(session);
  for (let writes = 0; writes < 8; writes++) await increment(other);
  await whileTimePasses(writing);
  expect(session.data).toEqual({ count: 9 });
});

test("the request was lost and nine others wrote: it cannot be told", async () => {
  const { session, other, store, whileTimePasses, record, id } = await counter();
  store.loseRequest("update");
  const writing = increment(session);
  for (let writes = 0; writes < 9; writes++) await increment(other);
  await expect(whileTimePasses(writing)).rejects.toMatchObject(unknownOutcome);
  expect((await record(id)).data.value).toEqual({ count: 9 });
});

test("the store refused although nobody moved the row, as after a deadlock: it runs again", async () => {
  const { node, store, rows, browser } = await counter();
  const sent: string[] = [];
  const deadlocked = {
    ...store,
    update: (row: StoredUpdate) => {
      sent.push(row.body);
      return sent.length === 1 ? Promise.resolve(false) : rows.update(row);
    },
  };
  await increment(await browser.at(node({ store: deadlocked })).signedIn());
  expect(sent).toHaveLength(2);
  // Another write with another mark: the first one can no longer be applied.
  expect(sent[1]).not.toBe(sent[0]);
  expect((await browser.signedIn()).data).toEqual({ count: 1 });
});

test("after a silence, a refusal on an unmoved row settles nothing: only the same bytes may follow", async () => {
  const { node, store, rows, browser } = await counter();
  const sent: StoredUpdate[] = [];
  const odd = {
    ...store,
    update: (row: StoredUpdate) => {
      sent.push(row);
      if (sent.length === 1) return Promise.reject(new Error("connection reset"));
      return sent.length === 2 ? Promise.resolve(false) : rows.update(row);
    },
  };
  await increment(await browser.at(node({ store: odd })).signedIn());
  expect(sent).toHaveLength(3);
  expect(new Set(sent.map(({ body }) => body)).size).toBe(1);
});

test("the session was ended while the write was on its way", async () => {
  const { session, store, manager } = await counter();
  const held = store.hold("update");
  const writing = increment(session);
  await held.reached;
  await manager.revokeAll("alice");
  held.release();
  await expect(writing).rejects.toMatchObject({ code: "ERR_SESSION_ENDED", status: 401 });
});

test("the row cannot be read after a silence: it cannot be told", async () => {
  const { session, store, rows, row, id } = await counter();
  store.failNext("update");
  const held = store.hold("find");
  const writing = increment(session);
  await held.reached;
  const { userId: _userId, ref: _ref, ...found } = await row(id);
  await rows.update({ ...found, version: found.version + 1, body: "damaged" });
  held.release();
  await expect(writing).rejects.toMatchObject(unknownOutcome);
});

test("the row cannot be looked at after a silence: it cannot be told, and the silence is the cause", async () => {
  const { session, store } = await counter();
  store.failNext("update", new Error("write"));
  store.failNext("find", new Error("read"));
  await expect(increment(session)).rejects.toMatchObject({ ...unknownOutcome, cause: { cause: { message: "write" } } });
});

test("the row cannot be looked at after a refusal: that failure is the cause", async () => {
  const { session, other, store } = await counter();
  await increment(other);
  store.failNext("find", new Error("read"));
  await expect(increment(session)).rejects.toMatchObject({ ...unknownOutcome, cause: { cause: { message: "read" } } });
});

test("after a refusal far behind there is no silence to blame", async () => {
  const { session, other } = await counter();
  for (let writes = 0; writes < 9; writes++) await increment(other);
  const attempt = increment(session);
  await expect(attempt).rejects.toMatchObject(unknownOutcome);
  await expect(attempt).rejects.not.toHaveProperty("cause");
});

test("a reading back goes past caches and replicas", async () => {
  const { session, other, store, browser, node } = await counter();
  const asked: unknown[] = [];
  const listening = {
    ...store,
    find: (id: typeof session.id, options?: { readonly fresh?: boolean }) => {
      asked.push(options);
      return store.find(id, options);
    },
  };
  const mine = await browser.at(node({ store: listening })).signedIn();
  await increment(other);
  await increment(mine);
  expect(asked).toEqual([{ fresh: true }, { fresh: true }]);
});

test("two meetings are free, from the third on writers give way for a moment", async () => {
  const { store, rows, browser, node, clock, whileTimePasses, rewrite, id } = await counter();
  let meetings = 0;
  const busy = (upTo: number) => ({
    ...store,
    update: async (row: StoredUpdate) => {
      if (meetings++ < upTo) await rewrite(id, (record) => record);
      return rows.update(row);
    },
  });
  const start = clock.now();
  await increment(await browser.at(node({ store: busy(2) })).signedIn());
  expect(clock.now()).toBe(start);
  meetings = 0;
  const third = increment(await browser.at(node({ store: busy(3) })).signedIn());
  await expect.poll(() => clock.pendingTimers).toBe(1);
  await whileTimePasses(third);
  expect(clock.now()).toBeGreaterThan(start);
  expect((await browser.signedIn()).data).toEqual({ count: 2 });
});

test("after 64 meetings it is contention, nothing applied, in a few seconds at most", async () => {
  const { store, browser, node, clock, whileTimePasses, rewrite, id, record } = await counter();
  let meetings = 0;
  const busy = {
    ...store,
    update: async () => {
      meetings++;
      await rewrite(id, (latest) => latest);
      return false;
    },
  };
  const session = await browser.at(node({ store: busy })).signedIn();
  const start = clock.now();
  const attempt = whileTimePasses(increment(session));
  await expect(attempt).rejects.toMatchObject({ code: "ERR_SESSION_CONTENTION", status: 503 });
  await expect(attempt).rejects.toThrow(`Others kept changing session ${id} while this change was tried`);
  expect(meetings).toBe(64);
  expect(clock.now() - start).toBeLessThanOrEqual(62 * 100);
  expect((await record(id)).data.value).toEqual({ count: 0 });
});

test("where the store is slow as well, patience ends after five write deadlines", async () => {
  const { store, browser, node, clock, whileTimePasses, rewrite, id } = await counter();
  let meetings = 0;
  const busyAndSlow = {
    ...store,
    update: async () => {
      meetings++;
      clock.advance(1_900);
      await rewrite(id, (latest) => latest);
      return false;
    },
  };
  const session = await browser.at(node({ store: busyAndSlow })).signedIn();
  await expect(whileTimePasses(increment(session))).rejects.toMatchObject({ code: "ERR_SESSION_CONTENTION" });
  expect(meetings).toBe(6);
});

test("a change that throws when it runs again has changed nothing", async () => {
  const { session, other, record, id } = await counter();
  await increment(other);
  const attempt = session.update((draft) => {
    if (draft.count !== 0) throw new RangeError("no longer zero");
    draft.count = -1;
  });
  await expect(attempt).rejects.toThrow(RangeError);
  expect((await record(id)).data.value).toEqual({ count: 1 });
});

test("every write is judged anew: the deadline in the row moves with it", async () => {
  const { session, clock, row, id } = await counter();
  clock.advance("5m");
  const { expiresAt } = await row(id);
  await increment(session);
  expect((await row(id)).expiresAt).toBe(expiresAt);
  await session.elevate("aal1");
  expect((await row(id)).expiresAt).toBe(expiresAt + 300_000);
});

/** The loop by itself, over a store in which `refusals` writes meet another writer first. */
async function loop({ refusals, patience }: { readonly refusals: number; readonly patience: number }) {
  const { clock, rows, rewrite, id, row, record, whileTimePasses } = await counter();
  let met = 0;
  const busy = {
    ...rows,
    update: async (next: StoredUpdate) => {
      if (met++ < refusals) await rewrite(id, (latest) => latest);
      return rows.update(next);
    },
  };
  const pauses: number[] = [];
  const listening = {
    now: clock.now,
    after: (milliseconds: number, action: () => void) => {
      if (milliseconds < 1_000) pauses.push(milliseconds);
      return clock.after(milliseconds, action);
    },
  };
  const rules = rulesOf(defaultPolicy);
  const data = createDataRules({ schema: undefined, upgrade: undefined, maxDataBytes: 1_000 });
  const deadlines = { read: 2_000, write: 2_000 };
  const storage = createStorage({ store: busy, codec: undefined, clock: listening, rules, data, deadlines });
  const random: RandomSource = (bytes) => (bytes.length === 1 ? bytes.fill(128) : systemRandom(bytes));
  const start = { row: await row(id), record: await record(id) };
  const change = (latest: SessionRecord) => ({ record: { ...latest, loginOrder: 7 }, result: "done" });
  const result = await whileTimePasses(commit(start, change, { storage, clock: listening, random, patience }));
  return { result, pauses, stored: await record(id) };
}

test("pauses grow from round to round up to 50 ms, each a random share of it", async () => {
  const { pauses } = await loop({ refusals: 9, patience: 10_000 });
  expect(pauses).toEqual([2, 4, 8, 16, 25, 25, 25]);
});

test("without patience a change is tried once all the same", async () => {
  const { result, stored } = await loop({ refusals: 0, patience: 0 });
  expect(result.result).toBe("done");
  expect(result.loaded.record).toEqual(stored);
  expect(stored.loginOrder).toBe(7);
});
