import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { NextRequest, NextResponse } from "next/server";
import { expectTypeOf } from "vitest";
import { nextSessions } from "../../../packages/sojourn/src/adapters/next.ts";
import type { AuthenticatedSession, Session, SessionManager } from "../../../packages/sojourn/src/index.ts";

interface Shop {
  cart: string[];
}

/** Compiled, never run: what a session is known to hold, without a cast, and what must not compile. */
export async function types(manager: SessionManager<Shop>): Promise<void> {
  const sessions = nextSessions(manager, { cookies, headers, redirect });
  const session = await sessions.current();
  expectTypeOf(session).toEqualTypeOf<Session<Shop>>();
  const user = await sessions.requireUser({ at: "/login" });
  expectTypeOf(user).toEqualTypeOf<AuthenticatedSession<Shop>>();
  expectTypeOf(user.data.cart).toEqualTypeOf<readonly string[] | undefined>();
  expectTypeOf(sessions.requireFresh({ at: "/confirm", within: "5m" })).resolves.toEqualTypeOf<typeof user>();
  sessions.route(async (_request, context) => {
    expectTypeOf(context.session).toEqualTypeOf<Session<Shop>>();
    // @ts-expect-error there is no such key
    await context.session.authenticate({ id: "alice", keep: ["basket"] });
    return new Response();
  }) satisfies (request: NextRequest) => Promise<Response>;
  await sessions.guard(new NextRequest("http://localhost/"), { at: "/login" }, () => NextResponse.next());
  // @ts-expect-error nobody may be logged in
  session.userId.toUpperCase();
  // @ts-expect-error there is no such option
  nextSessions(manager, { cookies, headers, redirect }, { behindproxy: true });
}
