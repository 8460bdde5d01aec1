import type { AuthenticatedSession, Session } from "../core/session.ts";
import type { SessionManager } from "../manager.ts";
import { adapterOptions } from "./shared/adapter-options.ts";
import { enter, isAnswer } from "./shared/enter.ts";
import { type Guards, guards } from "./shared/guards.ts";
import { turnedAway } from "./shared/h3-answers.ts";
import { asHandler, type H3Event, type H3Middleware, outerContextOf } from "./shared/h3-event.ts";
import { visitOf } from "./shared/h3-visit.ts";
import { assertAllowed, csrfHeader } from "./shared/refusals.ts";
import { opened, signedIn } from "./shared/session-of.ts";

export interface H3SessionOptions {
  /** `true`: every request comes through the application's own proxy, whose `X-Forwarded-Proto` and `X-Forwarded-For` are believed. Default `false`. */
  readonly behindProxy?: boolean;
  /** Requests that the CSRF guard lets pass, like webhooks that are signed in another way. Default: none. */
  csrfExempt?(event: H3Event): boolean;
  /** Which requests the user did not make, like polling: they do not keep the session awake. Default: none. */
  isPolling?(event: H3Event): boolean;
}

/** The sessions of an application on h3: of Nuxt, of Nitro, or of h3 alone. */
export interface H3Sessions<Data extends object> extends Guards<H3Middleware> {
  /** `app.use(sessions.middleware)`, or in `server/middleware`: `export default sessions.middleware`. CSRF tokens are read from the header `X-CSRF-Token`. */
  readonly middleware: H3Middleware;
  /** This request's session; after a login, an unlock or a logout, the one that took its place. `event.context.session` is the same. */
  of(event: H3Event): Session<Data>;
  /** The same where a guard has made sure that somebody is logged in; throws a `TypeError` where none has. */
  userOf(event: H3Event): AuthenticatedSession<Data>;
}

/**
 * Connects a manager to h3, 1 and 2. Errors go to h3, with their `status`; write `onError: answerError` for their codes.
 * `event.context.session` has its type once the application says which manager's it is:
 * `declare module "h3" { interface H3EventContext { session: SessionOf<typeof manager> } }`.
 */
export function h3Sessions<Data extends object>(
  manager: SessionManager<Data>,
  options: H3SessionOptions = {},
): H3Sessions<Data> {
  const checked = adapterOptions(manager, options, "h3Sessions", ["behindProxy", "csrfExempt", "isPolling"]);
  const { behindProxy = false, csrfExempt = () => false, isPolling = () => false } = checked;
  const key = Symbol("session");
  type Context = { session?: Session<Data>; [key]?: Context[] };
  const contextOf = ({ context }: H3Event) => context as Context;
  const of = (event: H3Event) => opened(contextOf(event).session, "use the sessions' middleware");

  return {
    middleware: asHandler(async (event, next) => {
      const context = contextOf(event);
      // Used twice, or in a request that a page makes while it is rendered: the cookie goes with the outer one's answer.
      const outer = context[key] ?? (outerContextOf(event) as Context | null)?.[key];
      if (outer) {
        if (!outer.includes(context)) outer.push(Object.assign(context, { session: outer[0]?.session }));
        return next?.();
      }
      const contexts = [context];
      context[key] = contexts;
      const { facts, plan, answer, goOn } = visitOf(event, behindProxy);
      const onReplaced = (session: Session<Data>) => {
        for (const each of contexts) each.session = session;
      };
      const entered = await enter(manager, facts, plan, { activity: !isPolling(event), onReplaced });
      if (isAnswer(entered)) return goOn(() => answer(entered));
      context.session = entered;
      if (!csrfExempt(event)) assertAllowed(manager.checkCsrf(facts, entered, { token: facts.header(csrfHeader) }));
      return goOn(next);
    }),
    of,
    userOf: (event) => signedIn(of(event)),
    ...guards<H3Middleware>((ask, options) =>
      asHandler((event, next) => {
        const verdict = ask(of(event));
        return verdict.met ? next?.() : turnedAway(event, verdict, options);
      }),
    ),
  };
}

export { answerError } from "./shared/h3-answers.ts";
export type { H3Event, H3Middleware } from "./shared/h3-event.ts";
export type { SessionOf } from "./shared/session-of.ts";
export type { GuardOptions } from "./shared/turn-away.ts";
