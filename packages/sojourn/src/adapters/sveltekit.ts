import type { AuthenticatedSession, Session } from "../core/session.ts";
import type { SessionManager } from "../manager.ts";
import { adapterOptions } from "./shared/adapter-options.ts";
import { enter, isAnswer } from "./shared/enter.ts";
import { ErrorPages, type ErrorShown } from "./shared/error-pages.ts";
import { type Guards, guards } from "./shared/guards.ts";
import { assertAllowed, csrfHeader } from "./shared/refusals.ts";
import { RenderedPlan } from "./shared/rendered-plan.ts";
import { opened, signedIn } from "./shared/session-of.ts";
import {
  answerThrown,
  type SvelteKitEvent,
  type SvelteKitHandle,
  setsSession,
  svelteKitFacts,
  turnedAway,
} from "./shared/sveltekit-http.ts";

export interface SvelteKitSessionOptions {
  /** `true`: every request comes through the application's own proxy, whose `X-Forwarded-Proto` is believed. Default `false`. */
  readonly behindProxy?: boolean;
  /** Requests that the CSRF guard lets pass, like webhooks that are signed in another way. Default: none. */
  csrfExempt?(event: SvelteKitEvent): boolean;
  /** Which requests the user did not make, like polling: they do not keep the session awake. Default: none. */
  isPolling?(event: SvelteKitEvent): boolean;
}

/** The sessions of a SvelteKit application. Guards are hooks: `sequence(sessions.handle, sessions.requireUser({ at }))`. */
export interface SvelteKitSessions<Data extends object> extends Guards<SvelteKitHandle> {
  /** `export const { handle, handleError } = sessions` in `hooks.server.ts`, or the first of a `sequence`. */
  readonly handle: SvelteKitHandle;
  /** Gives error pages the status of the library's errors, and their code as the message; prints other errors as SvelteKit does. */
  handleError(input: { error: unknown; event: SvelteKitEvent; kind?: string }): ErrorShown | undefined;
  /** This request's session; after a login, an unlock or a logout, the one that took its place. `event.locals.session` is the same. */
  of(event: SvelteKitEvent): Session<Data>;
  /** The same where a guard has made sure that somebody is logged in; throws a `TypeError` where none has. */
  userOf(event: SvelteKitEvent): AuthenticatedSession<Data>;
}

/** Connects a manager to SvelteKit 3. `locals.session` has its type by `interface Locals { session: SessionOf<typeof manager> }`. */
export function svelteKitSessions<Data extends object>(
  manager: SessionManager<Data>,
  options: SvelteKitSessionOptions = {},
): SvelteKitSessions<Data> {
  const checked = adapterOptions(manager, options, "svelteKitSessions", ["behindProxy", "csrfExempt", "isPolling"]);
  const { behindProxy = false, csrfExempt = () => false, isPolling = () => false } = checked;
  const localsOf = (event: SvelteKitEvent) => event.locals as { session?: Session<Data> };
  const of = (event: SvelteKitEvent) => opened(localsOf(event).session, "export the sessions' handle");
  const [factsOf, pages] = [svelteKitFacts(behindProxy), new ErrorPages()];

  return {
    async handle({ event, resolve }) {
      const locals = localsOf(event);
      // Used twice, the outer one counts: two of them would each have a cookie to set.
      if (locals.session) return resolve(event);
      const plan = new RenderedPlan(
        "SvelteKit streams the response already: do it in an action, in an endpoint, or in a load function that is awaited",
      );
      const respond = async () => {
        const facts = factsOf(event);
        const onReplaced = (next: Session<Data>) => Object.assign(locals, { session: next });
        const entered = await enter(manager, facts, plan, { activity: !isPolling(event), onReplaced });
        if (isAnswer(entered)) return new Response(entered.body, entered);
        locals.session = entered;
        if (!csrfExempt(event)) assertAllowed(manager.checkCsrf(facts, entered, { token: facts.header(csrfHeader) }));
        const response = await resolve(event);
        if (setsSession(response, manager.settings)) plan.setCaching("no-store", { vary: "Cookie" });
        return pages.answer(locals, event.request, response);
      };
      return plan.seal(await respond().catch((error: unknown) => answerThrown(error, plan)));
    },
    handleError({ error, event, kind = "unknown" }) {
      if (pages.met(event.locals, error)) return { status: error.status, message: error.code };
      if (kind === "unknown") console.error(error);
      return undefined;
    },
    of,
    userOf: (event) => signedIn(of(event)),
    ...guards<SvelteKitHandle>((ask, options) => async ({ event, resolve }) => {
      const verdict = ask(of(event));
      return verdict.met ? resolve(event) : turnedAway(event, verdict, options);
    }),
  };
}

export type { ErrorShown } from "./shared/error-pages.ts";
export type { SessionOf } from "./shared/session-of.ts";
export type { GuardOptions } from "./shared/turn-away.ts";
