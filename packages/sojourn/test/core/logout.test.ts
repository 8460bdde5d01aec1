import { expect, test } from "vitest";
import { SojournError } from "../../src/core/errors.ts";
import { anonymous, said } from "../support/kinds.ts";
import { world } from "../support/world.ts";

async function aliceLoggedIn() {
  const here = world();
  const visitor = here.newcomer();
  const { id } = await visitor.logIn("alice");
  here.news();
  return { ...here, visitor, id };
}

test("logging out removes the row and makes the browser forget its token", async () => {
  const { visitor, id, rowsNow, events, news } = await aliceLoggedIn();
  const copy = visitor.copy();
  await (await visitor.signedIn()).end();
  expect(await rowsNow()).toEqual([]);
  expect([...visitor.response.cookies]).toEqual([
    [
      "__Host-Http-id",
      "__Host-Http-id=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; Secure; SameSite=Lax",
    ],
  ]);
  expect(visitor.response.headers.size).toBe(0);
  expect(visitor.jar.size).toBe(0);
  expect(news()).toEqual(["session_logout"]);
  expect(events.at(-1)).toMatchObject({ severity: "info", sessionId: id, userId: "alice" });
  expect(said(await copy.open())).toBe("anonymous, unknown");
});

test("on request the browser clears more than the cookie", async () => {
  const { visitor } = await aliceLoggedIn();
  await (await visitor.signedIn()).end({ clearSiteData: ["cache", "storage"] });
  expect(visitor.response.headers.get("Clear-Site-Data")).toBe('"cache", "storage"');
});

test("a visitor without a session may log out: the store is not asked, the cookie is cleared", async () => {
  const { newcomer, store, events } = world();
  const visitor = newcomer();
  await anonymous(await visitor.open()).end();
  expect(store.calls.remove).toBe(0);
  expect(events).toEqual([]);
  expect(visitor.response.cookies.get("__Host-Http-id")).toMatch(/Max-Age=0/);
});

test("an anonymous session can be ended too", async () => {
  const { newcomer, rowsNow, events } = world();
  const visitor = newcomer();
  const session = anonymous(await visitor.open());
  await session.update((draft) => {
    draft.cart = 1;
  });
  await session.end();
  expect(await rowsNow()).toEqual([]);
  expect(events.at(-1)).toMatchObject({ type: "session_logout", userId: null });
});

test("an ended handle does nothing any more", async () => {
  const { visitor } = await aliceLoggedIn();
  const session = await visitor.signedIn();
  await session.end();
  const ended = { code: "ERR_SESSION_ENDED", message: "This session was ended" };
  await expect(session.update(() => undefined)).rejects.toMatchObject(ended);
  await expect(session.end()).rejects.toMatchObject(ended);
});

test("a request held open while the user logs out cannot bring the session back", async () => {
  const { visitor, rowsNow } = await aliceLoggedIn();
  const slow = await visitor.signedIn();
  await (await visitor.signedIn()).end();
  const write = slow.update((draft) => {
    draft.late = true;
  });
  await expect(write).rejects.toMatchObject({ code: "ERR_SESSION_ENDED", status: 401 });
  await expect(write).rejects.toThrow("The session was ended while this request was at work");
  expect(await rowsNow()).toEqual([]);
});

test("logging out twice, in two tabs, succeeds twice", async () => {
  const { visitor } = await aliceLoggedIn();
  const [one, two] = [await visitor.signedIn(), await visitor.signedIn()];
  await one.end();
  await two.end();
  expect(visitor.jar.size).toBe(0);
});

test("a logout after the headers are sent ends the session; the cookie leads nowhere", async () => {
  const { visitor, rowsNow } = await aliceLoggedIn();
  const session = await visitor.signedIn();
  visitor.response.sendHeaders();
  await session.end({ clearSiteData: ["cookies"] });
  expect(await rowsNow()).toEqual([]);
  expect(visitor.jar.size).toBe(1);
  expect(said(await visitor.open())).toBe("anonymous, unknown");
});

test("a store that does not answer leaves the cookie alone, so that the user can try again", async () => {
  const { visitor, store, whileTimePasses, events, rowsNow, id } = await aliceLoggedIn();
  const session = await visitor.signedIn();
  for (let times = 0; times < 3; times++) store.loseRequest("remove");
  await expect(whileTimePasses(session.end())).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE", status: 503 });
  expect(visitor.response.cookies.size).toBe(0);
  expect(events.at(-1)).toMatchObject({
    type: "store_failed",
    severity: "critical",
    operation: "end",
    code: "ERR_STORE_UNAVAILABLE",
    sessionId: id,
  });
  await session.end();
  expect(await rowsNow()).toEqual([]);
  expect(visitor.jar.size).toBe(0);
});

test("a removal that replicas did not confirm is asked for once, and thrown", async () => {
  const { visitor, store, events } = await aliceLoggedIn();
  const session = await visitor.signedIn();
  store.failNext("remove", new SojournError("ERR_STORE_UNCONFIRMED", "one replica is missing"));
  await expect(session.end()).rejects.toMatchObject({ code: "ERR_STORE_UNCONFIRMED", status: 503 });
  expect(store.calls.remove).toBe(1);
  expect(visitor.jar.size).toBe(1);
  expect(events.at(-1)).toMatchObject({ type: "store_failed", code: "ERR_STORE_UNCONFIRMED" });
});

