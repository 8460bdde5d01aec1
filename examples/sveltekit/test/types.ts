import type { RequestEvent } from "@sveltejs/kit";
import { type Handle, type HandleServerError, sequence } from "@sveltejs/kit/hooks";
import { expectTypeOf } from "vitest";
import { type SessionOf, svelteKitSessions } from "../../../packages/sojourn/src/adapters/sveltekit.ts";
import type { AuthenticatedSession, Session, SessionManager } from "../../../packages/sojourn/src/index.ts";

interface Shop {
  cart: string[];
}

/** Compiled, never run: what a session is known to hold, without a cast, and what must not compile. */
export async function types(manager: SessionManager<Shop>, event: RequestEvent): Promise<void> {
  // What an application declares as App.Locals["session"].
  expectTypeOf<SessionOf<typeof manager>>().toEqualTypeOf<Session<Shop>>();
  const sessions = svelteKitSessions(manager);
  sequence(sessions.handle, sessions.requireUser({ at: "/login" })) satisfies Handle;
  sessions.handleError satisfies HandleServerError;
  const session = sessions.of(event);
  expectTypeOf(session).toEqualTypeOf<Session<Shop>>();
  expectTypeOf(sessions.userOf(event)).toEqualTypeOf<AuthenticatedSession<Shop>>();
  expectTypeOf(sessions.userOf(event).data.cart).toEqualTypeOf<readonly string[] | undefined>();
  // @ts-expect-error nobody may be logged in
  session.userId.toUpperCase();
  // @ts-expect-error there is no such key
  await session.authenticate({ id: "alice", keep: ["basket"] });
  // @ts-expect-error there is no such option
  svelteKitSessions(manager, { behindproxy: true });
  // @ts-expect-error what the suite's sessions hold is known here too, and a user is not
  event.locals.session.userId.toUpperCase();
  // @ts-expect-error no key of the suite's data
  await event.locals.session.authenticate({ id: "alice", keep: ["cart"] });
}
