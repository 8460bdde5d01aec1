import { expect, test } from "vitest";
import type { Freshness } from "../../src/core/session.ts";
import { said } from "../support/kinds.ts";
import { world } from "../support/world.ts";

const superseded = { code: "ERR_SESSION_SUPERSEDED", status: 401 };

async function aliceLoggedIn() {
  const here = world();
  const visitor = here.newcomer();
  const { id } = await visitor.logIn("alice");
  here.news();
  return { ...here, visitor, id };
}

test("a step-up raises the level and replaces the secret at once, in the same session", async () => {
  const { visitor, id, news, events, clock } = await aliceLoggedIn();
  const { token } = visitor;
  const copy = visitor.copy();
  const session = await visitor.signedIn();
  clock.advance("1m");
  await session.elevate("aal2");

  expect(session).toMatchObject({ id, level: "aal2" });
  expect(visitor.token).not.toBe(token);
  expect(visitor.token.slice(0, 45)).toBe(token.slice(0, 45));
  expect(await visitor.signedIn()).toMatchObject({ id, level: "aal2" });
  expect(said(await copy.open())).toBe("anonymous, superseded");
  expect(news()).toEqual(["session_renewed", "privilege_permissions_changed", "session_refused"]);
  expect(events.slice(-3, -1)).toMatchObject([
    { severity: "info", cause: "elevated", sessionId: id, userId: "alice" },
    { severity: "info", by: "elevate", sessionId: id, userId: "alice" },
  ]);
});

test("a step-up never lowers the level", async () => {
  const { visitor } = await aliceLoggedIn();
  await (await visitor.signedIn()).elevate("aal3");
  const session = await visitor.signedIn();
  await session.elevate("aal2");
  expect(session.level).toBe("aal3");
  expect((await visitor.signedIn()).level).toBe("aal3");
});

test("a step-up is an activity, and does not move the absolute limit", async () => {
  const { visitor, clock } = await aliceLoggedIn();
  const session = await visitor.signedIn();
  const { absolute } = session.endsAt;
  clock.advance("10m");
  await session.elevate("aal2");
  expect(session.endsAt).toEqual({ idle: clock.now() + 1_800_000, absolute });
});

test("a clock that was turned back does not take activity back", async () => {
  const { visitor, clock } = await aliceLoggedIn();
  const session = await visitor.signedIn();
  const { idle } = session.endsAt;
  clock.set(clock.now() - 60_000);
  await session.elevate("aal2");
  expect(session.endsAt.idle).toBe(idle);
});

test.each<[string, Freshness, boolean]>([
  ["as long as was asked", { within: "4m" }, true],
  ["not a moment longer", { within: "239.999s" }, false],
  ["on the lowest level too", { within: "4m", level: "aal1" }, true],
  ["on no stronger level", { within: "4m", level: "aal2" }, false],
])("a login is a fresh proof for %s", async (_, need, isFresh) => {
  const { visitor, clock } = await aliceLoggedIn();
  clock.advance("4m");
  expect((await visitor.signedIn()).isFresh(need)).toBe(isFresh);
});

test.each<[string, Freshness, boolean]>([
  ["on its own level", { within: "4m", level: "aal2" }, true],
  ["on its own level no longer than asked", { within: "239.999s", level: "aal2" }, false],
  ["on a weaker level", { within: "4m", level: "aal1" }, true],
  ["not on a stronger one", { within: "10m", level: "aal3" }, false],
  ["and the older login still for a longer time", { within: "10m", level: "aal1" }, true],
])("freshness is kept per level: a step-up counts %s", async (_, need, isFresh) => {
  const { visitor, clock } = await aliceLoggedIn();
  clock.advance("6m");
  await (await visitor.signedIn()).elevate("aal2");
  clock.advance("4m");
  expect((await visitor.signedIn()).isFresh(need)).toBe(isFresh);
});

