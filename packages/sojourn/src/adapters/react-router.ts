import { SojournError } from "../core/errors.ts";
import type { AuthenticatedSession, Session } from "../core/session.ts";
import type { SessionManager } from "../manager.ts";
import { adapterOptions } from "./shared/adapter-options.ts";
import { enter, isAnswer } from "./shared/enter.ts";
import { ErrorPages } from "./shared/error-pages.ts";
import { answerWithError, fetchFacts } from "./shared/fetch-http.ts";
import { type Guards, guards } from "./shared/guards.ts";
import {
  isKnown,
  type ReactRouterArgs,
  type ReactRouterContext,
  type ReactRouterKey,
  type ReactRouterMiddleware,
  type ReactRouterSessionOptions,
  turnedAway,
} from "./shared/react-router-http.ts";
import { assertAllowed, csrfHeader } from "./shared/refusals.ts";
import { RenderedPlan } from "./shared/rendered-plan.ts";
import { opened, signedIn } from "./shared/session-of.ts";

/** The sessions of a React Router application in framework mode. Guards are middleware of a route, which needs a `loader` then. */
export interface ReactRouterSessions<Data extends object> extends Guards<ReactRouterMiddleware> {
  /** `export const middleware = [sessions.middleware]` in `root.tsx`. CSRF tokens are read from the header `X-CSRF-Token`. */
  readonly middleware: ReactRouterMiddleware;
  /** For `entry.server.tsx`: error pages get the status of the library's errors. Prints other errors, as React Router does. */
  handleError(error: unknown, args: { request: Request; context?: object }): void;
  /** `context.get(sessions.context)`: this request's session; after a login, an unlock or a logout, the one that took its place. */
  readonly context: ReactRouterKey<Session<Data>>;
  /** The same, and an error that says what to do where the middleware is missing. */
  of(context: ReactRouterContext): Session<Data>;
  /** The same where a guard has made sure that somebody is logged in; throws a `TypeError` where none has. */
  userOf(context: ReactRouterContext): AuthenticatedSession<Data>;
}

/** Connects a manager to React Router 8. */
export function reactRouterSessions<Data extends object>(
  manager: SessionManager<Data>,
  options: ReactRouterSessionOptions = {},
): ReactRouterSessions<Data> {
  const names = ["behindProxy", "address", "csrfExempt", "isPolling"] as const;
  const checked = adapterOptions(manager, options, "reactRouterSessions", names);
  const { behindProxy = false, address, csrfExempt = () => false, isPolling = () => false } = checked;
  const key: ReactRouterKey<Session<Data>> = {};
  const contexts = new WeakMap<ReactRouterContext, Request>();
  const of = (context: ReactRouterContext) =>
    opened(contexts.has(context) ? context.get(key) : null, "name the sessions' middleware in root.tsx");
  const pages = new ErrorPages();

  /** The answer that is not the application's, if there is one. */
  async function open(args: ReactRouterArgs, plan: RenderedPlan): Promise<Response | null> {
    const { request, context } = args;
    const facts = fetchFacts(request, { behindProxy, ...(address && { address: () => address(args) }) });
    const onReplaced = (next: Session<Data>) => context.set(key, next);
    const entered = await enter(manager, facts, plan, { activity: !isPolling(args), onReplaced });
    if (isAnswer(entered)) return plan.seal(new Response(entered.body, entered));
    context.set(key, entered);
    contexts.set(context, request);
    if (!csrfExempt(args)) assertAllowed(manager.checkCsrf(facts, entered, { token: facts.header(csrfHeader) }));
    return null;
  }

  return {
    async middleware(args, next) {
      const { request, context } = args;
      if (isKnown(args, contexts)) return next();
      const plan = new RenderedPlan(
        "React Router streams the response already: do it in an action, or in a loader that is awaited",
      );
      const answer = await open(args, plan).catch((error: unknown) => {
        // Thrown, a response is what an error boundary shows.
        throw error instanceof SojournError ? answerWithError(error) : error;
      });
      return answer ?? plan.seal(pages.answer(context, request, await next()));
    },
    handleError(error, { request, context }) {
      if (!pages.met(context ?? request, error) && !request.signal.aborted) console.error(error);
    },
    context: key,
    of,
    userOf: (context) => signedIn(of(context)),
    ...guards<ReactRouterMiddleware>((ask, options) => async (args, next) => {
      const verdict = ask(of(args.context));
      return verdict.met ? next() : turnedAway(args, verdict, options);
    }),
  };
}

export type { ReactRouterMiddleware, ReactRouterSessionOptions } from "./shared/react-router-http.ts";
export type { GuardOptions } from "./shared/turn-away.ts";
