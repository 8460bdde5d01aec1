import { bodyParser } from "@koa/bodyparser";
import Koa, { type DefaultState } from "koa";
import { afterEach, expect, test } from "vitest";
import { koaSessions, type SessionContext } from "../../../packages/sojourn/src/adapters/koa.ts";
import { createSessionManager } from "../../../packages/sojourn/src/index.ts";
import { memoryStore } from "../../../packages/sojourn/src/stores/memory.ts";
import { faultyStore } from "../../../packages/sojourn/src/testing/index.ts";
import { listen } from "../../../packages/sojourn/test/adapters/applications/listen.ts";

const ownPage = { "Sec-Fetch-Site": "same-origin" };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function sessionsOn(csrf: "fetch-metadata" | "token" = "fetch-metadata") {
  const store = faultyStore(memoryStore());
  const manager = createSessionManager<{ count: number }>({ store, csrf });
  const app = new Koa<DefaultState, SessionContext<typeof manager>>();
  const told: unknown[] = [];
  app.on("error", (error) => told.push(error));
  return { app, sessions: koaSessions(manager), store, told };
}

async function originOf(app: { callback(): Parameters<typeof listen>[0] }): Promise<string> {
  const { origin, close } = await listen(app.callback());
  closing.push(close);
  return origin;
}

const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(";")[0] ?? "";

test("Koa itself answers with the library's status, and is told the error", async () => {
  const { app, sessions, store, told } = sessionsOn();
  app.use(sessions.middleware).use(async (ctx) => {
    await ctx.session.authenticate({ id: "alice", keep: "none" });
    ctx.body = "in";
  });
  const origin = await originOf(app);
  const forged = await fetch(origin, { method: "POST", headers: { "Sec-Fetch-Site": "cross-site" } });
  expect([forged.status, await forged.text()]).toEqual([403, expect.stringContaining("(cross-site)")]);
  const cookie = cookieOf(await fetch(origin, { method: "POST", headers: ownPage }));
  store.failNext("find");
  const outage = await fetch(origin, { headers: { Cookie: cookie } });
  expect([outage.status, await outage.text()]).toEqual([503, "Service Unavailable"]);
  expect(told).toMatchObject([{ code: "ERR_CSRF_REFUSED" }, { code: "ERR_STORE_UNAVAILABLE" }]);
});

test("an error that Koa answers still brings the cookie of a login before it, though Koa removes every header", async () => {
  const { app, sessions } = sessionsOn();
  app.use(sessions.middleware).use(async (ctx) => {
    await ctx.session.authenticate({ id: "alice", keep: "none" });
    ctx.throw(418);
  });
  const answer = await fetch(await originOf(app), { method: "POST", headers: ownPage });
  expect([answer.status, answer.headers.get("cache-control")]).toEqual([418, "no-store"]);
  expect(cookieOf(answer)).toMatch(/^__Host-Http-id=/);
});

test("where tokens are asked for, one in a form counts, and only that of the own session", async () => {
  const { app, sessions } = sessionsOn("token");
  app.use(bodyParser()).use(sessions.middleware);
  app.use(async (ctx) => {
    ctx.body = ctx.method === "GET" ? await ctx.session.csrfToken() : ctx.session.kind;
  });
  const origin = await originOf(app);
  const page = await fetch(origin);
  const headers = { ...ownPage, Cookie: cookieOf(page) };
  const post = async (token: string) =>
    (await fetch(origin, { method: "POST", headers, body: new URLSearchParams({ _csrf: token }) })).status;
  expect([await post(await page.text()), await post("x")]).toEqual([200, 403]);
});

test("a middleware that is used twice sets one cookie", async () => {
  const { app, sessions } = sessionsOn();
  app.use(sessions.middleware).use(sessions.middleware);
  app.use(async (ctx) => {
    await ctx.session.authenticate({ id: "alice", keep: "none" });
    ctx.body = "in";
  });
  const answer = await fetch(await originOf(app), { method: "POST", headers: ownPage });
  expect(answer.headers.getSetCookie()).toHaveLength(1);
});

test("what is missing is said: the middleware, the guard, where people are sent", async () => {
  const { sessions, told, app } = sessionsOn();
  app.use(async (ctx) => void sessions.of(ctx));
  await fetch(await originOf(app));
  expect(String(told[0])).toContain("use the sessions' middleware before the route");
  const guarded = sessionsOn();
  guarded.app.use(guarded.sessions.middleware).use(async (ctx) => void guarded.sessions.userOf(ctx));
  await fetch(await originOf(guarded.app));
  expect(String(guarded.told[0])).toContain("guard the route with requireUser");
  expect(() => sessions.requireUser({ att: "/login" } as never)).toThrow("did you mean at?");
});
