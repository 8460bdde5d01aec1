import { SojournError } from "../core/errors.ts";
import type { Session } from "../core/session.ts";
import { ResponsePlan } from "../http/response-plan.ts";
import type { SessionManager } from "../manager.ts";
import { adapterOptions, handlerProblems } from "./shared/adapter-options.ts";
import { enter, isAnswer } from "./shared/enter.ts";
import { answerWithError, fetchFacts, planned } from "./shared/fetch-http.ts";
import { assertAllowed, csrfHeader } from "./shared/refusals.ts";
import { answerTo, type GuardOptions, type Refusal } from "./shared/turn-away.ts";

/** What a handler gets beside the request. */
export interface SessionContext<Data extends object> {
  /** This request's session; after a login, an unlock or a logout, the one that took its place. */
  readonly session: Session<Data>;
}

export type SessionHandler<Data extends object> = (
  request: Request,
  context: SessionContext<Data>,
) => Response | Promise<Response>;

export interface FetchSessionOptions {
  /** `true`: every request comes through the application's own proxy, whose `X-Forwarded-Proto` and `X-Forwarded-For` are believed. Default `false`. */
  readonly behindProxy?: boolean;
  /** The client's address as the platform tells it, for signals. Default: the last hop that the application's own proxy names. */
  readonly address?: (request: Request) => string | null;
  /** `false`: the handler asks `manager.checkCsrf` itself, for example because its tokens are in form fields. Default `true`. */
  readonly csrf?: boolean;
  /** Which requests the user did not make, like polling: they do not keep the session awake. Default: none. */
  readonly isPolling?: (request: Request) => boolean;
  /** Told of what a handler throws, beside the library's own errors and responses. Default: `console.error` of the error alone. */
  readonly onError?: (error: unknown, request: Request) => void;
}

/**
 * A handler of standard requests with a session, for every runtime that speaks `Request` and `Response`.
 * Errors of the library become responses with their status and code, others 500 and `onError`: a cookie that was set before
 * the handler failed reaches its browser. A `Response` that is thrown is the answer.
 */
export function withSession<Data extends object>(
  manager: SessionManager<Data>,
  handler: SessionHandler<Data>,
  options: FetchSessionOptions = {},
): (request: Request) => Promise<Response> {
  const checked = adapterOptions(
    manager,
    options,
    "withSession",
    ["behindProxy", "address", "csrf", "isPolling", "onError"],
    handlerProblems(handler),
  );
  const { behindProxy = false, address, csrf = true, isPolling = () => false, onError = logged } = checked;
  return async (request) => {
    const sending = { headersSent: false };
    const plan = new ResponsePlan(sending);
    const respond = async (): Promise<Response> => {
      const facts = fetchFacts(request, { behindProxy, ...(address && { address }) });
      const options = {
        activity: !isPolling(request),
        onReplaced: (next: Session<Data>) => {
          context.session = next;
        },
      };
      const entered = await enter(manager, facts, plan, options);
      if (isAnswer(entered)) return new Response(entered.body, entered);
      const context = { session: entered };
      if (csrf) assertAllowed(manager.checkCsrf(facts, context.session, { token: facts.header(csrfHeader) }));
      return handler(request, context);
    };
    const response = await respond().catch((error: unknown) => {
      if (error instanceof Response) return error;
      if (!(error instanceof SojournError)) onError(error, request);
      return answerWithError(error);
    });
    sending.headersSent = true;
    return planned(response, plan);
  };
}

/** Without the request: consoles print its headers, and the token is in them. */
function logged(error: unknown): void {
  console.error(error);
}

/** Answers a request that `requireUser` or `requireFresh` turned away: people are sent to the page `at`, programs get the challenge. */
export function turnAway(request: Request, refusal: Refusal, options: GuardOptions): Response {
  const { pathname, search } = new URL(request.url);
  const about = { method: request.method, accept: request.headers.get("accept"), path: pathname + search };
  const { status, headers, body } = answerTo(about, refusal, options);
  return new Response(body, { status, headers });
}

export { fetchFacts } from "./shared/fetch-http.ts";
export type { GuardOptions, Refusal } from "./shared/turn-away.ts";
