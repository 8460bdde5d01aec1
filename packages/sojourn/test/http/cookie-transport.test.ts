import { expect, test } from "vitest";
import { createSessionManager, type SessionEvent, type SessionManagerOptions } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { testClock } from "../../src/testing/index.ts";
import { aRequest, aResponse, cookieOf } from "./exchange.ts";

type Cookie = NonNullable<SessionManagerOptions["cookie"]>;

const token = "[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{44}";
const deleted = "Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";

const scopes: readonly (readonly [string, Cookie, string, string])[] = [
  ["host, the default", {}, "__Host-Http-id", "Path=/; HttpOnly; Secure; SameSite=Lax"],
  [
    "host, strict, named",
    { name: "shop", sameSite: "Strict" },
    "__Host-Http-shop",
    "Path=/; HttpOnly; Secure; SameSite=Strict",
  ],
  [
    "site",
    { scope: "site", domain: "shop.example" },
    "__Secure-id",
    "Path=/; Domain=shop.example; HttpOnly; Secure; SameSite=Lax",
  ],
  ["path", { scope: "path", path: "/shop" }, "__Secure-id", "Path=/shop; HttpOnly; Secure; SameSite=Lax"],
  [
    "embedded",
    { scope: "embedded" },
    "__Host-Http-id-embedded",
    "Path=/; HttpOnly; Secure; SameSite=None; Partitioned",
  ],
  ["insecure", { scope: "insecure" }, "id", "Path=/; HttpOnly; SameSite=Lax"],
];

function aManager(options: Partial<Omit<SessionManagerOptions, "schema" | "store">> = {}) {
  const events: SessionEvent[] = [];
  const manager = createSessionManager({ store: memoryStore(), onEvent: (event) => events.push(event), ...options });
  return { manager, events };
}

async function logIn(manager: ReturnType<typeof aManager>["manager"], request = aRequest()) {
  const response = aResponse();
  const session = await manager.open(request, response.plan);
  await session.authenticate({ id: "alice", keep: "none" });
  return response.send();
}

test.each(scopes)("scope %s: exactly this cookie is set", async (_scope, cookie, name, attributes) => {
  const { manager } = aManager({ cookie });
  const { cookies } = await logIn(manager);
  expect(cookies).toEqual([expect.stringMatching(new RegExp(`^${name}=${token}; ${attributes}$`))]);
});

test.each(scopes)("scope %s: exactly the same cookie is deleted", async (_scope, cookie, name, attributes) => {
  const { manager } = aManager({ cookie });
  const cookieHeader = cookieOf((await logIn(manager)).cookies[0]);
  const response = aResponse();
  const session = await manager.open(aRequest({ headers: { cookie: cookieHeader } }), response.plan);
  expect(session.kind).toBe("authenticated");
  await session.end();
  expect(response.send().cookies).toEqual([`${name}=; ${deleted}; ${attributes}`]);
});

test("a persistent cookie lasts as long as the session can", async () => {
  const { manager } = aManager({ cookie: { persistent: true }, policy: { absolute: "8h" } });
  expect((await logIn(manager)).cookies[0]).toMatch(
    new RegExp(`^__Host-Http-id=${token}; Max-Age=28800; Path=/; HttpOnly; Secure; SameSite=Lax$`),
  );
});

test("a persistent cookie of a renewed session lasts no longer than the session", async () => {
  const clock = testClock();
  const { manager } = aManager({ clock, cookie: { persistent: true }, policy: { absolute: "8h" } });
  const cookie = cookieOf((await logIn(manager)).cookies[0]);
  clock.advance("20m");
  const response = aResponse();
  await manager.open(aRequest({ headers: { cookie } }), response.plan);
  expect(response.send().cookies[0]).toContain(`; Max-Age=${8 * 3600 - 20 * 60};`);
});

test("no cookie is asked to last longer than the 400 days that browsers allow", async () => {
  const { manager } = aManager({ cookie: { persistent: true }, policy: { idle: "500d", absolute: "1000d" } });
  expect((await logIn(manager)).cookies[0]).toContain("; Max-Age=34560000;");
});

