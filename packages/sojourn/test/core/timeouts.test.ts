import { expect, test } from "vitest";
import { deadlines, forgettableAt, indexedUntil, type Judgement, judge, needsTouch } from "../../src/core/judge.ts";
import type { Policy } from "../../src/core/policy.ts";
import { defaultPolicy } from "../../src/core/policy.ts";
import type { SessionRecord } from "../../src/core/record.ts";
import { rulesOf } from "../../src/core/rules.ts";
import { anonymous, said } from "../support/kinds.ts";
import { recordWith } from "../support/records.ts";
import { world } from "../support/world.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const policy: Policy = { ...defaultPolicy, anonymous: { idle: "20m", absolute: "2h" } };
const ends = rulesOf(policy);
const locks = rulesOf({ ...policy, onIdle: "lock" });
const visitor = { level: null } as const;

test.each<[string, Partial<SessionRecord>, number, Judgement]>([
  ["just logged in", {}, 0, "alive"],
  ["a moment before idle", {}, 30 * minute - 1, "alive"],
  ["idle, to the millisecond", {}, 30 * minute, "idle"],
  ["idle counts from the last activity", { lastSeenAt: hour }, 90 * minute - 1, "alive"],
  ["and then fires", { lastSeenAt: hour }, 90 * minute, "idle"],
  ["a moment before absolute", { lastSeenAt: 8 * hour - 1 }, 8 * hour - 1, "alive"],
  ["absolute, to the millisecond, whatever the activity", { lastSeenAt: 8 * hour - 1 }, 8 * hour, "absolute"],
  ["idle and absolute at once: absolute", {}, 8 * hour, "absolute"],
  ["long over", {}, 1_000 * hour, "absolute"],
  ["activity in the future counts as now", { lastSeenAt: minute }, 0, "alive"],
  ["a clock behind the one that made it", { startedAt: hour, lastSeenAt: hour }, 0, "alive"],
  ["more than an hour behind: it would outlive its limit", { startedAt: hour + 1 }, 0, "absolute"],
  ["a visitor a moment before idle", visitor, 20 * minute - 1, "alive"],
  ["a visitor idle", visitor, 20 * minute, "idle"],
  ["a visitor a moment before absolute", { ...visitor, lastSeenAt: 2 * hour - 1 }, 2 * hour - 1, "alive"],
  ["a visitor at absolute", { ...visitor, lastSeenAt: 2 * hour - 1 }, 2 * hour, "absolute"],
])("judged: %s", (_, facts, now, judgement) => {
  expect(judge(recordWith(facts), now, ends)).toBe(judgement);
});

test.each<[string, Partial<SessionRecord>, number, Judgement]>([
  ["awake", {}, 30 * minute - 1, "alive"],
  ["idle", {}, 30 * minute, "locked"],
  ["idle until absolute", {}, 8 * hour - 1, "locked"],
  ["absolute", {}, 8 * hour, "absolute"],
  ["a visitor ends", visitor, 20 * minute, "idle"],
])("judged where idle locks: %s", (_, facts, now, judgement) => {
  expect(judge(recordWith(facts), now, locks)).toBe(judgement);
});

test("the page can warn: idle moves with activity, absolute does not, and idle never passes it", () => {
  expect(deadlines(recordWith({ lastSeenAt: hour }), ends)).toEqual({ idle: 90 * minute, absolute: 8 * hour });
  expect(deadlines(recordWith({ lastSeenAt: 7.9 * hour }), ends)).toEqual({ idle: 8 * hour, absolute: 8 * hour });
  expect(deadlines(recordWith({ ...visitor, startedAt: hour }), ends)).toEqual({
    idle: 20 * minute,
    absolute: 3 * hour,
  });
});

test("the store may forget a row an hour after it is refused, and never earlier", () => {
  expect(forgettableAt(recordWith(), ends)).toBe(90 * minute);
  expect(forgettableAt(recordWith({ lastSeenAt: 7.9 * hour }), ends)).toBe(9 * hour);
  expect(forgettableAt(recordWith(), locks)).toBe(9 * hour);
  expect(forgettableAt(recordWith(visitor), ends)).toBe(80 * minute);
  expect(forgettableAt(recordWith(visitor), locks)).toBe(80 * minute);
});

test("the index keeps it until no activity could keep it any more", () => {
  expect(indexedUntil(recordWith(), ends)).toBe(9 * hour);
  expect(indexedUntil(recordWith(visitor), ends)).toBe(3 * hour);
});

