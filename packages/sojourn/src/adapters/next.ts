import type { AuthenticatedSession, Freshness, Session } from "../core/session.ts";
import type { SessionManager } from "../manager.ts";
import { requireUser } from "../step-up/require-user.ts";
import { adapterOptions } from "./shared/adapter-options.ts";
import { guards } from "./shared/guards.ts";
import { CookieSink, cookiesNow } from "./shared/next-cookies.ts";
import { type NextSessionOptions, type NextTools, nextFacts } from "./shared/next-http.ts";
import { answer, knownToPage, type RouteContext, type RouteHandler, turnAwayInProxy } from "./shared/next-route.ts";
import { assertAllowed, csrfHeader, tokenInForm } from "./shared/refusals.ts";
import { answerTo, type GuardOptions } from "./shared/turn-away.ts";

/** The sessions of a Next.js application (App Router). */
export interface NextSessions<Data extends object> {
  /**
   * In a Server Component: the session, to read. In a Server Action: the session, to change; throws `ERR_CSRF_REFUSED` where
   * another site sent it. Where the policy asks for CSRF tokens, hand over the `form` whose field `_csrf` has one. What needs a cookie while a page is rendered throws `ERR_RESPONSE_SENT`, before anything is written.
   */
  current(form?: FormData): Promise<Session<Data>>;
  /** In a page: the session of whoever is logged in; others are sent to the page `at`. */
  requireUser(options: GuardOptions): Promise<AuthenticatedSession<Data>>;
  /** The same for users who have proved who they are recently enough (ASVS 7.5.1 to 7.5.3). */
  requireFresh(need: Freshness & GuardOptions): Promise<AuthenticatedSession<Data>>;
  /** The same for requests that prove the device their session is bound to. */
  requireBound(options: GuardOptions): Promise<AuthenticatedSession<Data>>;
  /** A Route Handler with a session: `export const POST = sessions.route(async (request, { session }) => ...)`. */
  route(handler: RouteHandler<Data>): (request: Request) => Promise<Response>;
  /** For `proxy.ts`: turns away who is not logged in, and hands `goOn()` (`NextResponse.next()`) the cookie where the secret is renewed. */
  guard<Answer extends Response>(request: Request, options: GuardOptions, goOn: () => Answer): Promise<Response>;
}

/** Connects a manager to Next.js 16: `nextSessions(manager, { cookies, headers, redirect })`, with what Next.js exports by these names. */
export function nextSessions<Data extends object>(
  manager: SessionManager<Data>,
  { cookies, headers, redirect }: NextTools,
  options: NextSessionOptions = {},
): NextSessions<Data> {
  const checked = adapterOptions(manager, options, "nextSessions", ["behindProxy", "isPolling"]);
  const { behindProxy = false, isPolling = () => false } = checked;
  const route = { manager, behindProxy, isPolling, cookies };

  async function current(form?: FormData): Promise<Session<Data>> {
    const [jar, sent] = [await cookies(), await headers()];
    const sink = new CookieSink(jar);
    const now = { get: (name: string) => (name === "cookie" ? cookiesNow(sent.get(name), jar) : sent.get(name)) };
    // Only an action may set cookies, and every action is a POST.
    const facts = nextFacts({ method: sink.writable ? "POST" : "GET", path: "/", headers: now, behindProxy });
    const session = await manager.open(facts, sink);
    const token = facts.header(csrfHeader) ?? tokenInForm(form && Object.fromEntries(form));
    assertAllowed(manager.checkCsrf(facts, session, { token }));
    return session;
  }

  const page = guards<() => Promise<AuthenticatedSession<Data>>>((ask, options) => async () => {
    const session = await current();
    const verdict = ask(session);
    if (verdict.met) return session as AuthenticatedSession<Data>;
    // A page does not know its own address: nobody is sent back.
    const { headers } = answerTo({ method: "POST", accept: "text/html", path: "" }, verdict, options);
    return redirect(headers.Location ?? options.at);
  });

  return {
    current,
    requireUser: (options) => page.requireUser(options)(),
    requireFresh: (need) => page.requireFresh(need)(),
    requireBound: (options) => page.requireBound(options)(),
    route: (handler) => (request) => answer(request, { ...route, respond: (context) => handler(request, context) }),
    async guard(request, options, goOn) {
      const respond = ({ session }: RouteContext<Data>) => {
        const verdict = requireUser(session);
        return verdict.met ? goOn() : turnAwayInProxy(request, verdict, options);
      };
      return knownToPage(await answer(request, { ...route, respond }));
    },
  };
}

export type { NextSessionOptions, NextTools } from "./shared/next-http.ts";
export type { GuardOptions } from "./shared/turn-away.ts";
