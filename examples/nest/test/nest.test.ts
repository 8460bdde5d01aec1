import "reflect-metadata";
import { Controller, createParamDecorator, Get, type INestApplication, Module, Post } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { afterEach, describe, expect, test } from "vitest";
import { nestSessions, type SessionOf } from "../../../packages/sojourn/src/adapters/nest.ts";
import { createSessionManager } from "../../../packages/sojourn/src/index.ts";
import { memoryStore } from "../../../packages/sojourn/src/stores/memory.ts";
import { faultyStore } from "../../../packages/sojourn/src/testing/index.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const platforms = {
  Express: (App: object) => NestFactory.create(App, { logger: false, forceCloseConnections: true }),
  Fastify: (App: object) =>
    NestFactory.create(App, new FastifyAdapter({ forceCloseConnections: true }), { logger: false }),
};

describe.each(Object.entries(platforms))("on %s", (_platform, create: (App: object) => Promise<INestApplication>) => {
  async function anApplication({ connected = true } = {}) {
    const store = faultyStore(memoryStore());
    const manager = createSessionManager<{ count: number }>({ store });
    const sessions = nestSessions(manager);
    const Current = createParamDecorator(sessions.inContext);
    type Current = SessionOf<typeof manager>;

    @Controller()
    class Routes {
      @Get("/me")
      me(@Current() session: Current) {
        return session.kind;
      }

      @Post("/login")
      async logIn(@Current() session: Current) {
        await session.authenticate({ id: "alice", keep: "none" });
      }
    }
    @Module({ controllers: [Routes] })
    class App {}

    const app = await create(App);
    if (connected) await sessions.connect(app);
    await app.listen(0, "127.0.0.1");
    closing.push(() => app.close());
    return { origin: await app.getUrl(), store, sessions };
  }

  test("Nest's own exception filter answers with the library's status", async () => {
    const { origin, store } = await anApplication();
    const send = (site: string) => fetch(`${origin}/login`, { method: "POST", headers: { "Sec-Fetch-Site": site } });
    const forged = await send("cross-site");
    expect([forged.status, await forged.json()]).toMatchObject([
      403,
      { message: expect.stringContaining("cross-site") },
    ]);
    const login = await send("same-origin");
    store.failNext("find");
    const headers = { Cookie: login.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
    const outage = await fetch(`${origin}/me`, { headers });
    expect([outage.status, await outage.json()]).toMatchObject([503, { message: "Service Unavailable" }]);
    expect(await (await fetch(`${origin}/me`, { headers })).text()).toBe("authenticated");
  });

  test("sessions that were never connected are an error of the server", async () => {
    const { origin } = await anApplication({ connected: false });
    expect((await fetch(`${origin}/me`)).status).toBe(500);
  });
});

test("what is missing is said: where people are sent, an HTTP request", () => {
  const sessions = nestSessions(createSessionManager({ store: memoryStore() }));
  expect(() => sessions.requireUser({ att: "/login" } as never)).toThrow("did you mean at?");
  const context = { getType: () => "ws", switchToHttp: () => ({ getRequest: () => ({}), getResponse: () => ({}) }) };
  expect(() => sessions.inContext(undefined, context)).toThrow("this is a context of type ws");
});