test.each([
  [{ within: "soon" }, /^isFresh\(\{ within \}\): write a number and a unit, like "5m"$/],
  [{}, /^isFresh\(\{ within \}\): write a number and a unit/],
  [{ within: "5m", level: "high" }, /^isFresh\(\{ level \}\): write "aal1", "aal2" or "aal3"$/],
])("a need that cannot be one is a TypeError: %j", async (need, message) => {
  const { visitor } = await aliceLoggedIn();
  const session = await visitor.signedIn();
  expect(() => session.isFresh(need as Freshness)).toThrow(TypeError);
  expect(() => session.isFresh(need as Freshness)).toThrow(message);
});

test("a level that is none is a TypeError, and nothing changes", async () => {
  const { visitor, store } = await aliceLoggedIn();
  const session = await visitor.signedIn();
  const attempt = session.elevate("root" as never);
  await expect(attempt).rejects.toThrow(new TypeError('elevate(level): write "aal1", "aal2" or "aal3"'));
  expect(store.calls.update).toBe(0);
});

test("a copy of the secret cannot elevate once the owner has", async () => {
  const { visitor, record, id } = await aliceLoggedIn();
  const late = await visitor.copy().signedIn();
  await (await visitor.signedIn()).elevate("aal2");
  await expect(late.elevate("aal3")).rejects.toMatchObject(superseded);
  await expect(late.elevate("aal3")).rejects.toThrow("This request's secret was replaced while it was at work");
  expect((await record(id)).level).toBe("aal2");
});

test("one handle may elevate twice, its own new secret being in force", async () => {
  const { visitor } = await aliceLoggedIn();
  const session = await visitor.signedIn();
  await session.elevate("aal2");
  await session.elevate("aal3");
  expect((await visitor.signedIn()).level).toBe("aal3");
});

test("no step-up once the headers are sent: the browser would lose its session", async () => {
  const { visitor } = await aliceLoggedIn();
  const session = await visitor.signedIn();
  visitor.response.sendHeaders();
  await expect(session.elevate("aal2")).rejects.toMatchObject({ code: "ERR_RESPONSE_SENT" });
  expect((await visitor.signedIn()).level).toBe("aal1");
});

test.each([
  ["30m", "idle"],
  ["8h", "absolute"],
] as const)("no step-up after %s: the %s timeout has passed while the request was at work", async (wait, timeout) => {
  const { visitor, clock } = await aliceLoggedIn();
  const session = await visitor.signedIn();
  clock.advance(wait);
  const attempt = session.elevate("aal2");
  await expect(attempt).rejects.toMatchObject({ code: "ERR_SESSION_ENDED" });
  await expect(attempt).rejects.toThrow(`The session's ${timeout} timeout has passed`);
});

test("no step-up in a session that was ended, or that a login has sealed", async () => {
  const { visitor, manager, id, rewrite } = await aliceLoggedIn();
  const session = await visitor.signedIn();
  await rewrite(id, (record) => ({ ...record, sealed: true }));
  await expect(session.elevate("aal2")).rejects.toMatchObject(superseded);
  await manager.revokeAll("alice");
  await expect(session.elevate("aal2")).rejects.toMatchObject({ code: "ERR_SESSION_ENDED" });
});

test("a handle that was spent neither elevates nor ends others", async () => {
  const { visitor } = await aliceLoggedIn();
  const session = await visitor.signedIn();
  await session.end();
  const ended = { code: "ERR_SESSION_ENDED", status: 401 };
  await expect(session.elevate("aal2")).rejects.toMatchObject(ended);
  await expect(session.privilegesChanged()).rejects.toMatchObject(ended);
  await expect(session.endOthers()).rejects.toMatchObject(ended);
});

test("a poll beside a step-up loses nothing of it, and the step-up nothing of an update", async () => {
  const { visitor, clock } = await aliceLoggedIn();
  clock.advance("2m");
  const [poll, stepUp, write] = [await visitor.copy().signedIn(), await visitor.signedIn(), await visitor.signedIn()];
  await Promise.all([
    stepUp.elevate("aal2"),
    write.update((draft) => {
      draft.cart = 1;
    }),
    poll.update((draft) => {
      draft.seen = 1;
    }),
  ]);
  expect((await visitor.signedIn()).level).toBe("aal2");
  expect((await visitor.signedIn()).data).toEqual({ cart: 1, seen: 1 });
});

