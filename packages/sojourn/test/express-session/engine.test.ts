import type { Request, Response } from "express";
import { afterEach, expect, test } from "vitest";
import { session, updateSession } from "../../src/express-session/index.ts";
import { createSessionManager, type SessionEvent, type SessionId } from "../../src/index.ts";
import { done, type Handlers, openSite, type Site } from "./support/site.ts";

/*
 * What is underneath: what express-session does not promise, and this does.
 */

const closing: Site[] = [];
afterEach(async () => {
  for (const each of closing.splice(0)) await each.close();
});

const pages: Handlers = {
  "GET /": ({ session, sessionID }) => ({
    views: session.views ?? null,
    user: session.passport?.user ?? null,
    id: sessionID,
  }),
  "POST /begin": ({ session }) => {
    session.views = 1;
    return {};
  },
  // By hand, as many do: no new id is asked for.
  "POST /login": ({ session, query }) => {
    session.passport = { user: query.as };
    return {};
  },
  "POST /logout": ({ session }) => {
    delete session.passport;
    return {};
  },
  "POST /save": ({ session }) => {
    session.views = 2;
    return done((callback) => session.save(callback)).then(
      () => ({}),
      ({ code }) => ({ code }),
    );
  },
};

async function site(options: Parameters<typeof openSite>[0] = {}): Promise<Site> {
  const opened = await openSite(options, pages);
  closing.push(opened);
  return opened;
}

test("the store never holds what the cookie holds, nor anything a cookie could be made of", async () => {
  const shop = await site();
  const visitor = shop.visitor();
  await visitor.post("/begin");
  const [, token = "", signature = ""] =
    /^connect\.sid=s:(.+)\.([^.]+)$/.exec(decodeURIComponent(visitor.cookies)) ?? [];
  const stored = JSON.stringify(await shop.rows.scan(null, 9));
  const [id = "", secret = ""] = token.split(".");
  expect([stored.includes(id), stored.includes(secret), stored.includes(signature)]).toEqual([true, false, false]);
  const { id: told } = await visitor.read<{ id: string }>("/");
  expect(told).toBe(id);
});

test("a cookie that was not signed, or signed for another session, opens nothing and costs no read", async () => {
  const shop = await site();
  const visitor = shop.visitor();
  await visitor.post("/begin");
  const reads = shop.store.calls.find;
  const cookie = decodeURIComponent(visitor.cookies.slice("connect.sid=".length));
  for (const forged of [`${cookie.slice(0, -1)}x`, cookie.slice(2), cookie.replace("s:", "j:"), "s:.", "%", "s:a.b"]) {
    const answer = await fetch(shop.origin, { headers: { Cookie: `connect.sid=${encodeURIComponent(forged)}` } });
    expect(await answer.json()).toMatchObject({ views: null });
  }
  expect(shop.store.calls.find).toBe(reads);
});

test("two different sessions under one name are believed neither, and no page fails for it", async () => {
  const shop = await site();
  const [alice, mallory] = [shop.visitor(), shop.visitor()];
  await alice.post("/begin");
  await mallory.post("/begin");
  const headers = { Cookie: `${mallory.cookies}; ${alice.cookies}` };
  const answer = await fetch(shop.origin, { headers });
  expect([answer.status, await answer.json()]).toMatchObject([200, { views: null }]);
  const written = await fetch(`${shop.origin}/begin`, { method: "POST", headers });
  expect([written.status, written.headers.getSetCookie()]).toEqual([200, []]);
  const saved = await fetch(`${shop.origin}/save`, { method: "POST", headers });
  expect(await saved.json()).toEqual({ code: "ERR_SESSION_AMBIGUOUS" });
  expect(await shop.rows.scan(null, 9)).toHaveLength(2);
});

test("made-up cookies in front of two sessions do not hide the second: none is believed, nor is a heap of cookies looked through", async () => {
  const shop = await site();
  const [alice, mallory] = [shop.visitor(), shop.visitor()];
  await alice.post("/begin");
  await mallory.post("/begin");
  const heap = Array.from({ length: 9 }, (_, at) => `connect.sid=made-up-${at}`).join("; ");
  for (const before of ["connect.sid=made-up", "connect.sid=", heap]) {
    const headers = { Cookie: `${before}; ${mallory.cookies}; ${alice.cookies}` };
    expect(await (await fetch(shop.origin, { headers })).json()).toMatchObject({ views: null });
  }
});