test.each([
  ["30m", minute],
  ["15m", minute],
  ["10m", 40 * second],
  ["5m", 20 * second],
] as const)("with idle %s activity is written down at most every %d ms", (idle, touchEvery) => {
  const rules = rulesOf({ ...policy, idle, anonymous: { idle, absolute: "8h" } });
  expect([rules.authenticated.touchEvery, rules.anonymous.touchEvery]).toEqual([touchEvery, touchEvery]);
  expect(needsTouch(recordWith(), touchEvery - 1, rules)).toBe(false);
  expect(needsTouch(recordWith(), touchEvery, rules)).toBe(true);
  expect(needsTouch(recordWith({ lastSeenAt: hour }), 0, rules)).toBe(false);
});

test("a policy becomes milliseconds", () => {
  expect(rulesOf({ ...policy, sessionsPerUser: 3 })).toEqual({
    authenticated: { idle: 30 * minute, absolute: 8 * hour, touchEvery: minute },
    anonymous: { idle: 20 * minute, absolute: 2 * hour, touchEvery: minute },
    remembered: null,
    onIdle: "end",
    renewEvery: 15 * minute,
    grace: 30 * second,
    clockTolerance: 2 * minute,
    sessionsPerUser: 3,
  });
  expect(rulesOf({ ...policy, renew: false })).toMatchObject({
    renewEvery: null,
    grace: minute,
    sessionsPerUser: Number.POSITIVE_INFINITY,
  });
});

test("idle: after half an hour away Alice is signed out, and the page can say why", async () => {
  const { newcomer, clock, events, rowsNow } = world();
  const browser = newcomer();
  const { id } = await browser.logIn("alice");
  clock.advance("30m");
  expect(said(await browser.open())).toBe("anonymous, idle");
  expect(events.at(-1)).toMatchObject({
    type: "session_use_after_expire",
    severity: "info",
    reason: "idle",
    sessionId: id,
    userId: "alice",
  });
  // Nothing is removed, nothing cleared: a late refusal must not wipe a login's new cookie.
  expect(await rowsNow()).toHaveLength(1);
  expect(browser.response.cookies.size).toBe(0);
  expect(browser.response.caching).toEqual([]);
});

test("absolute: activity all day long does not stretch the eight hours", async () => {
  const { newcomer, clock, events } = world();
  const browser = newcomer();
  const { endsAt } = await browser.logIn("alice");
  for (let quarters = 0; quarters < 31; quarters++) {
    clock.advance("15m");
    expect((await browser.signedIn()).endsAt.absolute).toBe(endsAt.absolute);
  }
  clock.advance(15 * minute - 1);
  expect((await browser.signedIn()).endsAt).toEqual({ idle: endsAt.absolute, absolute: endsAt.absolute });
  clock.advance(1);
  expect(said(await browser.open())).toBe("anonymous, absolute");
  expect(events.at(-1)).toMatchObject({ type: "session_use_after_expire", reason: "absolute" });
});

test("a visitor's session ends by its own limits", async () => {
  const { newcomer, clock } = world({ policy });
  const browser = newcomer();
  await anonymous(await browser.open()).csrfToken();
  clock.advance("19m");
  expect(said(await browser.open())).toBe("anonymous, none");
  clock.advance("19m");
  expect(said(await browser.open())).toBe("anonymous, none");
  clock.advance("20m");
  expect(said(await browser.open())).toBe("anonymous, idle");
});

test("a thousand requests of an active user cost at most one write per interval", async () => {
  const { newcomer, clock, store } = world({ policy: { renew: false } });
  const browser = newcomer();
  await browser.logIn("alice");
  for (let requests = 0; requests < 1_000; requests++) {
    clock.advance(600);
    await browser.signedIn();
  }
  expect(store.calls).toMatchObject({ find: 1_000, update: 10 });
});

test("a poll does not keep the session awake, and costs no write", async () => {
  const { newcomer, clock, store } = world();
  const browser = newcomer();
  const { endsAt } = await browser.logIn("alice");
  for (let minutes = 0; minutes < 14; minutes++) {
    clock.advance("1m");
    expect((await browser.signedIn({ activity: false })).endsAt).toEqual(endsAt);
  }
  expect(store.calls.update).toBe(0);
  expect((await browser.signedIn({ activity: true })).endsAt.idle).toBe(endsAt.idle + 14 * minute);
  clock.advance("30m");
  expect(said(await browser.open({ activity: false }))).toBe("anonymous, idle");
});

test.each<[string, Record<string, string>, string]>([
  ["another site", { "sec-fetch-site": "cross-site" }, "anonymous, idle"],
  ["another origin", { origin: "https://evil.example" }, "anonymous, idle"],
  ["the application's own page", { "sec-fetch-site": "same-origin" }, "authenticated, alice"],
  ["a client that says nothing about itself", {}, "authenticated, alice"],
])(
  "after a form that %s sent in Alice's name half an hour is counted from where it has to be",
  async (_, headers, then) => {
    const { newcomer, clock } = world();
    const browser = newcomer();
    await browser.logIn("alice");
    clock.advance("20m");
    await browser.signedIn({ method: "POST", headers });
    clock.advance("10m");
    expect(said(await browser.open())).toBe(then);
  },
);

