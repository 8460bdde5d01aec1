import { expect, test } from "vitest";
import { SojournError } from "../../src/core/errors.ts";
import type { Login } from "../../src/core/session.ts";
import { anonymous, said } from "../support/kinds.ts";
import { world } from "../support/world.ts";

interface Shop {
  cart: string[];
  theme: string;
  draft: string;
}

async function shopper() {
  const here = world<Shop>();
  const visitor = here.newcomer();
  const session = anonymous(await visitor.open());
  await session.update((draft) => {
    draft.cart = ["book"];
    draft.theme = "dark";
  });
  here.news();
  return { ...here, visitor, oldId: session.id!, oldToken: visitor.token };
}

test("a login starts a new session: another id, another secret, the old row gone", async () => {
  const { visitor, oldId, oldToken, rowsNow, clock } = await shopper();
  const alice = await visitor.logIn("alice");

  expect(alice).toMatchObject({ kind: "authenticated", userId: "alice", level: "aal1", authenticatedAt: clock.now() });
  expect(alice.id).not.toBe(oldId);
  const [newLineage, oldLineage] = [visitor.token, oldToken].map((token) => token.slice(23, 45));
  expect(newLineage).not.toBe(oldLineage);
  expect((await rowsNow()).map(({ id, userId }) => [id, userId])).toEqual([[alice.id, "alice"]]);
  expect(said(await visitor.open())).toBe("authenticated, alice");
});

test("a token planted before the login is worth nothing after it", async () => {
  const { visitor } = await shopper();
  const attacker = visitor.copy();
  await visitor.logIn("alice");
  expect(said(await attacker.open())).toBe("anonymous, unknown");
});

test("only the keys named in `keep` travel", async () => {
  const { visitor } = await shopper();
  const alice = await visitor.logIn("alice", { keep: ["cart", "draft"] });
  expect(alice.data).toEqual({ cart: ["book"] });
  expect((await visitor.signedIn()).data).toEqual({ cart: ["book"] });
});

test("keep: none carries nothing, and neither does an empty list", async () => {
  const first = await shopper();
  expect((await first.visitor.logIn("alice", { keep: "none" })).data).toEqual({});
  const second = await shopper();
  expect((await second.visitor.logIn("alice", { keep: [] })).data).toEqual({});
  expect(second.store.calls.update).toBe(0);
});

test("what `keep` names and everything has is not carried: only the session's own data", async () => {
  const { visitor } = await shopper();
  const alice = await visitor.logIn("alice", { keep: ["toString", "__proto__"] as never });
  expect(Object.keys(alice.data)).toEqual([]);
});

test("the level, and how somebody else names the session, come with the login", async () => {
  const { newcomer, row } = world();
  const session = await newcomer().logIn("alice", { level: "aal2", ref: "https://id.example 42" });
  expect(session.level).toBe("aal2");
  expect(await row(session.id)).toMatchObject({ userId: "alice", ref: "https://id.example 42", version: 1 });
  expect(session.isFresh({ within: "1s", level: "aal2" })).toBe(true);
  expect(session.isFresh({ within: "1s", level: "aal3" })).toBe(false);
});

test("a session without a ref has none in its row", async () => {
  const { newcomer, row } = world();
  const session = await newcomer().logIn("alice");
  expect(await row(session.id)).toMatchObject({ ref: null });
});

test("a label says among the user's devices which one this is, whatever the session does afterwards", async () => {
  const { newcomer, manager } = world();
  const [laptop, phone] = [newcomer(), newcomer()];
  const session = await laptop.logIn("alice", { label: "Firefox on Linux" });
  await session.elevate("aal2");
  await session.update((draft) => {
    draft.cart = ["book"];
  });
  expect(await manager.list("alice")).toMatchObject([{ id: session.id, label: "Firefox on Linux" }]);
  // It belongs to this login: the next one is called by its own.
  await laptop.logIn("alice");
  await phone.logIn("alice", { label: "x".repeat(255) });
  const labels = (await manager.list("alice")).map(({ label }) => label);
  expect(labels.sort()).toEqual(["x".repeat(255), null].sort());
});

