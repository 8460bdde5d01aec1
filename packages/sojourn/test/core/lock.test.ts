import { expect, test } from "vitest";
import { anonymous, locked, said } from "../support/kinds.ts";
import { world } from "../support/world.ts";

async function aliceAwayFor(time: "30m" | "1h" | "8h") {
  const here = world({ policy: { onIdle: "lock" } });
  const visitor = here.newcomer();
  const session = await visitor.logIn("alice", { level: "aal2" });
  await session.update((draft) => {
    draft.cart = ["book"];
  });
  here.clock.advance(time);
  here.news();
  return { ...here, visitor, id: session.id, loggedInAt: session.authenticatedAt };
}

test("idle too long, the session locks: it knows its user and nothing else", async () => {
  const { visitor, id, loggedInAt, store } = await aliceAwayFor("30m");
  const writes = store.calls.update;
  const session = locked(await visitor.open());
  expect(session).toMatchObject({ kind: "locked", id, userId: "alice", because: "idle" });
  expect(session.endsAt).toEqual({ absolute: loggedInAt + 28_800_000 });
  expect("data" in session).toBe(false);
  expect(store.calls.update).toBe(writes);
  expect(visitor.response.cookies.size).toBe(0);
  expect(visitor.response.caching).toEqual([{ rule: "private", vary: "Cookie" }]);
});

test("asking again does not wake it", async () => {
  const { visitor, clock } = await aliceAwayFor("30m");
  for (let minutes = 0; minutes < 10; minutes++) {
    clock.advance("1m");
    expect(said(await visitor.open())).toBe("locked, alice");
  }
});

test("its user unlocks it: same session, same data, a new secret, the absolute limit where it was", async () => {
  const { visitor, id, loggedInAt, clock, news, events } = await aliceAwayFor("1h");
  const copy = visitor.copy();
  const told: string[] = [];
  const session = locked(await visitor.open({ onReplaced: (next) => told.push(said(next)) }));
  const alice = await session.unlock({ userId: "alice", level: "aal1" });

  expect(alice).toMatchObject({ kind: "authenticated", id, userId: "alice", level: "aal2", data: { cart: ["book"] } });
  expect(alice.endsAt).toEqual({ idle: clock.now() + 1_800_000, absolute: loggedInAt + 28_800_000 });
  expect(alice.isFresh({ within: "1s", level: "aal1" })).toBe(true);
  expect(alice.isFresh({ within: "59m", level: "aal2" })).toBe(false);
  expect(told).toEqual(["authenticated, alice"]);
  expect(news()).toEqual(["session_renewed"]);
  expect(events.at(-1)).toMatchObject({ cause: "unlocked", sessionId: id, userId: "alice" });
  expect(said(await copy.open())).toBe("anonymous, superseded");
  expect(said(await visitor.open())).toBe("authenticated, alice");
});

test("nobody else unlocks it", async () => {
  const { visitor } = await aliceAwayFor("1h");
  const session = locked(await visitor.open());
  await expect(session.unlock({ userId: "bob", level: "aal3" })).rejects.toMatchObject({
    code: "ERR_SESSION_OTHER_USER",
    status: 403,
    message: "A locked session can only be unlocked by its own user: end it first",
  });
  await expect(session.unlock({ userId: "alice", level: "high" as never })).rejects.toThrow(
    new TypeError('unlock({ level }): write "aal1", "aal2" or "aal3"'),
  );
  expect(said(await visitor.open())).toBe("locked, alice");
});

test("the handle that unlocked is spent", async () => {
  const { visitor } = await aliceAwayFor("1h");
  const session = locked(await visitor.open());
  await session.unlock({ userId: "alice", level: "aal1" });
  const again = session.unlock({ userId: "alice", level: "aal1" });
  await expect(again).rejects.toMatchObject({ code: "ERR_SESSION_SUPERSEDED" });
  await expect(again).rejects.toThrow("This session was unlocked: use the one that returned");
});

test("of two tabs that unlock, the second is refused and nothing breaks", async () => {
  const { visitor } = await aliceAwayFor("1h");
  const [one, two] = [locked(await visitor.open()), locked(await visitor.copy().open())];
  await one.unlock({ userId: "alice", level: "aal1" });
  await expect(two.unlock({ userId: "alice", level: "aal1" })).rejects.toMatchObject({
    code: "ERR_SESSION_SUPERSEDED",
  });
});

test("past its absolute limit there is nothing to unlock", async () => {
  const { visitor } = await aliceAwayFor("8h");
  expect(said(await visitor.open())).toBe("anonymous, absolute");
});

test("another user may log in at a locked session; nothing of it is carried", async () => {
  const { visitor, news, rowsNow } = await aliceAwayFor("1h");
  const session = locked(await visitor.open());
  const bob = await session.authenticate({ id: "bob", keep: ["cart"] });
  expect(bob.data).toEqual({});
  expect(news()).toEqual(["session_data_not_kept", "session_expired", "session_created"]);
  expect(await rowsNow()).toHaveLength(1);
});

test("its user may log in anew and keep the cart", async () => {
  const { visitor, clock } = await aliceAwayFor("1h");
  const alice = await locked(await visitor.open()).authenticate({ id: "alice", keep: ["cart"] });
  expect(alice).toMatchObject({ data: { cart: ["book"] }, level: "aal1", authenticatedAt: clock.now() });
});

test("a locked session can be ended, and its forms still have their CSRF token", async () => {
  const { visitor, rowsNow } = await aliceAwayFor("1h");
  const session = locked(await visitor.open());
  expect(session.isCsrfToken(await session.csrfToken())).toBe(true);
  await session.end();
  expect(await rowsNow()).toEqual([]);
  expect(visitor.jar.size).toBe(0);
});

test("a locked session is listed as one, and kept by the store until its absolute limit and an hour", async () => {
  const { manager, id, row, loggedInAt } = await aliceAwayFor("1h");
  expect(await manager.list("alice")).toMatchObject([{ id, kind: "locked", level: "aal2" }]);
  expect((await row(id)).expiresAt).toBe(loggedInAt + 32_400_000);
});

test("an anonymous session never locks", async () => {
  const { newcomer, clock } = world({ policy: { onIdle: "lock" } });
  const visitor = newcomer();
  await anonymous(await visitor.open()).csrfToken();
  clock.advance("30m");
  expect(said(await visitor.open())).toBe("anonymous, idle");
});
