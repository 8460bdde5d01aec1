import type { AuthenticatedSession, Session } from "../core/session.ts";
import { ResponsePlan } from "../http/response-plan.ts";
import type { SessionManager } from "../manager.ts";
import { turnAway } from "./fetch.ts";
import { adapterOptions } from "./shared/adapter-options.ts";
import { enter, isAnswer } from "./shared/enter.ts";
import { fetchFacts, planned } from "./shared/fetch-http.ts";
import { type Guards, guards } from "./shared/guards.ts";
import { applyTo, type HonoContext, type HonoMiddleware, withResponse } from "./shared/hono-http.ts";
import { assertAllowed, csrfHeader } from "./shared/refusals.ts";
import { opened, signedIn } from "./shared/session-of.ts";

export interface HonoSessionOptions {
  /** `true`: every request comes through the application's own proxy, whose `X-Forwarded-Proto` and `X-Forwarded-For` are believed. Default `false`. */
  readonly behindProxy?: boolean;
  /** The client's address as the platform tells it, for signals. Default: the last hop that the application's own proxy names. */
  address?(context: HonoContext): string | null;
  /** Requests that the CSRF guard lets pass, like webhooks that are signed in another way. Default: none. */
  csrfExempt?(context: HonoContext): boolean;
  /** Which requests the user did not make, like polling: they do not keep the session awake. Default: none. */
  isPolling?(context: HonoContext): boolean;
}

/** The sessions of a Hono application, on every runtime. */
export interface HonoSessions<Data extends object> extends Guards<HonoMiddleware> {
  /** `app.use(sessions.middleware)`, before the routes. CSRF tokens are read from the header `X-CSRF-Token`. */
  readonly middleware: HonoMiddleware;
  /** This request's session; after a login, an unlock or a logout, the one that took its place. `c.get("session")` is the same. */
  of(context: HonoContext): Session<Data>;
  /** The same where a guard has made sure that somebody is logged in; throws a `TypeError` where none has. */
  userOf(context: HonoContext): AuthenticatedSession<Data>;
}

/** Connects a manager to Hono 4. Errors go to `app.onError`; write `app.onError(answerError)` where you have no handler of your own. */
export function honoSessions<Data extends object>(
  manager: SessionManager<Data>,
  options: HonoSessionOptions = {},
): HonoSessions<Data> {
  const checked = adapterOptions(manager, options, "honoSessions", [
    "behindProxy",
    "address",
    "csrfExempt",
    "isPolling",
  ]);
  const { behindProxy = false, address, csrfExempt = () => false, isPolling = () => false } = checked;
  const sessionIn = (context: HonoContext) => context.get("session") as Session<Data> | undefined;
  const of = (context: HonoContext) => opened(sessionIn(context), "use the sessions' middleware");

  /** The answer that is not the application's, if there is one. */
  async function open(context: HonoContext, plan: ResponsePlan): Promise<Response | null> {
    const facts = fetchFacts(context.req.raw, { behindProxy, ...(address && { address: () => address(context) }) });
    const onReplaced = (next: Session<Data>) => context.set("session", next);
    const entered = await enter(manager, facts, plan, { activity: !isPolling(context), onReplaced });
    if (isAnswer(entered)) return planned(new Response(entered.body, entered), plan);
    context.set("session", entered);
    if (csrfExempt(context)) return null;
    assertAllowed(manager.checkCsrf(facts, entered, { token: facts.header(csrfHeader) }));
    return null;
  }

  return {
    async middleware(context, next) {
      // Used twice, the outer one counts: two of them would each have a cookie to set.
      if (sessionIn(context)) return void (await next());
      const sending = { headersSent: false };
      const plan = new ResponsePlan(sending);
      const answer = await open(context, plan).catch((error: unknown) => {
        throw withResponse(error, plan);
      });
      if (answer) return answer;
      // Hono answers what a handler throws before this goes on: error pages get the cookie too.
      await next();
      sending.headersSent = true;
      applyTo(context, plan);
      return undefined;
    },
    of,
    userOf: (context) => signedIn(of(context)),
    ...guards<HonoMiddleware>((ask, options) => async (context, next) => {
      const verdict = ask(of(context));
      if (verdict.met) return void (await next());
      return turnAway(context.req.raw, verdict, options);
    }),
  };
}

export { answerError, type SessionEnv } from "./shared/hono-http.ts";
export type { GuardOptions } from "./shared/turn-away.ts";