test("a login after a timeout leaves the old row to the sweep, and says nothing of it", async () => {
  const { newcomer, clock, rowsNow, news } = world();
  const browser = newcomer();
  await browser.logIn("alice");
  clock.advance("31m");
  news();
  await browser.logIn("alice");
  expect(news()).toEqual(["session_use_after_expire", "session_created"]);
  expect(await rowsNow()).toHaveLength(2);
});

test("a handle that a login or a logout has spent proves nothing any more", async () => {
  const { newcomer } = world();
  const visitor = newcomer();
  const before = anonymous(await visitor.open());
  const token = await before.csrfToken();
  expect(before.isCsrfToken(token)).toBe(true);
  const alice = await before.authenticate({ id: "alice", keep: "none" });
  expect(before.isCsrfToken(token)).toBe(false);
  expect(alice.isFresh({ within: "5m" })).toBe(true);
  await alice.end();
  expect(alice.isFresh({ within: "5m" })).toBe(false);
});

test("the login is reported with ids, and the anonymous session's end is not news", async () => {
  const { visitor, events, news } = await shopper();
  const alice = await visitor.logIn("alice", { keep: ["cart"] });
  expect(news()).toEqual(["session_created"]);
  expect(events.at(-1)).toMatchObject({ severity: "info", sessionId: alice.id, userId: "alice" });
});

test("the handle that logged in is spent: the new one is to be used", async () => {
  const { visitor } = await shopper();
  const old = anonymous(await visitor.open());
  await old.authenticate({ id: "alice", keep: "none" });
  const superseded = { code: "ERR_SESSION_SUPERSEDED", status: 401 };
  await expect(old.authenticate({ id: "alice", keep: "none" })).rejects.toMatchObject(superseded);
  await expect(old.update(() => undefined)).rejects.toMatchObject(superseded);
  await expect(old.update(() => undefined)).rejects.toThrow(
    "A login has replaced this session: use the one it returned",
  );
  await expect(old.take("cart")).rejects.toMatchObject(superseded);
  await expect(old.csrfToken()).rejects.toMatchObject(superseded);
  await expect(old.end()).rejects.toMatchObject(superseded);
});

test("logging in again replaces the session that was logged in", async () => {
  const { newcomer, news, rowsNow, events } = world();
  const visitor = newcomer();
  const first = await visitor.logIn("alice");
  const copy = visitor.copy();
  news();
  const second = await visitor.logIn("alice");
  expect(second.id).not.toBe(first.id);
  expect(await rowsNow()).toHaveLength(1);
  expect(news()).toEqual(["session_expired", "session_created"]);
  expect(events.at(-2)).toMatchObject({ reason: "replaced", severity: "info", sessionId: first.id, userId: "alice" });
  expect(said(await copy.open())).toBe("anonymous, unknown");
});

test("a login as the same user may carry its data on", async () => {
  const { newcomer } = world();
  const visitor = newcomer();
  const first = await visitor.logIn("alice");
  await first.update((draft) => {
    draft.cart = ["book"];
  });
  expect((await visitor.logIn("alice", { keep: ["cart"] })).data).toEqual({ cart: ["book"] });
});

test("another user's data is never carried, and that is reported", async () => {
  const { newcomer, news, events } = world();
  const visitor = newcomer();
  const alice = await visitor.logIn("alice");
  await alice.update((draft) => {
    draft.secretPlan = "mine";
  });
  news();
  const bob = await visitor.logIn("bob", { keep: ["secretPlan"] });
  expect(bob.data).toEqual({});
  expect(news()).toEqual(["session_data_not_kept", "session_expired", "session_created"]);
  const report = events.find(({ type }) => type === "session_data_not_kept");
  expect(report).toMatchObject({ severity: "warning", sessionId: alice.id, userId: "alice" });
});

