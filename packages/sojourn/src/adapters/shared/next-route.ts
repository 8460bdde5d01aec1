import { SojournError } from "../../core/errors.ts";
import type { Session } from "../../core/session.ts";
import { ResponsePlan } from "../../http/response-plan.ts";
import type { SessionManager } from "../../manager.ts";
import { turnAway } from "../fetch.ts";
import { enter, isAnswer } from "./enter.ts";
import { answerWithError, withPlan } from "./fetch-http.ts";
import { type NextCookies, setOn } from "./next-cookie-line.ts";
import { type NextTools, nextFacts } from "./next-http.ts";
import { assertAllowed, csrfHeader } from "./refusals.ts";
import type { GuardOptions, Refusal } from "./turn-away.ts";

/** What a route handler gets beside the request. */
export interface RouteContext<Data extends object> {
  /** This request's session; after a login, an unlock or a logout, the one that took its place. */
  readonly session: Session<Data>;
}

export type RouteHandler<Data extends object> = (
  request: Request,
  context: RouteContext<Data>,
) => Response | Promise<Response>;

interface Route<Data extends object> {
  readonly manager: SessionManager<Data>;
  readonly behindProxy: boolean;
  readonly isPolling: (request: Request) => boolean;
  readonly cookies: NextTools["cookies"];
  respond(context: RouteContext<Data>): Response | Promise<Response>;
}

/**
 * Opens the session of a standard request, and answers it: the library's errors by their status and code. What else is
 * thrown, `redirect` of Next.js too, is for Next.js to answer.
 */
export async function answer<Data extends object>(
  request: Request,
  { manager, behindProxy, isPolling, cookies, respond }: Route<Data>,
): Promise<Response> {
  const sending = { headersSent: false };
  const plan = new ResponsePlan(sending);
  const { pathname, search } = new URL(request.url);
  const { method, headers } = request;
  const facts = nextFacts({ method, path: pathname + search, headers, behindProxy });
  try {
    const onReplaced = (next: Session<Data>) => Object.assign(context, { session: next });
    const entered = await enter(manager, facts, plan, { activity: !isPolling(request), onReplaced });
    if (isAnswer(entered)) return withPlan(new Response(entered.body, entered), plan);
    const context = { session: entered };
    assertAllowed(manager.checkCsrf(facts, context.session, { token: facts.header(csrfHeader) }));
    return withPlan(await respond(context), plan);
  } catch (error) {
    const isOurs = error instanceof SojournError;
    if (!isOurs && (isControlFlow(error) || plan.cookieLines().length === 0)) {
      for (const line of plan.cookieLines()) setOn(await cookies(), line);
      throw error;
    }
    // Next.js would answer without the cookies: who has just logged in would not be.
    if (!isOurs) console.error(error);
    return withPlan(answerWithError(error), plan);
  } finally {
    sending.headersSent = true;
  }
}

/** As `turnAway`. The proxy of Next.js takes whole addresses alone; of one on its own host it makes a path again. */
export function turnAwayInProxy(request: Request, refusal: Refusal, options: GuardOptions): Response {
  const response = turnAway(request, refusal, options);
  const path = response.headers.get("Location");
  if (path !== null) response.headers.set("Location", new URL(path, request.url).href);
  return response;
}

/**
 * The response of the proxy with its cookies set as Next.js sets them, so that the page it goes on to in this very request
 * knows of them: a session that was moved in from another library is in no cookie that the browser has sent.
 */
export function knownToPage(response: Response & { readonly cookies?: NextCookies }): Response {
  const { cookies, headers } = response;
  if (cookies) for (const line of headers.getSetCookie()) setOn(cookies, line);
  return response;
}

/** Whether Next.js threw it to say what to answer: `redirect`, `notFound` and the like. */
function isControlFlow(error: unknown): boolean {
  return error instanceof Error && "digest" in error && String(error.digest).startsWith("NEXT_");
}