test("a change of role in the session replaces the secret at once, and changes nothing else", async () => {
  const { visitor, news, events, id } = await aliceLoggedIn();
  const copy = visitor.copy();
  await (await visitor.signedIn()).privilegesChanged();
  expect(await visitor.signedIn()).toMatchObject({ id, level: "aal1" });
  expect(said(await copy.open())).toBe("anonymous, superseded");
  expect(news()).toEqual(["session_renewed", "privilege_permissions_changed", "session_refused"]);
  expect(events.slice(-3, -1)).toMatchObject([{ cause: "privileges-changed" }, { by: "session", sessionId: id }]);
});

test("a pending secret is dead once the privileges have changed", async () => {
  const { visitor, clock, record, id } = await aliceLoggedIn();
  clock.advance("15m");
  const handedOut = await visitor.request();
  const thief = visitor.copy();
  const [line] = handedOut.response.cookies.values();
  thief.token = line!.split(/[=;]/)[1]!;
  await (await visitor.signedIn()).privilegesChanged();
  expect((await record(id)).pending).toBeUndefined();
  expect(said(await thief.open())).toBe("anonymous, superseded");
  expect(said(await visitor.open())).toBe("authenticated, alice");
});

test("ending the others ends them all, this one lives on with a new secret", async () => {
  const { newcomer, visitor, news, events, id } = await aliceLoggedIn();
  const [phone, tablet, bob] = [newcomer(), newcomer(), newcomer()];
  await phone.logIn("alice");
  await tablet.logIn("alice");
  await bob.logIn("bob");
  const copy = visitor.copy();
  news();
  expect(await (await visitor.signedIn()).endOthers()).toBe(2);
  expect(news()).toEqual(["session_renewed", "session_expired", "session_expired"]);
  expect(events.slice(-3)).toMatchObject([
    { cause: "ended-others", sessionId: id },
    { reason: "ended-others", severity: "info", userId: "alice" },
    { reason: "ended-others", userId: "alice" },
  ]);
  expect(said(await phone.open())).toBe("anonymous, unknown");
  expect(said(await tablet.open())).toBe("anonymous, unknown");
  expect(said(await copy.open())).toBe("anonymous, superseded");
  expect(said(await visitor.open())).toBe("authenticated, alice");
  expect(said(await bob.open())).toBe("authenticated, bob");
});

test("ending the others needs a recent proof: five minutes, or as long as is said", async () => {
  const { visitor, clock } = await aliceLoggedIn();
  clock.advance("5m");
  const session = await visitor.signedIn();
  expect(await session.endOthers()).toBe(0);
  clock.advance(1);
  const stale = session.endOthers();
  await expect(stale).rejects.toMatchObject({ code: "ERR_SESSION_NOT_FRESH", status: 401 });
  await expect(stale).rejects.toThrow("Ending other sessions needs a proof of identity within 5m");
  expect(await session.endOthers({ within: "6m" })).toBe(0);
});

test("a stolen copy cannot end the others once the owner has replaced the secret", async () => {
  const { visitor, newcomer } = await aliceLoggedIn();
  const phone = newcomer();
  await phone.logIn("alice");
  const stolen = await visitor.copy().signedIn();
  await (await visitor.signedIn()).elevate("aal1");
  await expect(stolen.endOthers()).rejects.toMatchObject(superseded);
  expect(said(await phone.open())).toBe("authenticated, alice");
});

test("removals that fail once are asked again", async () => {
  const { visitor, newcomer, store, rowsNow } = await aliceLoggedIn();
  for (let devices = 0; devices < 3; devices++) await newcomer().logIn("alice");
  const session = await visitor.signedIn();
  for (let failures = 0; failures < 3; failures++) store.failNext("remove");
  expect(await session.endOthers()).toBe(3);
  expect(await rowsNow()).toHaveLength(1);
});