test("another user's login that asks for nothing is no news of data", async () => {
  const { newcomer, news } = world();
  const visitor = newcomer();
  await visitor.logIn("alice");
  news();
  await visitor.logIn("bob", { keep: "none" });
  expect(news()).toEqual(["session_expired", "session_created"]);
});

test("of a login submitted twice one session carries the cart, and both are logged in", async () => {
  const { visitor, rowsNow } = await shopper();
  const [first, second] = [await visitor.request(), await visitor.request()];
  const login: Login<Shop> = { id: "alice", keep: ["cart"] };
  const sessions = await Promise.all([
    anonymous(first.session).authenticate(login),
    anonymous(second.session).authenticate(login),
  ]);
  const carts = sessions.map(({ data }) => data.cart?.[0] ?? "none").sort();
  expect(carts).toEqual(["book", "none"]);
  expect(await rowsNow()).toHaveLength(2);
});

test("a login whose old session was ended meanwhile carries nothing and succeeds", async () => {
  const { visitor, manager, oldId } = await shopper();
  const session = anonymous(await visitor.open());
  await manager.revoke({ id: oldId, of: "any user" });
  expect((await session.authenticate({ id: "alice", keep: ["cart"] })).data).toEqual({});
});

test("a change that meets the login is either carried or refused", async () => {
  const { visitor, store, oldId, record } = await shopper();
  const [login, change] = [await visitor.request(), await visitor.request()];
  const held = store.hold("insert");
  const loggingIn = anonymous(login.session).authenticate({ id: "alice", keep: ["cart"] });
  await held.reached;
  expect((await record(oldId)).sealed).toBe(true);
  const late = anonymous(change.session).update((draft) => {
    draft.cart = ["late"];
  });
  await expect(late).rejects.toMatchObject({ code: "ERR_SESSION_SUPERSEDED" });
  await expect(late).rejects.toThrow("A login has carried this session's data into a new session");
  await expect(anonymous(change.session).take("cart")).rejects.toMatchObject({ code: "ERR_SESSION_SUPERSEDED" });
  held.release();
  expect((await loggingIn).data).toEqual({ cart: ["book"] });
});

test("a sealed session is refused and stays as it is", async () => {
  const { visitor, rewrite, oldId, news, rowsNow } = await shopper();
  await rewrite(oldId, (record) => ({ ...record, sealed: true }));
  expect(said(await visitor.open())).toBe("anonymous, superseded");
  expect(news()).toEqual(["session_refused"]);
  expect(await rowsNow()).toHaveLength(1);
});

test("who was logged in is out even if the old row could not be removed", async () => {
  const { newcomer, store, news, events } = world();
  const visitor = newcomer();
  const first = await visitor.logIn("alice");
  const copy = visitor.copy();
  news();
  for (let times = 0; times < 3; times++) store.failNext("remove", new Error("no connection"));
  await visitor.logIn("alice");
  expect(news()).toEqual(["store_failed", "session_created"]);
  expect(events.find(({ type }) => type === "store_failed")).toMatchObject({
    severity: "warning",
    operation: "remove",
    code: "ERR_STORE_UNAVAILABLE",
    sessionId: first.id,
  });
  expect(said(await copy.open())).toBe("anonymous, superseded");
});

test("an old row whose removal was not confirmed as configured does not fail the login", async () => {
  const { visitor, store, events } = await shopper();
  store.failNext("remove", new SojournError("ERR_STORE_UNCONFIRMED", "one replica is missing"));
  expect((await visitor.logIn("alice")).userId).toBe("alice");
  expect(events).toContainEqual(expect.objectContaining({ type: "store_failed", code: "ERR_STORE_UNCONFIRMED" }));
});

test("a request whose secret was replaced meanwhile may log in, but takes nothing and removes nothing", async () => {
  const { newcomer, rowsNow } = world();
  const visitor = newcomer();
  const first = await visitor.logIn("alice");
  await first.update((draft) => {
    draft.cart = ["book"];
  });
  const thief = visitor.copy();
  const late = await thief.signedIn();
  await (await visitor.signedIn()).elevate("aal2");
  const session = await late.authenticate({ id: "alice", keep: ["cart"] });
  expect(session.data).toEqual({});
  expect((await rowsNow()).map(({ id }) => id).sort()).toEqual([first.id, session.id].sort());
  expect(said(await visitor.open())).toBe("authenticated, alice");
});

