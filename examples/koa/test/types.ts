import Router from "@koa/router";
import Koa, { type DefaultState } from "koa";
import { expectTypeOf } from "vitest";
import { koaSessions, type SessionContext } from "../../../packages/sojourn/src/adapters/koa.ts";
import type { AuthenticatedSession, Session, SessionManager } from "../../../packages/sojourn/src/index.ts";

interface Shop {
  cart: string[];
}

/** Compiled, never run: what a session is known to hold, without a cast, and what must not compile. */
export function types(manager: SessionManager<Shop>): void {
  const sessions = koaSessions(manager);
  const app = new Koa<DefaultState, SessionContext<typeof manager>>();
  app.use(sessions.middleware);
  app.use((ctx) => {
    expectTypeOf(ctx.session).toEqualTypeOf<Session<Shop>>();
  });
  const router = new Router<DefaultState, SessionContext<typeof manager>>();
  router.get("/", sessions.requireUser({ at: "/login" }), async (ctx) => {
    expectTypeOf(ctx.session).toEqualTypeOf<Session<Shop>>();
    expectTypeOf(sessions.userOf(ctx)).toEqualTypeOf<AuthenticatedSession<Shop>>();
    expectTypeOf(sessions.userOf(ctx).data.cart).toEqualTypeOf<readonly string[] | undefined>();
    // @ts-expect-error nobody may be logged in
    ctx.session.userId.toUpperCase();
    // @ts-expect-error there is no such key
    await ctx.session.authenticate({ id: "alice", keep: ["basket"] });
  });
  // @ts-expect-error there is no such option
  koaSessions(manager, { isPoling: () => true });
}
