import { expect, test } from "vitest";
import type { AnonymousSession } from "../../src/core/session.ts";
import type { CookieOptions } from "../../src/http/cookie-options.ts";
import { createSessionManager, type SessionManager } from "../../src/manager.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { anonymous, said } from "../support/kinds.ts";
import { RecordedResponse } from "../support/recorded-response.ts";
import { world } from "../support/world.ts";

const https = { method: "GET", url: "https://shop.example/", secure: true };

test.each<[CookieOptions, string, string]>([
  [{}, "__Host-Http-id", "; Path=/; HttpOnly; Secure; SameSite=Lax"],
  [{ sameSite: "Strict", name: "s" }, "__Host-Http-s", "; Path=/; HttpOnly; Secure; SameSite=Strict"],
  [
    { scope: "site", domain: "shop.example" },
    "__Secure-id",
    "; Path=/; Domain=shop.example; HttpOnly; Secure; SameSite=Lax",
  ],
  [{ scope: "path", path: "/shop" }, "__Secure-id", "; Path=/shop; HttpOnly; Secure; SameSite=Lax"],
  [{ scope: "embedded" }, "__Host-Http-id-embedded", "; Path=/; HttpOnly; Secure; SameSite=None; Partitioned"],
  [{ scope: "insecure" }, "id", "; Path=/; HttpOnly; SameSite=Lax"],
])("the cookie of %j", async (cookie, name, attributes) => {
  const visitor = world({ cookie }).newcomer();
  await visitor.logIn("alice");
  expect([...visitor.response.cookies]).toEqual([[name, `${name}=${visitor.token}${attributes}`]]);
  await (await visitor.signedIn()).end();
  const gone = `${name}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT${attributes}`;
  expect([...visitor.response.cookies]).toEqual([[name, gone]]);
  expect(visitor.jar.size).toBe(0);
});

test("a persistent cookie lasts as long as the session can, and less at each renewal", async () => {
  const { newcomer, clock } = world({ cookie: { persistent: true } });
  const visitor = newcomer();
  await visitor.logIn("alice");
  expect([...visitor.response.cookies.values()][0]).toContain("; Max-Age=28800;");
  clock.advance(15 * 60_000 + 500);
  await visitor.open();
  expect([...visitor.response.cookies.values()][0]).toContain("; Max-Age=27900;");
});

test("no cookie lasts longer than browsers keep one", async () => {
  const visitor = world({ cookie: { persistent: true }, policy: { absolute: "500d" } }).newcomer();
  await visitor.logIn("alice");
  expect([...visitor.response.cookies.values()][0]).toContain(`; Max-Age=${400 * 86_400};`);
});

test("a cookie is issued for no less than nothing, where clocks disagree", async () => {
  const here = world({ cookie: { persistent: true } });
  const visitor = here.newcomer();
  const session = await visitor.logIn("alice");
  const late = here.node({ clock: { ...here.clock, now: () => session.endsAt.absolute - 1 } });
  await here.rewrite(session.id, (record) => ({ ...record, due: "leaked", lastSeenAt: record.startedAt + 28_000_000 }));
  const response = await visitor.at(late).request();
  expect([...response.response.cookies.values()][0]).toContain("; Max-Age=1;");
});

test("a session on plain http is refused, and the cookie left alone", async () => {
  const { newcomer, news, events, store } = world();
  const visitor = newcomer();
  const { id } = await visitor.logIn("alice");
  news();
  const reads = store.calls.find;
  expect(said(await visitor.open({ secure: false, url: "http://shop.example/" }))).toBe(
    "anonymous, insecure-transport",
  );
  expect(events.at(-1)).toMatchObject({ type: "session_refused", because: "insecure-transport", sessionId: id });
  expect(store.calls.find).toBe(reads);
  expect(visitor.response.cookies.size).toBe(0);
});

test("this very machine needs no https, and neither does a scope that is insecure by choice", async () => {
  const visitor = world().newcomer();
  await visitor.logIn("alice");
  expect(said(await visitor.open({ secure: false, url: "http://localhost:3000/" }))).toBe("authenticated, alice");
  const plain = world({ cookie: { scope: "insecure" } }).newcomer();
  const session = anonymous(await plain.open({ secure: false, url: "http://shop.example/" }));
  await session.authenticate({ id: "alice", keep: "none" });
  expect(said(await plain.open({ secure: false, url: "http://shop.example/" }))).toBe("authenticated, alice");
});

test("two different values under the name: refused as ambiguous, reported, nothing cleared, nothing read", async () => {
  const { newcomer, store, events, news } = world();
  const visitor = newcomer();
  await visitor.logIn("alice");
  news();
  const cookie = `__Host-Http-id=${visitor.token}; __Host-Http-id=${"A".repeat(22)}.${"A".repeat(44)}`;
  const session = await visitor.open({ headers: { cookie } });
  expect(said(session)).toBe("anonymous, ambiguous");
  expect(events.at(-1)).toMatchObject({
    type: "session_refused",
    severity: "warning",
    because: "ambiguous",
    sessionId: null,
  });
  expect(visitor.response.cookies.size).toBe(0);
  expect(store.calls.find).toBe(0);
});

