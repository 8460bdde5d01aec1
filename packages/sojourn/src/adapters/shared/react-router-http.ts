import { turnAway } from "../fetch.ts";
import type { GuardOptions, Refusal } from "./turn-away.ts";

/* What is used of React Router, by its shape: no type of React Router is imported. */

/** Names a value of a request's context, as what React Router's `createContext` makes does. */
export interface ReactRouterKey<Value> {
  defaultValue?: Value;
}

/** What loaders, actions and middleware get as `context`. */
export interface ReactRouterContext {
  get<Value>(key: ReactRouterKey<Value>): Value;
  set<Value>(key: ReactRouterKey<Value>, value: Value): void;
}

export interface ReactRouterArgs {
  readonly request: Request;
  /** The page's, also where the browser has asked for its data alone. */
  readonly url: URL;
  readonly context: ReactRouterContext;
}

export type ReactRouterMiddleware = (args: ReactRouterArgs, next: () => Promise<Response>) => Promise<Response>;

export interface ReactRouterSessionOptions {
  /** `true`: every request comes through the application's own proxy, whose `X-Forwarded-Proto` and `X-Forwarded-For` are believed. Default `false`. */
  readonly behindProxy?: boolean;
  /** The client's address as the platform tells it, for signals. Default: the last hop that the application's own proxy names. */
  address?(args: ReactRouterArgs): string | null;
  /** Requests that the CSRF guard lets pass, like webhooks that are signed in another way. Default: none. */
  csrfExempt?(args: ReactRouterArgs): boolean;
  /** Which requests the user did not make, like polling: they do not keep the session awake. Default: none. */
  isPolling?(args: ReactRouterArgs): boolean;
}

/**
 * Whether this request's session is open: of a middleware that is used twice the outer one counts, since two of them would
 * each have a cookie to set. Throws a `TypeError` where the context has another request's session.
 */
export function isKnown(
  { request, context }: ReactRouterArgs,
  contexts: Pick<WeakMap<ReactRouterContext, Request>, "get">,
): boolean {
  const known = contexts.get(context);
  if (known === undefined || known === request) return known === request;
  throw new TypeError(
    "This context is another request's, and so is its session. In getLoadContext: return a new RouterContextProvider for each request",
  );
}

/** The answer to who a guard turned away: of what a page asks for in the background, React Router makes the browser go where it says. */
export function turnedAway({ request, url }: ReactRouterArgs, refusal: Refusal, options: GuardOptions): Response {
  const isData = new URL(request.url).pathname.endsWith(".data");
  const headers = isData ? { Accept: "text/html" } : { Accept: request.headers.get("accept") ?? "" };
  return turnAway(new Request(url, { method: request.method, headers }), refusal, options);
}
