import formbody from "@fastify/formbody";
import fastify from "fastify";
import { expect, test } from "vitest";
import { fastifySessions } from "../../../packages/sojourn/src/adapters/fastify.ts";
import { createSessionManager } from "../../../packages/sojourn/src/index.ts";
import { memoryStore } from "../../../packages/sojourn/src/stores/memory.ts";
import { faultyStore } from "../../../packages/sojourn/src/testing/index.ts";

const ownPage = { "sec-fetch-site": "same-origin" };

async function anApplication(csrf: "fetch-metadata" | "token" = "fetch-metadata") {
  const store = faultyStore(memoryStore());
  const sessions = fastifySessions(createSessionManager<{ count: number }>({ store, csrf }));
  const app = fastify();
  await app.register(formbody);
  await app.register(sessions.plugin);
  app.post("/login", async (request) => {
    await sessions.of(request).authenticate({ id: "alice", keep: "none" });
  });
  app.get("/token", (request) => sessions.of(request).csrfToken());
  app.post("/form", async (request) => sessions.of(request).kind);
  return { app, sessions, store };
}

function cookieOf(response: { readonly headers: { readonly "set-cookie"?: string | string[] | undefined } }): string {
  return String(response.headers["set-cookie"]).split(";")[0] ?? "";
}

test("Fastify's own error handler answers with the library's status and code", async () => {
  const { app, store } = await anApplication();
  const forged = await app.inject({ method: "POST", url: "/login", headers: { "sec-fetch-site": "cross-site" } });
  expect(forged.json()).toMatchObject({ statusCode: 403, code: "ERR_CSRF_REFUSED", error: "Forbidden" });
  const cookie = cookieOf(await app.inject({ method: "POST", url: "/login", headers: ownPage }));
  store.failNext("find");
  const outage = await app.inject({ method: "GET", url: "/token", headers: { cookie } });
  expect([outage.statusCode, outage.json().code]).toEqual([503, "ERR_STORE_UNAVAILABLE"]);
});

test("routes in every scope have the session, also those of plugins that are registered later", async () => {
  const { app, sessions } = await anApplication();
  await app.register(
    async (scope) => {
      scope.get("/who", async (request) => sessions.of(request).kind);
    },
    { prefix: "/inner" },
  );
  expect((await app.inject("/inner/who")).body).toBe("anonymous");
});

test("where tokens are asked for, one in a form counts, and only that of the own session", async () => {
  const { app } = await anApplication("token");
  const page = await app.inject("/token");
  const post = (token: string) =>
    app.inject({
      method: "POST",
      url: "/form",
      headers: { ...ownPage, cookie: cookieOf(page), "content-type": "application/x-www-form-urlencoded" },
      payload: new URLSearchParams({ _csrf: token }).toString(),
    });
  expect((await post(page.body)).statusCode).toBe(200);
  expect((await post("x")).json()).toMatchObject({ statusCode: 403, code: "ERR_CSRF_REFUSED" });
});

test("a reply that a handler takes over carries the cookie too", async () => {
  const { app, sessions } = await anApplication();
  app.post("/raw", async (request, reply) => {
    await sessions.of(request).authenticate({ id: "alice", keep: "none" });
    reply.hijack().raw.end("own");
  });
  const answer = await app.inject({ method: "POST", url: "/raw", headers: ownPage });
  expect([answer.body, answer.headers["cache-control"]]).toEqual(["own", "no-store"]);
  expect(cookieOf(answer)).toMatch(/^__Host-Http-id=/);
});

test("what is missing is said: the plugin, the guard, where people are sent", async () => {
  const { app, sessions } = await anApplication();
  app.get("/unguarded", async (request) => sessions.userOf(request).userId);
  expect((await app.inject("/unguarded")).json().message).toContain("guard the route with requireUser");
  const bare = fastify();
  bare.get("/", async (request) => sessions.of(request).kind);
  expect((await bare.inject("/")).json().message).toContain("register the sessions' plugin before the route");
  expect(() => sessions.requireUser({ att: "/login" } as never)).toThrow("did you mean at?");
});