test("beside the own session, a cookie that somebody made up changes nothing", async () => {
  const shop = await site();
  const visitor = shop.visitor();
  await visitor.post("/begin");
  const answer = await fetch(shop.origin, { headers: { Cookie: `connect.sid=made-up; ${visitor.cookies}` } });
  expect(await answer.json()).toMatchObject({ views: 1 });
});

test("without a policy a session ends after 30 minutes without activity, on the server", async () => {
  const shop = await site();
  const visitor = shop.visitor();
  await visitor.post("/begin");
  for (const _ of [1, 2, 3]) {
    shop.clock.advance("28m");
    expect(await visitor.read("/")).toMatchObject({ views: 1 });
  }
  shop.clock.advance("31m");
  expect(await visitor.read("/")).toMatchObject({ views: null });
});

test("activity does not stretch the absolute timeout", async () => {
  const shop = await site({ policy: { idle: "30m", absolute: "2h" } });
  const visitor = shop.visitor();
  await visitor.post("/begin");
  for (const _ of [1, 2, 3, 4, 5]) {
    shop.clock.advance("20m");
    expect(await visitor.read("/")).toMatchObject({ views: 1 });
  }
  shop.clock.advance("21m");
  expect(await visitor.read("/")).toMatchObject({ views: null });
});

test("cookie.maxAge holds on the server too, also where it is shorter than any policy", async () => {
  const shop = await site({ cookie: { maxAge: 60_000 } });
  const visitor = shop.visitor();
  await visitor.post("/begin");
  for (const _ of [1, 2, 3]) {
    shop.clock.advance("50s");
    expect(await visitor.read("/")).toMatchObject({ views: 1 });
  }
  const copy = visitor.copy();
  shop.clock.advance("61s");
  expect(await visitor.read("/")).toMatchObject({ views: null });
  expect(await copy.read("/")).toMatchObject({ views: null });
  expect(await shop.rows.scan(null, 9)).toEqual([]);
});

test("a maxAge of thirty days is kept for thirty days without activity, and no longer in any case", async () => {
  const shop = await site({ cookie: { maxAge: 30 * 86_400_000 } });
  const [away, busy] = [shop.visitor(), shop.visitor()];
  await away.post("/begin");
  await busy.post("/begin");
  for (const _ of Array.from({ length: 29 })) {
    shop.clock.advance("1d");
    expect(await busy.read("/")).toMatchObject({ views: 1 });
  }
  expect(await away.read("/")).toMatchObject({ views: 1 });
  shop.clock.advance("25h");
  expect(await busy.read("/")).toMatchObject({ views: null });
});

test("a login by hand gets a new id and a new secret, keeps the session's data, and is said once", async () => {
  const shop = await site();
  const visitor = shop.visitor();
  await visitor.post("/begin");
  const planted = visitor.copy();
  const { id } = await visitor.read<{ id: string }>("/");
  await visitor.post("/login?as=alice");
  const after = await visitor.read<{ id: string }>("/");
  expect(after).toMatchObject({ user: "alice", views: 1 });
  expect(after.id).not.toBe(id);
  expect(await planted.read("/")).toMatchObject({ user: null, views: null });
  expect(shop.warnings.filter(({ code }) => code === "EXPRESS_SESSION_NEW_ID")).toHaveLength(1);
});

test("the secret stays between logins, so that a cookie which is set again by a slow response is still the right one", async () => {
  const shop = await site({ rolling: true });
  const visitor = shop.visitor();
  await visitor.post("/login?as=alice");
  const { cookies } = visitor;
  shop.clock.advance("20m");
  expect((await visitor.get("/")).headers.getSetCookie()).toHaveLength(1);
  expect(visitor.cookies).toBe(cookies);
});

