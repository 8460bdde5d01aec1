import type { AuthenticatedSession, Session } from "../core/session.ts";
import type { SessionManager } from "../manager.ts";
import { expressSessions } from "./express.ts";
import { fastifySessions } from "./fastify.ts";
import { adapterOptions } from "./shared/adapter-options.ts";
import { type Guards, guards } from "./shared/guards.ts";
import {
  answerAndStop,
  type NestApplication,
  type NestContext,
  type NestGuard,
  type NestRequest,
  onExpress,
  onFastify,
  requestOf,
} from "./shared/nest-platforms.ts";
import { signedIn } from "./shared/session-of.ts";
import { answerTo } from "./shared/turn-away.ts";

export interface NestSessionOptions {
  /** Requests that the CSRF guard lets pass, like webhooks that are signed in another way. Default: none. */
  csrfExempt?(request: NestRequest): boolean;
  /** Which requests the user did not make, like polling: they do not keep the session awake. Default: none. */
  isPolling?(request: NestRequest): boolean;
}

/** The sessions of a NestJS application. Guards are for `@UseGuards(sessions.requireUser({ at: "/login" }))`. */
export interface NestSessions<Data extends object> extends Guards<NestGuard> {
  /** Call it in `main.ts`, before `app.listen`; on Express after `app.useBodyParser` where CSRF tokens are in form fields. */
  connect(app: NestApplication): Promise<void>;
  /** This request's session; after a login, an unlock or a logout, the one that took its place. */
  of(request: object): Session<Data>;
  /** The same where a guard has made sure that somebody is logged in; throws a `TypeError` where none has. */
  userOf(request: object): AuthenticatedSession<Data>;
  /** For a decorator of your own: `export const CurrentSession = createParamDecorator(sessions.inContext)`. */
  inContext(data: unknown, context: NestContext): Session<Data>;
}

/**
 * Connects a manager to NestJS 12, on Express and on Fastify. Whether a request came over TLS is the platform's word
 * (`app.set("trust proxy", ...)`, `new FastifyAdapter({ trustProxy: ... })`). Errors go to exception filters; Nest's own answers with their `statusCode`.
 */
export function nestSessions<Data extends object>(
  manager: SessionManager<Data>,
  options: NestSessionOptions = {},
): NestSessions<Data> {
  const checked = adapterOptions(manager, options, "nestSessions", ["csrfExempt", "isPolling"]);
  const express = expressSessions(manager, checked);
  const fastify = fastifySessions(manager, checked);
  const of = (request: object) => (onFastify(request) ? fastify.of(request) : express.of(onExpress(request)));

  return {
    async connect(app) {
      if (app.getHttpAdapter().getType() === "fastify") await app.register?.(fastify.plugin);
      else app.use(express.middleware);
    },
    of,
    userOf: (request) => signedIn(of(request)),
    inContext: (_data, context) => of(requestOf(context)),
    ...guards<NestGuard>((ask, options) => ({
      canActivate(context) {
        const request = requestOf(context);
        const verdict = ask(of(request));
        if (verdict.met) return true;
        const { method, headers, originalUrl: path } = request;
        return answerAndStop(context, answerTo({ method, accept: headers.accept, path }, verdict, options));
      },
    })),
  };
}

export type { SessionOf } from "./shared/session-of.ts";
export type { GuardOptions } from "./shared/turn-away.ts";
