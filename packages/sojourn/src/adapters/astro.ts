import type { AuthenticatedSession, Session } from "../core/session.ts";
import type { SessionManager } from "../manager.ts";
import { turnAway } from "./fetch.ts";
import { adapterOptions } from "./shared/adapter-options.ts";
import { type AstroContext, type AstroMiddleware, answerThrown, astroFacts } from "./shared/astro-http.ts";
import { enter, isAnswer } from "./shared/enter.ts";
import { type Guards, guards } from "./shared/guards.ts";
import { assertAllowed, csrfHeader } from "./shared/refusals.ts";
import { RenderedPlan } from "./shared/rendered-plan.ts";
import { opened, signedIn } from "./shared/session-of.ts";

export interface AstroSessionOptions {
  /** `true`: every request comes through the application's own proxy, whose `X-Forwarded-Proto` is believed. Default `false`. */
  readonly behindProxy?: boolean;
  /** Requests that the CSRF guard lets pass, like webhooks that are signed in another way. Default: none. */
  csrfExempt?(context: AstroContext): boolean;
  /** Which requests the user did not make, like polling: they do not keep the session awake. Default: none. */
  isPolling?(context: AstroContext): boolean;
}

/** The sessions of an Astro application, of its pages that are rendered on demand. Guards are middleware, for a `sequence`. */
export interface AstroSessions<Data extends object> extends Guards<AstroMiddleware> {
  /** `export const { onRequest } = sessions` in `src/middleware.ts`, or the first of a `sequence`. CSRF tokens are read from the header `X-CSRF-Token`. */
  readonly onRequest: AstroMiddleware;
  /** This request's session; after a login, an unlock or a logout, the one that took its place. `context.locals.session` is the same. */
  of(context: AstroContext): Session<Data>;
  /** The same where a guard has made sure that somebody is logged in; throws a `TypeError` where none has. */
  userOf(context: AstroContext): AuthenticatedSession<Data>;
}

/** Connects a manager to Astro 7. `locals.session` has its type by `interface Locals { session: SessionOf<typeof manager> }`. */
export function astroSessions<Data extends object>(
  manager: SessionManager<Data>,
  options: AstroSessionOptions = {},
): AstroSessions<Data> {
  const checked = adapterOptions(manager, options, "astroSessions", ["behindProxy", "csrfExempt", "isPolling"]);
  const { behindProxy = false, csrfExempt = () => false, isPolling = () => false } = checked;
  const localsOf = (context: AstroContext) => context.locals as { session?: Session<Data> };
  const of = (context: AstroContext) =>
    opened(localsOf(context).session, "render the page on demand, and export the sessions' onRequest");

  return {
    async onRequest(context, next) {
      const locals = localsOf(context);
      // A page that is built has no request. Used twice, the outer one counts: two of them would each have a cookie to set.
      if (context.isPrerendered || locals.session) return next();
      const plan = new RenderedPlan(
        "Astro streams the page already: do it in an action, in an endpoint, or in the page itself and in none of its components",
      );
      const respond = async () => {
        const facts = astroFacts(context, behindProxy);
        const onReplaced = (session: Session<Data>) => Object.assign(locals, { session });
        const entered = await enter(manager, facts, plan, { activity: !isPolling(context), onReplaced });
        if (isAnswer(entered)) return new Response(entered.body, entered);
        locals.session = entered;
        if (!csrfExempt(context)) assertAllowed(manager.checkCsrf(facts, entered, { token: facts.header(csrfHeader) }));
        return next();
      };
      return plan.seal(await respond().catch((error: unknown) => answerThrown(error, plan)));
    },
    of,
    userOf: (context) => signedIn(of(context)),
    ...guards<AstroMiddleware>((ask, options) => async (context, next) => {
      if (context.isPrerendered) return next();
      const verdict = ask(of(context));
      return verdict.met ? next() : turnAway(context.request, verdict, options);
    }),
  };
}

export type { SessionOf } from "./shared/session-of.ts";
export type { GuardOptions } from "./shared/turn-away.ts";
