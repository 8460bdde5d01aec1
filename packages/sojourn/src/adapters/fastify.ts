import type { RequestFacts } from "../core/request.ts";
import type { AuthenticatedSession, Session } from "../core/session.ts";
import type { SessionManager } from "../manager.ts";
import { checkedOptions } from "./shared/adapter-options.ts";
import { enter } from "./shared/enter.ts";
import { type FastifySessionOptions, factsOf, send } from "./shared/fastify-http.ts";
import { type FastifyHook, type FastifyReply, type FastifyRequest, fastifyPlugin } from "./shared/fastify-plugin.ts";
import { type Guards, guards } from "./shared/guards.ts";
import { nodeSink } from "./shared/node-sink.ts";
import { assertOurs } from "./shared/refusals.ts";
import { opened, signedIn } from "./shared/session-of.ts";
import { answerTo } from "./shared/turn-away.ts";

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
  const checked = checkedOptions(options, "fastifySessions", ["csrfExempt", "isPolling"]);
  const { csrfExempt = () => false, isPolling = () => false } = checked;
  type WithSession = FastifyRequest & { session?: Session<Data> | null };

  // Where tokens are asked for they may be in a form: the guard waits for the body. Elsewhere no body of a forgery is read.
  const readsForms = manager.settings.csrf === "token";

  async function open(request: WithSession, reply: FastifyReply): Promise<unknown> {
    const facts = factsOf(request);
    const onReplaced = (next: Session<Data>) => {
      request.session = next;
    };
    const options = { activity: !isPolling(request), onReplaced };
    const { session, answer } = await enter(manager, facts, nodeSink(reply.raw), options);
    if (answer) return send(reply, answer);
    request.session = session;
    if (!readsForms) guard(request, facts);
    return undefined;
  }

  function guard(request: WithSession, facts: RequestFacts): void {
    if (!csrfExempt(request)) assertOurs(manager, facts, of(request), request.body);
  }

  const of = (request: WithSession) => opened(request.session, "register the sessions' plugin");

  return {
    plugin: fastifyPlugin(open, readsForms ? async (request) => guard(request, factsOf(request)) : null),
    of,
    userOf: (request) => signedIn(of(request)),
    ...guards<FastifyHook>((ask, options) => (request, reply, done) => {
      const verdict = ask(of(request));
      if (verdict.met) return done();
      const about = { method: request.method, accept: request.headers.accept, path: request.originalUrl };
      send(reply, answerTo(about, verdict, options));
    }),
  };
}

export type { FastifySessionOptions } from "./shared/fastify-http.ts";
export type { SessionOf } from "./shared/session-of.ts";
export type { GuardOptions } from "./shared/turn-away.ts";
