import type { ExecutionContext, INestApplication } from "@nestjs/common";
import { createParamDecorator, UseGuards } from "@nestjs/common";
import type { NestExpressApplication } from "@nestjs/platform-express";
import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import { expectTypeOf } from "vitest";
import { nestSessions, type SessionOf } from "../../../packages/sojourn/src/adapters/nest.ts";
import type { AuthenticatedSession, Session, SessionManager } from "../../../packages/sojourn/src/index.ts";

interface Shop {
  cart: string[];
}

/** Compiled, never run: what a session is known to hold, without a cast, and what must not compile. */
export async function types(
  manager: SessionManager<Shop>,
  context: ExecutionContext,
  apps: readonly [INestApplication, NestExpressApplication, NestFastifyApplication],
): Promise<void> {
  const sessions = nestSessions(manager);
  for (const app of apps) await sessions.connect(app);
  UseGuards(sessions.requireUser({ at: "/login" }), sessions.requireFresh({ within: "5m", at: "/confirm" }));
  createParamDecorator(sessions.inContext);
  expectTypeOf<SessionOf<typeof manager>>().toEqualTypeOf<Session<Shop>>();
  const session = sessions.inContext(undefined, context);
  expectTypeOf(session).toEqualTypeOf<Session<Shop>>();
  expectTypeOf(sessions.userOf(context.switchToHttp().getRequest<object>())).toEqualTypeOf<
    AuthenticatedSession<Shop>
  >();
  // @ts-expect-error nobody may be logged in
  session.userId.toUpperCase();
  // @ts-expect-error there is no such key
  await session.authenticate({ id: "alice", keep: ["basket"] });
  // @ts-expect-error there is no such option
  nestSessions(manager, { isPoling: () => true });
}