test("a logout by hand is one: a copy of the cookie is worth nothing, also after the next login", async () => {
  const shop = await site();
  const visitor = shop.visitor();
  await visitor.post("/login?as=alice");
  const copy = visitor.copy();
  await visitor.post("/logout");
  expect(await visitor.read("/")).toMatchObject({ user: null });
  await visitor.post("/login?as=alice");
  expect(await visitor.read("/")).toMatchObject({ user: "alice" });
  expect(await copy.read("/")).toMatchObject({ user: null });
});

test("a session whose user nobody was told of when they logged in goes on as it is, whoever asks at once, until its next login", async () => {
  const before = await site({ userIdOf: () => null });
  const visitor = before.visitor();
  await visitor.post("/login?as=alice");
  const after = await site({ store: before.rows, clock: before.clock });
  const headers = { Cookie: visitor.cookies };
  const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(after.origin, { headers })));
  for (const answer of answers) {
    expect([await answer.json(), answer.headers.getSetCookie()]).toMatchObject([{ user: "alice" }, []]);
  }
  const login = await fetch(`${after.origin}/login?as=bob`, { method: "POST", headers });
  expect(login.headers.getSetCookie()).toHaveLength(1);
  expect((await before.rows.scan(null, 9)).map(({ userId }) => userId)).toEqual(["bob"]);
});

test("another user in the same session is another session", async () => {
  const shop = await site();
  const visitor = shop.visitor();
  await visitor.post("/login?as=alice");
  await visitor.post("/begin");
  const copy = visitor.copy();
  await visitor.post("/login?as=bob");
  expect(await visitor.read("/")).toMatchObject({ user: "bob", views: 1 });
  expect(await copy.read("/")).toMatchObject({ user: null });
});

test("a manager on the same store lists and ends a user's sessions", async () => {
  const shop = await site();
  const manager = createSessionManager({ store: shop.rows, clock: shop.clock });
  const [phone, laptop] = [shop.visitor(), shop.visitor()];
  await phone.post("/login?as=alice");
  await laptop.post("/login?as=alice");
  const { id } = await phone.read<{ id: SessionId }>("/");
  expect((await manager.list("alice")).map((each) => each.id)).toContain(id);
  await manager.revoke({ id, of: { userId: "alice" } });
  expect([await phone.read("/"), await laptop.read("/")]).toMatchObject([{ user: null }, { user: "alice" }]);
  expect(await manager.revokeAll("alice")).toBe(1);
  expect(await laptop.read("/")).toMatchObject({ user: null });
});

test.each([
  ["an id", { user: "alice" }, "alice"],
  ["a number", { user: 7 }, "7"],
  ["what its tutorial stores", { user: { id: 7, username: "alice" } }, "7"],
  ["a whole document as text, too long for a name", { user: "x".repeat(256) }, null],
  ["nobody", {}, null],
])("who Passport's user is: %s", async (_, passport, userId) => {
  const shop = await openSite(
    {},
    {
      "POST /": ({ session }) => {
        session.passport = passport;
        return {};
      },
    },
  );
  closing.push(shop);
  await shop.visitor().post("/");
  expect((await shop.rows.scan(null, 9)).map((row) => row.userId)).toEqual([userId]);
});

test("the oldest session goes where a user may have so many", async () => {
  const shop = await site({ policy: { sessionsPerUser: 1 } });
  const [old, young] = [shop.visitor(), shop.visitor()];
  await old.post("/login?as=alice");
  shop.clock.advance("1s");
  await young.post("/login?as=alice");
  expect([await old.read("/"), await young.read("/")]).toMatchObject([{ user: null }, { user: "alice" }]);
});

test("a store that does not answer is 503, not a visitor whom nobody knows, and loses nothing", async () => {
  const shop = await site();
  const visitor = shop.visitor();
  await visitor.post("/login?as=alice");
  shop.store.failNext("find");
  const answer = await visitor.get("/");
  expect([answer.status, await answer.json()]).toEqual([503, { error: "ERR_STORE_UNAVAILABLE" }]);
  expect(await visitor.read("/")).toMatchObject({ user: "alice" });
});

