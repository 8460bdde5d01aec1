import { expect, test } from "vitest";
import { said } from "../support/kinds.ts";
import { world } from "../support/world.ts";

test("beyond the limit the oldest session is revoked, and that is said", async () => {
  const { newcomer, clock, events, news } = world({ policy: { sessionsPerUser: 2 } });
  const [first, second, third, bob] = [newcomer(), newcomer(), newcomer(), newcomer()];
  const { id } = await first.logIn("alice");
  clock.advance("1s");
  await second.logIn("alice");
  await bob.logIn("bob");
  expect(news()).toEqual(["session_created", "session_created", "session_created"]);
  clock.advance("1s");
  const newest = await third.logIn("alice");
  expect(news()).toEqual(["excess_sessions_exceeded", "session_expired", "session_created"]);
  expect(events.slice(-3)).toMatchObject([
    { severity: "warning", userId: "alice", limit: 2 },
    { severity: "info", reason: "limit", sessionId: id, userId: "alice" },
    { sessionId: newest.id },
  ]);
  expect(said(await first.open())).toBe("anonymous, unknown");
  expect(said(await second.open())).toBe("authenticated, alice");
  expect(said(await third.open())).toBe("authenticated, alice");
  expect(said(await bob.open())).toBe("authenticated, bob");
});

test("at the limit nobody is revoked, and what is over does not count", async () => {
  const { newcomer, clock, rowsNow, news } = world({ policy: { sessionsPerUser: 1 } });
  await newcomer().logIn("alice");
  clock.advance("30m");
  news();
  await newcomer().logIn("alice");
  expect(news()).toEqual(["session_created"]);
  expect(await rowsNow()).toHaveLength(2);
});

test("logging in again in the same browser takes no place of another device", async () => {
  const { newcomer } = world({ policy: { sessionsPerUser: 2 } });
  const [laptop, phone] = [newcomer(), newcomer()];
  await laptop.logIn("alice");
  for (let logins = 0; logins < 4; logins++) await phone.logIn("alice");
  expect(said(await laptop.open())).toBe("authenticated, alice");
});

test("with a limit of one, a login ends the session before it, on whatever device", async () => {
  const { newcomer, manager } = world({ policy: { sessionsPerUser: 1 } });
  const [laptop, phone] = [newcomer(), newcomer()];
  await laptop.logIn("alice");
  await phone.logIn("alice");
  await laptop.logIn("alice");
  expect(said(await phone.open())).toBe("anonymous, unknown");
  expect(said(await laptop.open())).toBe("authenticated, alice");
  expect(await manager.list("alice")).toHaveLength(1);
});

test("a login on a node whose clock is behind is still the newest", async () => {
  const here = world({ policy: { sessionsPerUser: 1 } });
  const behind = here.node({ clock: { ...here.clock, now: () => here.clock.now() - 120_000 } });
  const [first, second] = [here.newcomer(), here.newcomer()];
  await first.logIn("alice");
  await second.at(behind).logIn("alice");
  expect(said(await second.open())).toBe("authenticated, alice");
  expect(said(await first.open())).toBe("anonymous, unknown");
});

test("among logins of one moment a rule decides, the same one on every node", async () => {
  const here = world({ policy: { sessionsPerUser: 20 } });
  const browsers = Array.from({ length: 12 }, () => here.newcomer());
  const ids = [];
  for (const browser of browsers) ids.push((await browser.logIn("alice")).id);
  for (const id of ids) await here.rewrite(id, (record) => ({ ...record, loginOrder: 1 }));
  const last = await here
    .newcomer()
    .at(here.node({ policy: { sessionsPerUser: 4 } }))
    .logIn("alice");
  const kept = (await here.manager.list("alice")).map(({ id }) => id);
  expect(kept.sort()).toEqual([last.id, ...ids.sort().slice(0, 3)].sort());
});

test("without a limit logins look at nobody else's sessions", async () => {
  const { newcomer, store, clock, record } = world();
  const { id } = await newcomer().logIn("alice");
  expect(store.calls).toMatchObject({ idsOf: 0, insert: 1, find: 0 });
  expect((await record(id)).loginOrder).toBe(clock.now());
});

test("with a limit the order of logins is kept in the row", async () => {
  const { newcomer, clock, record } = world({ policy: { sessionsPerUser: 9 } });
  const first = await newcomer().logIn("alice");
  const second = await newcomer().logIn("alice");
  clock.advance("1s");
  const third = await newcomer().logIn("alice");
  const orders = await Promise.all([first, second, third].map(async ({ id }) => (await record(id)).loginOrder));
  const start = clock.now() - 1_000;
  expect(orders).toEqual([start, start + 1, start + 1_000]);
});

test("a trim that fails turns no login away: it is reported, and the next login trims again", async () => {
  const { newcomer, store, news, manager } = world({ policy: { sessionsPerUser: 1 } });
  await newcomer().logIn("alice");
  news();
  for (let times = 0; times < 3; times++) store.failNext("remove");
  const second = newcomer();
  await second.logIn("alice");
  expect(news()).toEqual(["excess_sessions_exceeded", "store_failed", "session_created"]);
  expect(said(await second.open())).toBe("authenticated, alice");
  await newcomer().logIn("alice");
  expect(await manager.list("alice")).toHaveLength(1);
});

test("a trim that cannot read the user's sessions loses no login half-way: it is reported, and the next one trims", async () => {
  const { newcomer, store, news, events, manager } = world({ policy: { sessionsPerUser: 1 } });
  const [laptop, phone] = [newcomer(), newcomer()];
  await laptop.logIn("alice");
  await phone.logIn("alice");
  await laptop.logIn("alice");
  news();
  store.hold("idsOf").release();
  store.failNext("idsOf", new Error("no connection"));
  await phone.logIn("alice");
  expect(news()).toEqual(["session_refused", "store_failed", "session_created"]);
  expect(events.at(-2)).toMatchObject({
    severity: "warning",
    operation: "limit",
    code: "ERR_STORE_UNAVAILABLE",
    sessionId: null,
  });
  expect(said(await phone.open())).toBe("authenticated, alice");
  expect(await manager.list("alice")).toHaveLength(2);
  await phone.logIn("alice");
  expect(await manager.list("alice")).toHaveLength(1);
});

test("a login that cannot read the user's sessions beforehand fails as a whole, and changes nothing", async () => {
  const { newcomer, store } = world({ policy: { sessionsPerUser: 2 } });
  const browser = newcomer();
  await browser.logIn("alice");
  store.failNext("idsOf");
  await expect(browser.logIn("bob")).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
  expect(browser.response.cookies.size).toBe(0);
  expect(said(await browser.open())).toBe("authenticated, alice");
});
