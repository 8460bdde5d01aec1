import type { APIContext, MiddlewareHandler } from "astro";
import { expectTypeOf } from "vitest";
import { astroSessions, type SessionOf } from "../../../packages/sojourn/src/adapters/astro.ts";
import type { AuthenticatedSession, Session, SessionManager } from "../../../packages/sojourn/src/index.ts";

interface Shop {
  cart: string[];
}

/** Compiled, never run: what a session is known to hold, without a cast, and what must not compile. */
export async function types(manager: SessionManager<Shop>, context: APIContext): Promise<void> {
  // What an application declares as App.Locals["session"].
  expectTypeOf<SessionOf<typeof manager>>().toEqualTypeOf<Session<Shop>>();
  const sessions = astroSessions(manager);
  [sessions.onRequest, sessions.requireUser({ at: "/login" })] satisfies MiddlewareHandler[];
  const session = sessions.of(context);
  expectTypeOf(session).toEqualTypeOf<Session<Shop>>();
  expectTypeOf(sessions.userOf(context)).toEqualTypeOf<AuthenticatedSession<Shop>>();
  expectTypeOf(sessions.userOf(context).data.cart).toEqualTypeOf<readonly string[] | undefined>();
  // @ts-expect-error nobody may be logged in
  session.userId.toUpperCase();
  // @ts-expect-error there is no such key
  await session.authenticate({ id: "alice", keep: ["basket"] });
  // @ts-expect-error there is no such option
  astroSessions(manager, { behindproxy: true });
  // @ts-expect-error what the suite's sessions hold is known here too, and a user is not
  context.locals.session.userId.toUpperCase();
}