test("a login by updateSession is never stored under the id that was planted, not for a moment, and not too late for a cookie", async () => {
  const logIn = (request: Request) =>
    updateSession(request.session, (draft) => {
      draft.passport = { user: "alice" };
    });
  const shop = await openSite(
    {},
    {
      ...pages,
      "GET /login": async (request) => {
        const planted = request.sessionID;
        await logIn(request);
        const rows = await shop.rows.scan(null, 9);
        return { users: rows.map(({ userId }) => userId), isNew: request.sessionID !== planted };
      },
      "GET /late": async (request, response) => {
        response.write("too late: ");
        const error = await logIn(request).then(
          () => null,
          ({ code }) => code,
        );
        request.session.passport = {};
        response.end(String(error));
      },
    },
  );
  closing.push(shop);
  const mallory = shop.visitor();
  await mallory.post("/begin");
  const late = mallory.copy();
  expect(await (await late.get("/late")).text()).toBe("too late: ERR_RESPONSE_SENT");
  expect(await mallory.read("/")).toMatchObject({ user: null });
  const victim = mallory.copy();
  expect(await victim.read("/login")).toEqual({ users: ["alice"], isNew: true });
  expect([await mallory.read("/"), await victim.read("/")]).toMatchObject([
    { user: null },
    { user: "alice", views: 1 },
  ]);
});

test("what no JSON can say, or is too deep for it, fails the page that stores it, and not the process", async () => {
  const deep = (levels: number) => JSON.parse("[".repeat(levels) + "]".repeat(levels));
  const values: readonly unknown[] = [1n, deep(200), deep(50_000)];
  const store = (value: unknown) => (request: Request, response: Response) => {
    // Not in the handler itself, where Express would hear of it.
    setImmediate(() => {
      Object.assign(request.session, { value });
      response.end("stored");
    });
  };
  const pages = Object.fromEntries(values.map((value, at) => [`GET /${at}`, store(value)]));
  const shop = await openSite({}, pages);
  closing.push(shop);
  for (const at of values.keys()) {
    const answer = await shop.visitor().get(`/${at}`);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([500, []]);
  }
  expect(await shop.rows.scan(null, 9)).toEqual([]);
});

test("a page whose session cannot be stored is not sent: 503 in its place, without its cookie or its headers", async () => {
  const shop = await openSite(
    {},
    {
      "POST /": ({ session, res }) => {
        session.views = 1;
        res?.set("ETag", '"1"').redirect("/");
      },
    },
  );
  closing.push(shop);
  for (const _ of [1, 2, 3]) shop.store.failNext("insert");
  for (const _ of [1, 2, 3]) shop.store.failNext("insert");
  const answer = await shop.visitor().post("/");
  expect([answer.status, answer.headers.getSetCookie(), answer.headers.get("location")]).toEqual([503, [], null]);
});

test("events are told as by any manager, without a secret", async () => {
  const events: SessionEvent[] = [];
  const shop = await site({ onEvent: (event) => events.push(event) });
  const visitor = shop.visitor();
  await visitor.post("/login?as=alice");
  await visitor.post("/logout");
  expect(events.map(({ type }) => type)).toEqual(["session_created", "session_logout", "session_created"]);
});

test("responses that bring a cookie are not stored by caches; those of a session are private, unless the page says more", async () => {
  const shop = await site();
  const visitor = shop.visitor();
  const first = await visitor.post("/begin");
  expect([first.headers.get("cache-control"), first.headers.get("vary")]).toEqual(["no-store", "Cookie"]);
  expect((await visitor.get("/")).headers.get("cache-control")).toBe("private, no-cache");
  expect((await shop.visitor().get("/")).headers.get("cache-control")).toBeNull();
});

test("every problem of the options is said at once, and at the start", () => {
  const wrong = { genid: "x", unset: "maybe", store: {}, name: "a b", policy: { idle: "9h" } } as never;
  expect(() => session(wrong)).toThrow(/6 problems/);
  expect(() => session({ secret: [] })).toThrow("secret is missing");
  expect(() => session(undefined as never)).toThrow("write { secret }");
});
