import type { FastifyRequest } from "fastify";
import { expectTypeOf } from "vitest";
import { fastifySessions } from "../../../packages/sojourn/src/adapters/fastify.ts";
import type { AuthenticatedSession, SessionManager } from "../../../packages/sojourn/src/index.ts";

/** Compiled, never run: what a session is known to hold, without a cast, and what must not compile. */
export async function types(manager: SessionManager<{ cart: string[] }>, request: FastifyRequest): Promise<void> {
  const sessions = fastifySessions(manager);
  const session = sessions.of(request);
  if (session.kind === "authenticated") expectTypeOf(session.data.cart).toEqualTypeOf<readonly string[] | undefined>();
  expectTypeOf(sessions.userOf(request)).toEqualTypeOf<AuthenticatedSession<{ cart: string[] }>>();
  // As test/application.ts declares it.
  expectTypeOf(request.session.userId).toEqualTypeOf<string | null>();
  if (request.session.kind === "authenticated") {
    expectTypeOf(request.session.data.count).toEqualTypeOf<number | undefined>();
  }
  // @ts-expect-error nobody may be logged in
  session.userId.toUpperCase();
  // @ts-expect-error there is no such key
  await request.session.authenticate({ id: "alice", keep: ["basket"] });
  // @ts-expect-error there is no such option
  fastifySessions(manager, { isPoling: () => true });
}