test.each([
  ["no cookie at all", {}, "none"],
  ["an empty cookie, as some clients keep a deleted one", { cookie: "__Host-Http-id=" }, "none"],
  ["another cookie", { cookie: "theme=dark" }, "none"],
  ["something that is no token", { cookie: "__Host-Http-id=hello" }, "malformed"],
  ["a token in quotes", { cookie: `__Host-Http-id="${"a".repeat(22)}.${"a".repeat(44)}"` }, "malformed"],
  ["a token and more", { cookie: `__Host-Http-id=${"a".repeat(22)}.${"a".repeat(44)}.x` }, "malformed"],
  ["two different values", { cookie: "__Host-Http-id=a; __Host-Http-id=b" }, "ambiguous"],
  ["an empty one beside another", { cookie: "__Host-Http-id=; __Host-Http-id=b" }, "ambiguous"],
  ["a token of nobody", { cookie: `__Host-Http-id=${"a".repeat(22)}.${"a".repeat(44)}` }, "unknown"],
])("%s: nobody is signed in, and the cookie is left alone", async (_what, headers: Record<string, string>, because) => {
  const { manager } = aManager();
  const response = aResponse();
  const session = await manager.open(aRequest({ headers }), response.plan);
  expect(session).toMatchObject({ kind: "anonymous", because });
  expect(response.send().cookies).toEqual([]);
});

test("a tossed cookie is refused even where one of the two is right, and reported without its value", async () => {
  const { manager, events } = aManager();
  const good = cookieOf((await logIn(manager)).cookies[0]);
  const response = aResponse();
  const session = await manager.open(
    aRequest({ headers: { cookie: `${good}; __Host-Http-id=tossed` } }),
    response.plan,
  );
  expect(session).toMatchObject({ kind: "anonymous", because: "ambiguous", id: null });
  expect(response.send().cookies).toEqual([]);
  expect(events.at(-1)).toMatchObject({ type: "session_refused", because: "ambiguous", sessionId: null });
});

test("the same cookie twice is no tossing", async () => {
  const { manager } = aManager();
  const good = cookieOf((await logIn(manager)).cookies[0]);
  const session = await manager.open(aRequest({ headers: { cookie: `${good}; ${good}` } }), aResponse().plan);
  expect(session.kind).toBe("authenticated");
});

test("a token that came over plain HTTP is refused with an event, and none is issued there", async () => {
  const { manager, events } = aManager();
  const cookie = cookieOf((await logIn(manager)).cookies[0]);
  const plain = aRequest({ url: "http://shop.example/", headers: { cookie } });
  const response = aResponse();
  const session = await manager.open(plain, response.plan);
  expect(session).toMatchObject({ kind: "anonymous", because: "insecure-transport" });
  expect(events.at(-1)).toMatchObject({ type: "session_refused", because: "insecure-transport" });
  await expect(session.authenticate({ id: "alice", keep: "none" })).rejects.toMatchObject({
    code: "ERR_INSECURE_TRANSPORT",
  });
  await expect(session.csrfToken()).rejects.toMatchObject({ code: "ERR_INSECURE_TRANSPORT" });
  expect(response.send().cookies).toEqual([]);
});

test("plain HTTP is enough on this machine, and anywhere for the scope that says so", async () => {
  const local = aManager();
  expect((await logIn(local.manager, aRequest({ url: "http://localhost:3000/" }))).cookies).toHaveLength(1);
  const insecure = aManager({ cookie: { scope: "insecure" } });
  expect((await logIn(insecure.manager, aRequest({ url: "http://box.test/" }))).cookies).toHaveLength(1);
});

test("a login from a page on plain HTTP is an error with its reason, not a cookie silently lost", async () => {
  const { manager } = aManager();
  await expect(logIn(manager, aRequest({ headers: { origin: "http://shop.example" } }))).rejects.toMatchObject({
    code: "ERR_INSECURE_ORIGIN",
    status: 400,
  });
});

test("logging out can clear what else the site has stored", async () => {
  const { manager } = aManager();
  const cookie = cookieOf((await logIn(manager)).cookies[0]);
  const response = aResponse();
  const session = await manager.open(aRequest({ headers: { cookie } }), response.plan);
  await session.end({ clearSiteData: ["cache", "storage"] });
  expect(response.send().headers["clear-site-data"]).toBe('"cache", "storage"');
});

test("what a signed-in user sees is private and varies with the cookie", async () => {
  const { manager } = aManager();
  const cookie = cookieOf((await logIn(manager)).cookies[0]);
  const response = aResponse();
  await manager.open(aRequest({ headers: { cookie } }), response.plan);
  expect(response.send()).toEqual({ headers: { "cache-control": "private, no-cache", vary: "Cookie" }, cookies: [] });
});