test("nothing is stored for a request with two cookies, or with one that was replaced: a new one would hide them", async () => {
  const { newcomer, rowsNow } = world();
  const visitor = newcomer();
  await visitor.logIn("alice");
  const copy = visitor.copy();
  await (await visitor.signedIn()).elevate("aal2");
  const note = (session: AnonymousSession<Record<string, unknown>>) =>
    session.update((draft) => {
      draft.note = 1;
    });
  await expect(note(anonymous(await copy.open()))).rejects.toMatchObject({
    code: "ERR_SESSION_SUPERSEDED",
    message: "This request's secret was replaced: its client has a newer one, try again",
  });
  const cookie = `__Host-Http-id=${visitor.token}; __Host-Http-id=${copy.token}`;
  const tossed = anonymous(await visitor.open({ headers: { cookie } }));
  const refusal = {
    code: "ERR_SESSION_AMBIGUOUS",
    message: "Two different session cookies came with this request: nothing is stored",
  };
  await expect(note(tossed)).rejects.toMatchObject(refusal);
  await expect(tossed.csrfToken()).rejects.toMatchObject(refusal);
  expect(visitor.response.cookies.size).toBe(0);
  expect(await rowsNow()).toHaveLength(1);
});

test("what is no token is malformed, and costs no store call", async () => {
  const { newcomer, store, events } = world();
  const session = await newcomer().open({ headers: { cookie: "__Host-Http-id=%00" } });
  expect(said(session)).toBe("anonymous, malformed");
  expect(events.at(-1)).toMatchObject({ type: "session_refused", because: "malformed", sessionId: null });
  expect(store.calls.find).toBe(0);
});

test("a token of a session that never was is unknown: worth no alarm", async () => {
  const { newcomer, events } = world();
  const id = "A".repeat(22);
  const session = await newcomer().open({ headers: { cookie: `__Host-Http-id=${id}.${"B".repeat(44)}` } });
  expect(said(session)).toBe("anonymous, unknown");
  expect(events.at(-1)).toMatchObject({ type: "session_refused", severity: "info", because: "unknown", sessionId: id });
});

test("whoever was refused may log in again, and the cookie is replaced then", async () => {
  const { newcomer, manager } = world();
  const visitor = newcomer();
  await visitor.logIn("alice");
  await manager.revokeAll("alice");
  expect(said(await visitor.open())).toBe("anonymous, unknown");
  await visitor.logIn("alice");
  expect(said(await visitor.open())).toBe("authenticated, alice");
});

/** A native client's request with its token. */
function ask(manager: SessionManager<Record<string, unknown>>, headers: { readonly [name: string]: string }) {
  const response = new RecordedResponse();
  const session = manager.open({ ...https, header: (name) => headers[name] ?? null }, response);
  return { session, response };
}

test("a native client is given its token in a header, never to be stored, and sends it as a bearer", async () => {
  const manager = createSessionManager({ store: memoryStore(), transport: "bearer" });
  const login = ask(manager, {});
  const alice = await anonymous(await login.session).authenticate({ id: "alice", keep: "none" });
  const token = login.response.headers.get("Sojourn-Token")!;
  expect(token.startsWith(`${alice.id}.`)).toBe(true);
  expect(login.response.caching).toEqual([{ rule: "no-store", vary: "Authorization" }]);
  expect(login.response.cookies.size).toBe(0);

  const next = ask(manager, { authorization: `Bearer ${token}` });
  expect(said(await next.session)).toBe("authenticated, alice");
  expect(next.response.caching).toEqual([{ rule: "private", vary: "Authorization" }]);
  await (await next.session).end();
  expect(next.response.headers.get("Sojourn-Token")).toBe("");
  expect(said(await ask(manager, { authorization: `Bearer ${token}` }).session)).toBe("anonymous, unknown");
});

test("a bearer that a web page sends is refused; another scheme is none of ours", async () => {
  const manager = createSessionManager({ store: memoryStore(), transport: "bearer" });
  const token = `${"A".repeat(22)}.${"B".repeat(44)}`;
  const words = async (headers: { readonly [name: string]: string }) => said(await ask(manager, headers).session);
  expect(await words({ authorization: `Bearer ${token}`, "sec-fetch-site": "same-origin" })).toBe(
    "anonymous, web-page",
  );
  expect(await words({ authorization: "Bearer x" })).toBe("anonymous, malformed");
  expect(await words({ authorization: "Basic eDp5" })).toBe("anonymous, none");
  expect(await words({ cookie: `__Host-Http-id=${token}` })).toBe("anonymous, none");
});

test("a guard that refuses reports it with the session's id", async () => {
  const here = world();
  const visitor = here.newcomer();
  const session = await visitor.logIn("alice");
  here.news();
  const foreign = {
    ...https,
    method: "POST",
    header: (name: string) => (name === "sec-fetch-site" ? "cross-site" : null),
  };
  expect(here.manager.checkCsrf(foreign, session)).toEqual({ allowed: false, because: "cross-site" });
  expect(here.events.at(-1)).toMatchObject({
    type: "csrf_refused",
    severity: "warning",
    because: "cross-site",
    method: "POST",
    sessionId: session.id,
  });
  here.news();
  expect(here.manager.checkCsrf({ ...foreign, method: "GET" }, session)).toEqual({ allowed: true });
  expect(here.news()).toEqual([]);
});

test("where tokens are asked for, the session's own is needed", async () => {
  const here = world({ csrf: "token" });
  const visitor = here.newcomer();
  const session = await visitor.logIn("alice");
  const post = {
    ...https,
    method: "POST",
    header: (name: string) => (name === "sec-fetch-site" ? "same-origin" : null),
  };
  expect(here.manager.checkCsrf(post, session)).toEqual({ allowed: false, because: "token-missing" });
  expect(here.manager.checkCsrf(post, session, { token: "x" })).toEqual({ allowed: false, because: "token-wrong" });
  const token = await session.csrfToken();
  expect(here.manager.checkCsrf(post, session, { token })).toEqual({ allowed: true });
});
