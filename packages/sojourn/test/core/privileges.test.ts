import { expect, test } from "vitest";
import { said } from "../support/kinds.ts";
import { world } from "../support/world.ts";

async function aliceAndAnAdministrator() {
  const here = world();
  const browser = here.newcomer();
  const { id } = await browser.logIn("alice");
  here.news();
  return { ...here, browser, id, administration: here.node() };
}

test("an administrator grants Alice a role elsewhere: a copy of her cookie taken before is dead once her browser has shown the new one", async () => {
  const { browser, id, administration, news, events, clock } = await aliceAndAnAdministrator();
  const copy = browser.copy();
  const inFlight = await browser.signedIn();

  expect(await administration.privilegesChanged("alice")).toBe(1);
  expect(events.at(-1)).toMatchObject({
    type: "privilege_permissions_changed",
    severity: "info",
    by: "manager",
    sessionId: id,
    userId: "alice",
  });
  news();

  // Her next request draws the new secret; nothing has shown it yet, so both work.
  const { token } = browser;
  expect(said(await browser.open())).toBe("authenticated, alice");
  expect(browser.token).not.toBe(token);
  expect(said(await copy.copy().open())).toBe("authenticated, alice");
  expect(news()).toEqual([]);

  // Her browser shows it: the copy is dead at once, without the grace of an ordinary renewal.
  clock.advance("1s");
  expect(said(await browser.open())).toBe("authenticated, alice");
  expect(news()).toEqual(["session_renewed"]);
  expect(events.at(-1)).toMatchObject({ cause: "privileges-changed", sessionId: id, userId: "alice" });
  expect(said(await copy.open())).toBe("anonymous, superseded");

  // A request of hers that was at work since before still finishes.
  await inFlight.update((draft) => {
    draft.note = "written";
  });
  expect((await browser.signedIn()).data).toEqual({ note: "written" });
});

test("her requests in flight until her browser has shown the new secret are served", async () => {
  const { browser, administration } = await aliceAndAnAdministrator();
  await administration.privilegesChanged("alice");
  const inFlight = await Promise.all(Array.from({ length: 5 }, () => browser.request()));
  expect(inFlight.map(({ session }) => said(session))).toEqual(Array(5).fill("authenticated, alice"));
  const handedOut = new Set(inFlight.flatMap(({ response }) => [...response.cookies.values()]));
  expect(handedOut.size).toBe(1);
});

test("a secret that was already pending does not answer the change: one more renewal follows", async () => {
  const { browser, administration, clock, news, events } = await aliceAndAnAdministrator();
  clock.advance("15m");
  const thief = browser.copy();
  const before = await browser.request();
  const [line] = before.response.cookies.values();
  thief.token = line!.split(/[=;]/)[1]!;
  await administration.privilegesChanged("alice");
  news();

  before.deliver();
  expect(said(await browser.open())).toBe("authenticated, alice");
  expect(events.at(-1)).toMatchObject({ type: "session_renewed", cause: "interval" });
  // What the thief holds became current, and the browser is handed a successor of it at its next request.
  expect(said(await browser.open())).toBe("authenticated, alice");
  expect(said(await thief.copy().open())).toBe("authenticated, alice");
  expect(said(await browser.open())).toBe("authenticated, alice");
  expect(events.at(-1)).toMatchObject({ type: "session_renewed", cause: "privileges-changed" });
  expect(said(await thief.open())).toBe("anonymous, superseded");
  expect(said(await browser.open())).toBe("authenticated, alice");
});

test("two grants in a row end in one more secret, and both copies are dead", async () => {
  const { browser, administration, record, id } = await aliceAndAnAdministrator();
  const first = browser.copy();
  await administration.privilegesChanged("alice");
  await browser.open();
  const second = browser.copy();
  await administration.privilegesChanged("alice");
  for (let requests = 0; requests < 3; requests++) expect(said(await browser.open())).toBe("authenticated, alice");
  expect((await record(id)).due).toBeUndefined();
  expect(said(await first.open())).toBe("anonymous, superseded");
  expect(said(await second.open())).toBe("anonymous, superseded");
  const { token } = browser;
  await browser.open();
  expect(browser.token).toBe(token);
});

test("a change while the new secret is on its way out is no less than one before", async () => {
  const { browser, administration, record, id } = await aliceAndAnAdministrator();
  await administration.privilegesChanged("alice");
  await administration.privilegesChanged("alice");
  await browser.open();
  expect((await record(id)).pending).toMatchObject({ settles: true });
  await browser.open();
  expect(await record(id)).toMatchObject({ previous: { accepted: false } });
  expect((await record(id)).due).toBeUndefined();
});

test("a change of role is due even where the policy never renews", async () => {
  const here = world({ policy: { renew: false } });
  const browser = here.newcomer();
  await browser.logIn("alice");
  const copy = browser.copy();
  here.clock.advance("20m");
  await browser.open();
  expect(browser.token).toBe(copy.token);
  await here.manager.privilegesChanged("alice");
  await browser.open();
  await browser.open();
  expect(said(await copy.open())).toBe("anonymous, superseded");
});

test("every session of the user is marked, no other user's, and none that is over", async () => {
  const { newcomer, manager, clock, events, news, record } = await aliceAndAnAdministrator();
  clock.advance("29m");
  const phone = await newcomer().logIn("alice");
  const bob = await newcomer().logIn("bob");
  clock.advance("1m");
  news();
  expect(await manager.privilegesChanged("alice")).toBe(1);
  expect(events.at(-1)).toMatchObject({ sessionId: phone.id });
  expect((await record(phone.id)).due).toBe("privileges-changed");
  expect((await record(bob.id)).due).toBeUndefined();
  expect(await manager.privilegesChanged("nobody")).toBe(0);
});

test("a session that ends while it is being marked counts for nothing and disturbs nothing", async () => {
  const { newcomer, manager, store, id } = await aliceAndAnAdministrator();
  await newcomer().logIn("alice");
  const held = store.hold("update");
  const marking = manager.privilegesChanged("alice");
  await held.reached;
  await manager.revoke({ id, of: "any user" });
  held.release();
  expect(await marking).toBe(1);
});

test("a store that fails at marking is an error, not a promise that was not kept", async () => {
  const { manager, store } = await aliceAndAnAdministrator();
  store.hold("find").release();
  store.failNext("update");
  store.failNext("find");
  await expect(manager.privilegesChanged("alice")).rejects.toMatchObject({ code: "ERR_SESSION_OUTCOME_UNKNOWN" });
  await expect(manager.privilegesChanged("")).rejects.toThrow(
    new TypeError("privilegesChanged(userId): write a string that is not empty"),
  );
});

test("a locked session is marked too", async () => {
  const here = world({ policy: { onIdle: "lock" } });
  await here.newcomer().logIn("alice");
  here.clock.advance("1h");
  expect(await here.manager.privilegesChanged("alice")).toBe(1);
});
