import { createApp, defineEventHandler, type H3Event as EventOfH3v1 } from "h3";
import { type H3Event as EventOfH3v2, H3 } from "h3-2";
import { expectTypeOf } from "vitest";
import { answerError, h3Sessions, type SessionOf } from "../../../packages/sojourn/src/adapters/h3.ts";
import type { AuthenticatedSession, Session, SessionManager } from "../../../packages/sojourn/src/index.ts";

interface Shop {
  cart: string[];
}

declare module "h3" {
  interface H3EventContext {
    session: SessionOf<SessionManager<Shop>>;
  }
}

/** Compiled, never run: what a session is known to hold, without a cast, and what must not compile. */
export async function types(manager: SessionManager<Shop>, first: EventOfH3v1, second: EventOfH3v2): Promise<void> {
  const sessions = h3Sessions(manager);
  createApp()
    .use(defineEventHandler(sessions.middleware))
    .use("/account", sessions.requireUser({ at: "/login" }));
  new H3({ onError: answerError }).use(sessions.middleware).use("/account", sessions.requireUser({ at: "/login" }));
  const { session } = first.context;
  expectTypeOf(session).toEqualTypeOf<Session<Shop>>();
  expectTypeOf(sessions.of(second)).toEqualTypeOf<Session<Shop>>();
  expectTypeOf(sessions.userOf(first)).toEqualTypeOf<AuthenticatedSession<Shop>>();
  expectTypeOf(sessions.userOf(second).data.cart).toEqualTypeOf<readonly string[] | undefined>();
  // @ts-expect-error nobody may be logged in
  session.userId.toUpperCase();
  // @ts-expect-error there is no such key
  await session.authenticate({ id: "alice", keep: ["basket"] });
  // @ts-expect-error there is no such option
  h3Sessions(manager, { behindproxy: true });
}
