import type { IncomingMessage } from "node:http";
import { SojournError } from "../../core/errors.ts";
import { isObject } from "../../core/json.ts";
import type { RequestFacts } from "../../core/request.ts";
import type { Settings } from "../../core/settings.ts";
import { answerWithError } from "./fetch-http.ts";
import { isTls } from "./node-facts.ts";
import { renderedFacts } from "./rendered-facts.ts";
import type { RenderedPlan } from "./rendered-plan.ts";
import { answerTo, type GuardOptions, type Refusal } from "./turn-away.ts";

/** What is used of SvelteKit's events. By their shape, so that nobody needs SvelteKit who does not use it. */
export interface SvelteKitEvent {
  readonly request: Request;
  readonly url: URL;
  readonly locals: object;
  readonly platform?: unknown;
  readonly route: { readonly id: string | null };
  /** Made by `event.fetch`, within another request. */
  readonly isSubRequest: boolean;
  /** Asked by SvelteKit in the browser, for what a page shows; `url` is then the page's. */
  readonly isDataRequest: boolean;
  getClientAddress(): string;
}

export interface SvelteKitInput<Event> {
  readonly event: Event;
  resolve(event: Event): Response | Promise<Response>;
}

/** A hook of `hooks.server.ts`, also one of a `sequence`. */
export type SvelteKitHandle = <Event extends SvelteKitEvent>(input: SvelteKitInput<Event>) => Promise<Response>;

/**
 * The facts of requests. Their URL is not asked about TLS where there is a socket: on Node SvelteKit takes https for granted.
 * What `event.fetch` asks for has few headers, and came as the request did within which it is made.
 */
export function svelteKitFacts(behindProxy: boolean): (event: SvelteKitEvent) => RequestFacts {
  const outer = new WeakMap<object, boolean>();
  return (event) => {
    const { request, url, platform, isSubRequest } = event;
    const known = isSubRequest && isObject(platform) ? outer.get(platform) : undefined;
    const facts = renderedFacts({
      request,
      url,
      behindProxy: behindProxy && known === undefined,
      isSecure: () => known ?? isSecure(event),
      address: () => event.getClientAddress(),
    });
    if (!isSubRequest && isObject(platform)) outer.set(platform, facts.secure);
    return facts;
  };
}

function isSecure({ platform, url }: SvelteKitEvent): boolean {
  const socket = isObject(platform) && isObject(platform.req) ? (platform.req as unknown as IncomingMessage) : null;
  return socket ? isTls(socket) : url.protocol === "https:";
}

/** Whether SvelteKit has put the session's cookie on the response: that of a login by `event.fetch`, from the answer to that. */
export function setsSession(response: Response, { transport }: Settings): boolean {
  const start = transport.kind === "cookie" ? `${transport.name}=` : null;
  return start !== null && response.headers.getSetCookie().some((line) => line.startsWith(start));
}

/** The answer to who a guard turned away: of what a page asks for in the background, SvelteKit makes the browser go where it says. */
export function turnedAway(event: SvelteKitEvent, refusal: Refusal, options: GuardOptions): Response {
  const { request, url, isDataRequest } = event;
  const accept = isDataRequest ? "text/html" : request.headers.get("accept");
  const answer = answerTo({ method: request.method, accept, path: url.pathname + url.search }, refusal, options);
  return new Response(answer.body, answer);
}

/**
 * Answers what was thrown on the way to the response: the library's errors, and what a later hook threw after a login, since
 * SvelteKit would answer that without the cookie. Everything else is SvelteKit's.
 */
export function answerThrown(error: unknown, plan: RenderedPlan): Response {
  if (error instanceof SojournError) return answerWithError(error);
  if (plan.cookieLines().length === 0) throw error;
  if (isRedirect(error)) return new Response(null, { status: error.status, headers: { location: error.location } });
  console.error(error);
  return answerWithError(error);
}

function isRedirect(error: unknown): error is { readonly status: number; readonly location: string } {
  return isObject(error) && typeof error.status === "number" && typeof error.location === "string";
}