test("a logout that was not confirmed and is tried again succeeds only once the store confirms", async () => {
  const { visitor, rows, store, node, events, id } = await aliceLoggedIn();
  const unconfirmed = new SojournError("ERR_STORE_UNCONFIRMED", "one replica is missing");
  const asked: string[] = [];
  let isConfirmed = false;
  const confirm = async (session: string) => {
    asked.push(session);
    if (!isConfirmed) throw unconfirmed;
  };
  const manager = node({
    store: {
      ...rows,
      confirm,
      remove: async (gone) => {
        await rows.remove(gone);
        throw unconfirmed;
      },
    },
  });
  const browser = visitor.at(manager);
  await expect((await browser.signedIn()).end()).rejects.toBe(unconfirmed);

  const again = await browser.open();
  expect(said(again)).toBe("anonymous, unknown");
  await expect(again.end()).rejects.toBe(unconfirmed);
  expect(visitor.jar.size).toBe(1);
  expect(events.at(-1)).toEqual(
    expect.objectContaining({ type: "store_failed", operation: "end", code: "ERR_STORE_UNCONFIRMED", sessionId: id }),
  );

  isConfirmed = true;
  await (await browser.open()).end();
  expect(visitor.jar.size).toBe(0);
  expect(asked).toEqual([id, id]);
  expect(events.filter(({ type }) => type === "session_logout")).toEqual([]);
  expect(store.calls.remove).toBe(0);
});

test("where a removal's answer confirms it, a logout with a token nobody knows asks the store for nothing more", async () => {
  const { visitor, store, rows, id } = await aliceLoggedIn();
  await rows.remove(id);
  await (await visitor.open()).end();
  expect(store.calls.remove).toBe(0);
  expect(visitor.jar.size).toBe(0);
});

test("a removal whose answer was lost is asked again, and the logout succeeds", async () => {
  const { visitor, store, whileTimePasses, news } = await aliceLoggedIn();
  const session = await visitor.signedIn();
  store.loseAnswer("remove");
  await whileTimePasses(session.end());
  expect(store.calls.remove).toBe(2);
  expect(news()).toEqual(["session_logout"]);
});

test("logging out beside an elevation in another tab ends the session, though this tab's secret was replaced", async () => {
  const { visitor, id, rowsNow, events } = await aliceLoggedIn();
  const otherTab = visitor.copy();
  await (await visitor.signedIn()).elevate("aal2");
  const late = await otherTab.open();
  expect(said(late)).toBe("anonymous, superseded");
  await late.end();
  expect(await rowsNow()).toEqual([]);
  expect(events.at(-1)).toMatchObject({ type: "session_logout", sessionId: id, userId: "alice" });
  expect(said(await visitor.open())).toBe("anonymous, unknown");
});

test("logging out after the timeout removes the row as well", async () => {
  const { visitor, clock, rowsNow } = await aliceLoggedIn();
  clock.advance("31m");
  await (await visitor.open()).end();
  expect(await rowsNow()).toEqual([]);
});

test("a guessed secret logs nobody out", async () => {
  const { visitor, id, newcomer, rowsNow } = await aliceLoggedIn();
  const thief = newcomer();
  thief.jar.set("__Host-Http-id", `${id}.${"A".repeat(44)}`);
  await (await thief.open()).end();
  expect(await rowsNow()).toHaveLength(1);
  expect(said(await visitor.open())).toBe("authenticated, alice");
});

test("with two different cookies a logout is refused: nothing is ended and nothing is cleared", async () => {
  const { visitor, newcomer, rowsNow } = await aliceLoggedIn();
  const attacker = newcomer();
  await attacker.logIn("mallory");
  const tossed = newcomer();
  const [own, planted] = [visitor, attacker].map((each) => each.jar.get("__Host-Http-id"));
  tossed.jar.set("__Host-Http-id", `${own}; __Host-Http-id=${planted}`);
  const session = await tossed.open();
  expect(said(session)).toBe("anonymous, ambiguous");
  await expect(session.end()).rejects.toMatchObject({
    code: "ERR_SESSION_AMBIGUOUS",
    status: 400,
    message:
      "Two different session cookies came with this request: nothing was ended. Clear the site's cookies, and end the session from another device",
  });
  expect(await rowsNow()).toHaveLength(2);
  expect(tossed.response.cookies.size).toBe(0);
});

test("logging out after the absolute timeout, or after a replay that the store could not end, removes the row as well", async () => {
  const over = await aliceLoggedIn();
  over.clock.advance("8h");
  await (await over.visitor.open()).end();
  expect(await over.rowsNow()).toEqual([]);

  const replayed = await aliceLoggedIn();
  const copy = replayed.visitor.copy();
  await (await replayed.visitor.signedIn()).elevate("aal2");
  replayed.clock.advance("10m");
  for (let times = 0; times < 3; times++) replayed.store.failNext("remove");
  const session = await copy.open();
  expect(said(session)).toBe("anonymous, replay");
  expect(await replayed.rowsNow()).toHaveLength(1);
  await session.end();
  expect(await replayed.rowsNow()).toEqual([]);
});

test("the page of a request whose secret was replaced gets a form token, and no cookie that would hide the newer one", async () => {
  const { visitor } = await aliceLoggedIn();
  const otherTab = visitor.copy();
  await (await visitor.signedIn()).elevate("aal2");
  const late = anonymous(await otherTab.open());
  const token = await late.csrfToken();
  expect(late.isCsrfToken(token)).toBe(true);
  const change = late.update((draft) => {
    draft.note = 1;
  });
  await expect(change).rejects.toMatchObject({ code: "ERR_SESSION_SUPERSEDED" });
  expect(otherTab.response.cookies.size).toBe(0);
});