test("a store that cannot seal the old session fails the login, and nothing changed", async () => {
  const { visitor, store, rowsNow, oldId } = await shopper();
  const session = anonymous(await visitor.open());
  store.failNext("update");
  store.failNext("find");
  await expect(session.authenticate({ id: "alice", keep: ["cart"] })).rejects.toMatchObject({
    code: "ERR_SESSION_OUTCOME_UNKNOWN",
  });
  expect((await rowsNow()).map(({ id }) => id)).toEqual([oldId]);
});

test("no session is issued over plain HTTP, and the old one is left alone", async () => {
  const { visitor, rowsNow, oldId } = await shopper();
  const session = await visitor.open({ secure: false });
  expect(said(session)).toBe("anonymous, insecure-transport");
  const login = anonymous(session).authenticate({ id: "alice", keep: "none" });
  await expect(login).rejects.toMatchObject({ code: "ERR_INSECURE_TRANSPORT", status: 400 });
  expect((await rowsNow()).map(({ id }) => id)).toEqual([oldId]);
});

test("a login from a page on plain HTTP is an error that says so", async () => {
  const { newcomer } = world();
  const session = await newcomer().open({ headers: { origin: "http://shop.example" } });
  const login = anonymous(session).authenticate({ id: "alice", keep: "none" });
  await expect(login).rejects.toMatchObject({ code: "ERR_INSECURE_ORIGIN", status: 400 });
});

test("no login once the headers are sent", async () => {
  const { newcomer, rowsNow } = world();
  const visitor = newcomer();
  const session = anonymous(await visitor.open());
  visitor.response.sendHeaders();
  const late = session.authenticate({ id: "alice", keep: "none" });
  await expect(late).rejects.toMatchObject({ code: "ERR_RESPONSE_SENT" });
  await expect(late).rejects.toThrow(
    "This needs to set a cookie, but the response's headers are already sent: call it before writing to the response",
  );
  expect(await rowsNow()).toEqual([]);
});

test.each<[string, unknown, RegExp]>([
  ["no id", { keep: "none" }, /^authenticate\(\{ id \}\): write a string that is not empty$/],
  ["an empty id", { id: "", keep: "none" }, /^authenticate\(\{ id \}\): write a string that is not empty$/],
  ["a number as id", { id: 7, keep: "none" }, /^authenticate\(\{ id \}\): write a string that is not empty$/],
  ["NUL", { id: "a\0b", keep: "none" }, /^authenticate\(\{ id \}\): no NUL and no lone surrogates$/],
  ["a lone surrogate", { id: "a\ud800", keep: "none" }, /^authenticate\(\{ id \}\): no NUL and no lone surrogates$/],
  ["256 bytes", { id: "é".repeat(128), keep: "none" }, /^authenticate\(\{ id \}\): at most 255 bytes$/],
  ["an empty ref", { id: "a", ref: "", keep: "none" }, /^authenticate\(\{ ref \}\): write a string that is not empty$/],
  ["an empty label", { id: "a", label: "", keep: "none" }, /^authenticate\(\{ label \}\): write a string that is not/],
  [
    "a label as long as a page",
    { id: "a", label: "x".repeat(256), keep: "none" },
    /^authenticate\(\{ label \}\): at most/,
  ],
  ["no login at all", undefined, /^authenticate\(login\) is missing: write \{ id, keep: "none" \}$/],
  [
    "a misspelt level",
    { id: "a", keep: "none", levl: "aal2" },
    /^authenticate\(\{ levl \}\) does not exist: did you mean level\?$/,
  ],
  [
    "a remark",
    { id: "a", keep: "none", remember: true },
    /^authenticate\(\{ remember \}\) does not exist: there are id, keep, level, methods, persistent, credentialVersion, ref, label$/,
  ],
  ["no keep", { id: "a" }, /^authenticate\(\{ keep \}\): say which keys travel into the new session, or "none"$/],
  ["another word as keep", { id: "a", keep: "all" }, /^authenticate\(\{ keep \}\): say which keys/],
  ["a level that is none", { id: "a", keep: [], level: "high" }, /^authenticate\(\{ level \}\): write "aal1", "aal2"/],
])("a login with %s is a TypeError that says what to write instead", async (_, login, message) => {
  const { newcomer, rowsNow } = world();
  const session = await newcomer().open();
  const attempt = anonymous(session).authenticate(login as never);
  await expect(attempt).rejects.toThrow(TypeError);
  await expect(attempt).rejects.toThrow(message);
  expect(await rowsNow()).toEqual([]);
});

