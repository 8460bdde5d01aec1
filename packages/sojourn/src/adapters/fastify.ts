import type { RequestFacts } from "../core/request.ts";
import type { AuthenticatedSession, Session } from "../core/session.ts";
import type { SessionManager } from "../manager.ts";
import { adapterOptions } from "./shared/adapter-options.ts";
import { enter, isAnswer } from "./shared/enter.ts";
import {
  answerWith,
  type FastifyHook,
  type FastifyReply,
  type FastifyRequest,
  fastifyPlugin,
} from "./shared/fastify-plugin.ts";
import { type Guards, guards } from "./shared/guards.ts";
import { nodeFacts } from "./shared/node-facts.ts";
import { nodeSink } from "./shared/node-sink.ts";
import { assertAllowed, csrfHeader, tokenInForm } from "./shared/refusals.ts";
import { opened, signedIn } from "./shared/session-of.ts";
import { answerTo } from "./shared/turn-away.ts";

export interface FastifySessionOptions {
  /** Requests that the CSRF guard lets pass, like webhooks that are signed in another way. Default: none. */
  csrfExempt?(request: FastifyRequest): boolean;
  /** Which requests the user did not make, like polling: they do not keep the session awake. Default: none. */
  isPolling?(request: FastifyRequest): boolean;
}

/** The sessions of a Fastify application. Guards are hooks of a route: `{ onRequest: sessions.requireUser({ at }) }`. */
export interface FastifySessions<Data extends object> extends Guards<FastifyHook> {
  /** `await app.register(sessions.plugin)`: every route registered after it has `request.session`, in every scope. */
  readonly plugin: ReturnType<typeof fastifyPlugin>;
  /** This request's session; after a login, an unlock or a logout, the one that took its place. `request.session` is the same. */
  of(request: FastifyRequest): Session<Data>;
  /** The same where a guard has made sure that somebody is logged in; throws a `TypeError` where none has. */
  userOf(request: FastifyRequest): AuthenticatedSession<Data>;
}

/**
 * Connects a manager to Fastify 5. Whether a request came over TLS is Fastify's word (`trustProxy` names the proxies).
 * Errors go to Fastify's error handler, with their `code` and `statusCode`.
 *
 * `request.session` has its type once the application says which manager's it is:
 * `declare module "fastify" { interface FastifyRequest { session: SessionOf<typeof manager> } }`.
 */
export function fastifySessions<Data extends object>(
  manager: SessionManager<Data>,
  options: FastifySessionOptions = {},
): FastifySessions<Data> {
  const checked = adapterOptions(manager, options, "fastifySessions", ["csrfExempt", "isPolling"]);
  const { csrfExempt = () => false, isPolling = () => false } = checked;
  type WithSession = FastifyRequest & { session?: Session<Data> | null };

  // Where tokens are asked for they may be in a form: the guard waits for the body. Elsewhere no body of a forgery is read.
  const readsForms = manager.settings.csrf === "token";

  async function open(request: WithSession, reply: FastifyReply): Promise<void> {
    const facts = factsOf(request);
    const onReplaced = (next: Session<Data>) => Object.assign(request, { session: next });
    const options = { activity: !isPolling(request), onReplaced };
    const entered = await enter(manager, facts, nodeSink(reply.raw), options);
    if (isAnswer(entered)) return answerWith(reply, entered);
    request.session = entered;
    if (!readsForms) assertOurs(request, facts);
  }

  function assertOurs(request: WithSession, facts: RequestFacts): void {
    if (csrfExempt(request)) return;
    const token = facts.header(csrfHeader) ?? tokenInForm(request.body);
    assertAllowed(manager.checkCsrf(facts, of(request), { token }));
  }

  const of = (request: WithSession) => opened(request.session, "register the sessions' plugin");

  return {
    plugin: fastifyPlugin(open, readsForms ? async (request) => assertOurs(request, factsOf(request)) : null),
    of,
    userOf: (request) => signedIn(of(request)),
    ...guards<FastifyHook>((ask, options) => (request, reply, done) => {
      const verdict = ask(of(request));
      if (verdict.met) return done();
      const about = { method: request.method, accept: request.headers.accept, path: request.originalUrl };
      answerWith(reply, answerTo(about, verdict, options));
    }),
  };
}

function factsOf(request: FastifyRequest): RequestFacts {
  const { protocol, originalUrl: url } = request;
  return nodeFacts(request.raw, { secure: protocol === "https", url, address: () => request.ip });
}

export type { SessionOf } from "./shared/session-of.ts";
export type { GuardOptions } from "./shared/turn-away.ts";
