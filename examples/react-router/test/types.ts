import type { ActionFunctionArgs, HandleErrorFunction, MiddlewareFunction, RouterContext } from "react-router";
import { expectTypeOf } from "vitest";
import { reactRouterSessions } from "../../../packages/sojourn/src/adapters/react-router.ts";
import type { AuthenticatedSession, Session, SessionManager } from "../../../packages/sojourn/src/index.ts";

interface Shop {
  cart: string[];
}

/** Compiled, never run: what a session is known to hold, without a cast, and what must not compile. */
export async function types(manager: SessionManager<Shop>, { context }: ActionFunctionArgs): Promise<void> {
  const sessions = reactRouterSessions(manager);
  [sessions.middleware, sessions.requireUser({ at: "/login" })] satisfies MiddlewareFunction<Response>[];
  sessions.handleError satisfies HandleErrorFunction;
  sessions.context satisfies RouterContext<Session<Shop>>;
  const session = context.get(sessions.context);
  expectTypeOf(session).toEqualTypeOf<Session<Shop>>();
  expectTypeOf(sessions.of(context)).toEqualTypeOf<Session<Shop>>();
  expectTypeOf(sessions.userOf(context)).toEqualTypeOf<AuthenticatedSession<Shop>>();
  expectTypeOf(sessions.userOf(context).data.cart).toEqualTypeOf<readonly string[] | undefined>();
  // @ts-expect-error nobody may be logged in
  session.userId.toUpperCase();
  // @ts-expect-error there is no such key
  await session.authenticate({ id: "alice", keep: ["basket"] });
  // @ts-expect-error there is no such option
  reactRouterSessions(manager, { behindproxy: true });
}
