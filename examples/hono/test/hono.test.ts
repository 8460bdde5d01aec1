import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { expect, test } from "vitest";
import { answerError, honoSessions, type SessionEnv } from "../../../packages/sojourn/src/adapters/hono.ts";
import { createSessionManager, type SojournError } from "../../../packages/sojourn/src/index.ts";
import { memoryStore } from "../../../packages/sojourn/src/stores/memory.ts";
import { faultyStore } from "../../../packages/sojourn/src/testing/index.ts";

const ownPage = { "Sec-Fetch-Site": "same-origin" };

function anApplication() {
  const store = faultyStore(memoryStore());
  const manager = createSessionManager<{ count: number }>({ store });
  const sessions = honoSessions(manager);
  const app = new Hono<SessionEnv<typeof manager>>();
  app.use(sessions.middleware);
  app.post("/login", async (c) => {
    await c.get("session").authenticate({ id: "alice", keep: "none" });
    return c.text("in");
  });
  const visit = (path: string, init: RequestInit = {}) => app.request(`http://localhost${path}`, init);
  const logIn = async () => cookieOf(await visit("/login", { method: "POST", headers: ownPage }));
  return { app, sessions, store, visit, logIn };
}

const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(";")[0] ?? "";

test("an application without an error handler answers what the middleware refuses by status and code", async () => {
  const { visit, store, logIn } = anApplication();
  const forged = await visit("/login", { method: "POST", headers: { "Sec-Fetch-Site": "cross-site" } });
  expect([forged.status, await forged.json()]).toEqual([403, { error: "ERR_CSRF_REFUSED" }]);
  const cookie = await logIn();
  store.failNext("find");
  const outage = await visit("/", { headers: { Cookie: cookie } });
  expect([outage.status, await outage.json()]).toEqual([503, { error: "ERR_STORE_UNAVAILABLE" }]);
});

test("an error handler of the application's own is told the error itself", async () => {
  const { app, visit } = anApplication();
  app.onError((error, c) =>
    c.json({ code: (error as SojournError).code, because: (error as SojournError).because }, 418),
  );
  const forged = await visit("/login", { method: "POST", headers: { "Sec-Fetch-Site": "cross-site" } });
  expect([forged.status, await forged.json()]).toEqual([418, { code: "ERR_CSRF_REFUSED", because: "cross-site" }]);
});

test("answerError leaves an exception of Hono's its own response", async () => {
  const { app, visit } = anApplication();
  app.onError(answerError);
  app.get("/teapot", () => {
    throw new HTTPException(418, { message: "short and stout" });
  });
  const answer = await visit("/teapot");
  expect([answer.status, await answer.text()]).toEqual([418, "short and stout"]);
});

test("a response whose headers cannot be changed gets the cookie as well, and keeps its own", async () => {
  const { app, visit } = anApplication();
  app.post("/proxied", async (c) => {
    await c.get("session").authenticate({ id: "alice", keep: "none" });
    return Response.redirect("https://shop.example/next", 302);
  });
  const answer = await visit("/proxied", { method: "POST", headers: ownPage });
  expect([answer.status, answer.headers.get("location")]).toEqual([302, "https://shop.example/next"]);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.getSetCookie()).toHaveLength(1);
});

test("a middleware that is used twice sets one cookie", async () => {
  const { app, sessions, visit } = anApplication();
  app.use("/twice", sessions.middleware);
  app.post("/twice", async (c) => {
    await c.get("session").authenticate({ id: "alice", keep: "none" });
    return c.text("in");
  });
  const answer = await visit("/twice", { method: "POST", headers: ownPage });
  expect(answer.headers.getSetCookie()).toHaveLength(1);
});

test("what is missing is said: the middleware, the guard, where people are sent", async () => {
  const { sessions } = anApplication();
  const messageOf = async (app: Hono) => {
    app.onError((error, c) => c.text(error.message));
    return (await app.request("/")).text();
  };
  const unguarded = new Hono().use(sessions.middleware);
  unguarded.get("/", (c) => c.text(sessions.userOf(c).userId));
  expect(await messageOf(unguarded)).toContain("guard the route with requireUser");
  const bare = new Hono().get("/", (c) => c.text(sessions.of(c).kind));
  expect(await messageOf(bare)).toContain("use the sessions' middleware before the route");
  expect(() => sessions.requireUser({ att: "/login" } as never)).toThrow("did you mean at?");
});
