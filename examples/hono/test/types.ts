import { Hono } from "hono";
import { expectTypeOf } from "vitest";
import { honoSessions, type SessionEnv } from "../../../packages/sojourn/src/adapters/hono.ts";
import type { AuthenticatedSession, Session, SessionManager } from "../../../packages/sojourn/src/index.ts";

interface Shop {
  cart: string[];
}

/** Compiled, never run: what a session is known to hold, without a cast, and what must not compile. */
export function types(manager: SessionManager<Shop>): void {
  const sessions = honoSessions(manager);
  const app = new Hono<SessionEnv<typeof manager>>();
  app.use(sessions.middleware);
  app.get("/", sessions.requireUser({ at: "/login" }), async (c) => {
    expectTypeOf(c.get("session")).toEqualTypeOf<Session<Shop>>();
    expectTypeOf(c.var.session).toEqualTypeOf<Session<Shop>>();
    expectTypeOf(sessions.userOf(c)).toEqualTypeOf<AuthenticatedSession<Shop>>();
    expectTypeOf(sessions.userOf(c).data.cart).toEqualTypeOf<readonly string[] | undefined>();
    // @ts-expect-error nobody may be logged in
    c.get("session").userId.toUpperCase();
    // @ts-expect-error there is no such key
    await c.get("session").authenticate({ id: "alice", keep: ["basket"] });
    return c.body(null);
  });
  // @ts-expect-error there is no such option
  honoSessions(manager, { isPoling: () => true });
}