test("an update beside a step-up of the same request leaves it the new secret", async () => {
  const { visitor } = await aliceLoggedIn();
  const session = await visitor.signedIn();
  const put = () =>
    session.update((draft) => {
      draft.cart = 1;
    });
  await Promise.all([session.elevate("aal2"), put()]);
  await Promise.all([put(), session.elevate("aal3")]);
  await session.privilegesChanged();
  expect(await visitor.signedIn()).toMatchObject({ level: "aal3", data: { cart: 1 } });
});

test("a proof from a clock that was ahead is no less fresh", async () => {
  const { visitor, clock } = await aliceLoggedIn();
  clock.set(clock.now() - 120_000);
  expect((await visitor.signedIn()).isFresh({ within: "0s" })).toBe(true);
});

test("a request that waits with a copied secret until the owner has stepped up gains nothing by it", async () => {
  const { visitor, clock } = await aliceLoggedIn();
  clock.advance("10m");
  const thief = await visitor.copy().signedIn();
  await (await visitor.signedIn()).elevate("aal2");
  await thief.update((draft) => {
    draft.note = 1;
  });
  expect(thief.level).toBe("aal1");
  expect(thief.isFresh({ within: "5m" })).toBe(false);
  expect(thief.isFresh({ within: "5m", level: "aal2" })).toBe(false);
  expect((await visitor.signedIn()).isFresh({ within: "5m", level: "aal2" })).toBe(true);
});

test("a write beside the request's own step-up knows what was proved, before the store has told the step-up so", async () => {
  const { visitor, clock, store } = await aliceLoggedIn();
  clock.advance("10m");
  const session = await visitor.signedIn();
  const answer = store.hold("update", { on: "answer" });
  const stepUp = session.elevate("aal2");
  await answer.reached;
  expect(session.isFresh({ within: "5m" })).toBe(false);
  await session.update((draft) => {
    draft.note = 1;
  });
  expect(session.isFresh({ within: "5m", level: "aal2" })).toBe(true);
  answer.release();
  await stepUp;
  expect((await visitor.signedIn()).isFresh({ within: "5m", level: "aal2" })).toBe(true);
});

test("a write beside a step-up that another one overtakes gains nothing by what the other has proved", async () => {
  const { visitor, clock, store } = await aliceLoggedIn();
  clock.advance("10m");
  const [overtaken, first] = [await visitor.signedIn(), await visitor.copy().signedIn()];
  const onItsWay = store.hold("update");
  const stepUp = overtaken.elevate("aal1");
  await onItsWay.reached;
  await first.elevate("aal2");
  await overtaken.update((draft) => {
    draft.note = 1;
  });
  expect(overtaken.isFresh({ within: "5m" })).toBe(false);
  onItsWay.release();
  await expect(stepUp).rejects.toMatchObject(superseded);
});

test.each([
  ["31m", "inactivity"],
  ["8h", "absolute"],
] as const)("after %s a request that was at work is told that the %s timeout has passed", async (wait, timeout) => {
  const { visitor, clock } = await aliceLoggedIn();
  const waiting = await visitor.signedIn();
  clock.advance(wait);
  const late = waiting.update((draft) => {
    draft.note = 1;
  });
  await expect(late).rejects.toThrow(`The session's ${timeout} timeout has passed while this request was at work`);
});

test("a request that waits until the session has timed out changes nothing any more", async () => {
  const { visitor, clock } = await aliceLoggedIn();
  const waiting = await visitor.signedIn();
  clock.advance("31m");
  const late = waiting.update((draft) => {
    draft.note = 1;
  });
  await expect(late).rejects.toMatchObject({ code: "ERR_SESSION_ENDED" });
  await expect(waiting.take("note")).rejects.toMatchObject({ code: "ERR_SESSION_ENDED" });
});

test("a need for freshness with a misspelt key is refused, not answered for less", async () => {
  const { visitor } = await aliceLoggedIn();
  const session = await visitor.signedIn();
  expect(() => session.isFresh({ within: "5m", levl: "aal3" } as never)).toThrow("isFresh({ levl }) does not exist");
});
