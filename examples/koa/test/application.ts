import { text } from "node:stream/consumers";
import Router from "@koa/router";
import type Koa from "koa";
import type { DefaultState, ParameterizedContext } from "koa";
import { koaSessions, type SessionContext } from "../../../packages/sojourn/src/adapters/koa.ts";
import { type SessionManager, SojournError } from "../../../packages/sojourn/src/index.ts";
import type {
  AdapterApplicationData as Data,
  StartAdapterApplication,
} from "../../../packages/sojourn/src/testing/index.ts";
import {
  aboutMe,
  addOne,
  codeMetBy,
  logIn,
  stepUp,
} from "../../../packages/sojourn/test/adapters/applications/answers.ts";
import { listen } from "../../../packages/sojourn/test/adapters/applications/listen.ts";

type Context = SessionContext<SessionManager<Data>>;

/** The application of the adapter suite on Koa, 2 or 3. */
export const startOn =
  (create: typeof Koa): StartAdapterApplication =>
  ({ manager, isBehindProxy }) => {
    const sessions = koaSessions(manager, { isPolling: ({ path }) => path === "/poll" });
    const app = new create({ proxy: isBehindProxy });
    app.use(answerErrors).use(sessions.middleware);
    const router = new Router<DefaultState, Context>();
    addReading(router);
    router.all(/\/sensitive$/, sessions.requireFresh({ within: "5m", at: "/confirm" }), (ctx) => {
      ctx.body = "done";
    });
    addWriting(router);
    addLogins(router);
    app.use(router.routes());
    return listen(app.callback());
  };

async function answerErrors(ctx: ParameterizedContext, next: () => Promise<unknown>): Promise<void> {
  await next().catch((error: unknown) => {
    ctx.status = error instanceof SojournError ? error.status : 500;
    ctx.body = { error: error instanceof SojournError ? error.code : "internal" };
  });
}

function addReading(router: Router<DefaultState, Context>): void {
  router.get(["/me", "/poll"], (ctx) => {
    ctx.body = aboutMe(ctx.session);
  });
  router.get("/public", (ctx) => {
    ctx.set({ "Cache-Control": "public, max-age=60", Vary: "Accept-Encoding" });
    ctx.body = "hello";
  });
  router.get("/csrf-token", async (ctx) => {
    ctx.body = await ctx.session.csrfToken();
  });
  router.get("/failing", () => {
    throw new Error("The handler failed");
  });
}

function addWriting(router: Router<DefaultState, Context>): void {
  router.post("/count", async (ctx) => {
    await addOne(ctx.session);
    ctx.status = 204;
  });
  router.post("/slow", async (ctx) => {
    await text(ctx.req);
    await addOne(ctx.session);
    ctx.status = 204;
  });
  router.post("/echo", (ctx) => {
    ctx.body = ctx.req;
  });
  router.post("/confirm", async (ctx) => {
    await stepUp(ctx.session);
    ctx.status = 204;
  });
  router.post("/logout", async (ctx) => {
    await ctx.session.end();
    ctx.status = 204;
  });
}

function addLogins(router: Router<DefaultState, Context>): void {
  router.post("/login", async (ctx) => {
    await logIn(ctx.session, await text(ctx.req));
    ctx.status = ctx.session.kind === "authenticated" ? 204 : 500;
  });
  router.post("/login/redirect", async (ctx) => {
    await logIn(ctx.session, await text(ctx.req));
    ctx.status = 303;
    ctx.redirect("/me");
  });
  router.post("/login/dressed", async (ctx) => {
    ctx.set({ "Cache-Control": "public", Vary: "Accept-Encoding" });
    ctx.cookies.set("theme", "dark");
    await logIn(ctx.session, await text(ctx.req));
    ctx.set("Cache-Control", "public, max-age=60");
    ctx.status = 204;
  });
  router.post("/login/failing", async (ctx) => {
    await logIn(ctx.session, await text(ctx.req));
    throw new Error("The handler failed");
  });
  router.post("/login/late", async (ctx) => {
    ctx.status = 200;
    ctx.flushHeaders();
    const user = await text(ctx.req);
    ctx.body = await codeMetBy(() => logIn(ctx.session, user));
  });
}
