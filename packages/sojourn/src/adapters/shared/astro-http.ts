import { SojournError } from "../../core/errors.ts";
import type { RequestFacts } from "../../core/request.ts";
import { answerWithError } from "./fetch-http.ts";
import { renderedFacts } from "./rendered-facts.ts";
import type { RenderedPlan } from "./rendered-plan.ts";

/** What is used of Astro's contexts. By their shape, so that nobody needs Astro who does not use it. */
export interface AstroContext {
  readonly request: Request;
  readonly url: URL;
  readonly locals: object;
  readonly isPrerendered: boolean;
  readonly clientAddress: string;
}

/** `onRequest` of `src/middleware.ts`, also one of a `sequence`. */
export type AstroMiddleware = (context: AstroContext, next: () => Promise<Response>) => Promise<Response>;

/** The facts of a request. TLS is Astro's word; the host in its URL is `localhost` where the application has not named its own. */
export function astroFacts(context: AstroContext, behindProxy: boolean): RequestFacts {
  const { request, url } = context;
  const isSecure = () => url.protocol === "https:";
  return renderedFacts({ request, url, behindProxy, isSecure, address: () => context.clientAddress });
}

/**
 * Answers what was thrown on the way to the response: the library's errors. What somebody threw after a login gets an empty
 * answer, which Astro fills with its error page: it would answer the error itself without the cookie.
 */
export function answerThrown(error: unknown, plan: RenderedPlan): Response {
  if (error instanceof SojournError) return answerWithError(error);
  if (plan.cookieLines().length === 0) throw error;
  console.error(error);
  return new Response(null, { status: 500 });
}