test("a user id may have 255 bytes", async () => {
  const id = `${"é".repeat(127)}x`;
  expect((await world().newcomer().logIn(id)).userId).toBe(id);
});

test("the new cookie is on the response, which is not to be stored", async () => {
  const { newcomer } = world();
  const visitor = newcomer();
  const alice = await visitor.logIn("alice");
  expect([...visitor.response.cookies.values()]).toEqual([
    `__Host-Http-id=${visitor.token}; Path=/; HttpOnly; Secure; SameSite=Lax`,
  ]);
  expect(visitor.token.startsWith(`${alice.id}.`)).toBe(true);
  expect(visitor.response.caching).toEqual([{ rule: "no-store", vary: "Cookie" }]);
});

test("whoever serves the request is told of the session that took its place", async () => {
  const { newcomer } = world();
  const told: string[] = [];
  const session = await newcomer().open({ onReplaced: (next) => told.push(said(next)) });
  const alice = await anonymous(session).authenticate({ id: "alice", keep: "none" });
  await alice.end();
  expect(told).toEqual(["authenticated, alice", "anonymous, none"]);
});

test("an owner who comes back within the grace of a thief's renewal and logs in again ends the thief's session", async () => {
  const { newcomer, clock, rowsNow, events } = world();
  const owner = newcomer();
  await owner.logIn("alice");
  const thief = owner.copy();
  for (let renewals = 0; renewals < 2; renewals++) {
    clock.advance("16m");
    await thief.signedIn();
    await thief.signedIn();
  }
  clock.advance("1m");
  expect(said(await owner.open())).toBe("anonymous, superseded");
  const { id } = await owner.logIn("alice");
  expect((await rowsNow()).map((row) => row.id)).toEqual([id]);
  expect(events.some((event) => event.type === "session_expired" && event.reason === "replaced")).toBe(true);
  expect(said(await thief.open())).toBe("anonymous, unknown");
});

test("somebody else who logs in with a replaced secret ends nobody's session", async () => {
  const { newcomer, rowsNow } = world();
  const owner = newcomer();
  await owner.logIn("alice");
  const mallory = owner.copy();
  await (await owner.signedIn()).elevate("aal2");
  await mallory.logIn("mallory");
  expect(await rowsNow()).toHaveLength(2);
  expect(said(await owner.open())).toBe("authenticated, alice");
});

test("data that may not travel is refused before the old session is given up", async () => {
  const schema = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value: unknown) =>
        "b" in (value as object) && !("a" in (value as object)) ? { issues: [{ message: "b needs a" }] } : { value },
    },
  } as const;
  const { manager, newcomer } = world({ schema } as never);
  const visitor = newcomer().at(manager);
  await (
    (await visitor.open()) as never as { update(change: (draft: Record<string, unknown>) => undefined): Promise<void> }
  ).update((draft) => {
    draft.a = 1;
    draft.b = 2;
  });
  const login = (await visitor.open()).authenticate({ id: "alice", keep: ["b"] });
  await expect(login).rejects.toMatchObject({ code: "ERR_DATA_INVALID" });
  expect(said(await visitor.open())).toBe("anonymous, none");
});