test("a touch that fails costs the request nothing, and is reported", async () => {
  const { newcomer, clock, store, events } = world();
  const browser = newcomer();
  const { id, endsAt } = await browser.logIn("alice");
  clock.advance("1m");
  store.failNext("update", new Error("disk full"));
  expect((await browser.signedIn()).endsAt).toEqual(endsAt);
  expect(events.at(-1)).toMatchObject({
    type: "store_failed",
    severity: "warning",
    operation: "touch",
    code: "ERR_STORE_UNAVAILABLE",
    sessionId: id,
  });
  expect((await browser.signedIn()).endsAt.idle).toBe(endsAt.idle + minute);
});

test("a touch that another request was faster with is neither repeated nor reported", async () => {
  const { newcomer, clock, store, news } = world();
  const browser = newcomer();
  await browser.logIn("alice");
  clock.advance("1m");
  news();
  const sessions = await Promise.all([browser.request(), browser.request()]);
  expect(sessions.map(({ session }) => said(session))).toEqual(["authenticated, alice", "authenticated, alice"]);
  expect(store.calls.update).toBe(2);
  expect(news()).toEqual([]);
});

test("a touch leaves everything else as it was", async () => {
  const { newcomer, clock, record, row } = world();
  const browser = newcomer();
  const { id } = await browser.logIn("alice");
  const before = await record(id);
  clock.advance("1m");
  await browser.open();
  expect(await record(id)).toEqual({ ...before, lastSeenAt: clock.now() });
  expect((await row(id)).expiresAt).toBe(clock.now() + 90 * minute);
});

test("two nodes whose clocks are two minutes apart sign nobody out", async () => {
  const here = world({ policy: { idle: "10m" } });
  const ahead = { ...here.clock, now: () => here.clock.now() + 2 * minute };
  const behind = { ...here.clock, now: () => here.clock.now() - 2 * minute };
  const nodes = [here.node({ clock: ahead }), here.node({ clock: behind })];
  const browser = here.newcomer();
  await browser.at(nodes[0]!).logIn("alice");
  for (let turn = 0; turn < 200; turn++) {
    here.clock.advance("1m");
    expect(said(await browser.at(nodes[turn % 2]!).open())).toBe("authenticated, alice");
  }
});

test.each([
  ["forward and back", 65 * minute],
  ["back and forward", -65 * minute],
])("a clock that jumps an hour %s signs nobody out for good", async (_, jump) => {
  const here = world({ policy: { idle: "2h" } });
  const browser = here.newcomer();
  await browser.logIn("alice");
  here.clock.set(here.clock.now() + jump);
  await browser.open();
  here.clock.set(here.clock.now() - jump);
  expect(said(await browser.open())).toBe("authenticated, alice");
});

test("a clock that was ahead leaves a session that ends by its absolute limit all the same", async () => {
  const here = world({ policy: { renew: false } });
  const browser = here.newcomer();
  const { endsAt } = await browser.logIn("alice");
  here.clock.advance("29m");
  await browser.open();
  here.clock.set(here.clock.now() - 29 * minute);
  here.clock.advance("58m");
  expect(said(await browser.open())).toBe("authenticated, alice");
  here.clock.set(endsAt.absolute);
  expect(said(await browser.open())).toBe("anonymous, absolute");
});

test("what the store is told: the judged deadline and an hour, and the index the absolute one", async () => {
  const here = world();
  const told: unknown[] = [];
  const listening: typeof here.store = {
    ...here.store,
    insert: (row, options) => {
      told.push([row.expiresAt, options.indexUntil]);
      return here.rows.insert(row, options);
    },
  };
  const browser = here.newcomer().at(here.node({ store: listening }));
  const start = here.clock.now();
  await browser.logIn("alice");
  expect(told).toEqual([[start + 90 * minute, start + 9 * hour]]);
});

test("a clock that tells parts of milliseconds: stores get whole ones, and no row may be forgotten earlier for it", async () => {
  const { newcomer, clock, rowsNow } = world();
  clock.set(clock.now() + 0.25);
  const browser = newcomer();
  const session = await browser.logIn("alice");
  const expiries = [(await rowsNow())[0]?.expiresAt];
  clock.set(clock.now() + 2 * minute);
  await browser.signedIn();
  expiries.push((await rowsNow())[0]?.expiresAt);
  const exact = [session.endsAt.idle, session.endsAt.idle + 2 * minute].map((end) => end + hour);
  expect(expiries).toEqual(exact.map(Math.ceil));
  expect(expiries).not.toEqual(exact);
});
