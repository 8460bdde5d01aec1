import type { AuthenticatedSession, Session } from "../core/session.ts";
import type { SessionManager } from "../manager.ts";
import { adapterOptions } from "./shared/adapter-options.ts";
import { enter, isAnswer } from "./shared/enter.ts";
import { type Guards, guards } from "./shared/guards.ts";
import { answerWith, type KoaContext, type KoaMiddleware } from "./shared/koa-context.ts";
import { nodeFacts } from "./shared/node-facts.ts";
import { nodeSink } from "./shared/node-sink.ts";
import { assertAllowed, csrfHeader, tokenInForm } from "./shared/refusals.ts";
import { opened, type SessionOf, signedIn } from "./shared/session-of.ts";
import { answerTo } from "./shared/turn-away.ts";

/** What the context of a request holds beside Koa's own: `new Koa<DefaultState, SessionContext<typeof manager>>()`. */
export interface SessionContext<Manager> {
  /** This request's session; after a login, an unlock or a logout, the one that took its place. */
  session: SessionOf<Manager>;
}

export interface KoaSessionOptions {
  /** Requests that the CSRF guard lets pass, like webhooks that are signed in another way. Default: none. */
  csrfExempt?(context: KoaContext): boolean;
  /** Which requests the user did not make, like polling: they do not keep the session awake. Default: none. */
  isPolling?(context: KoaContext): boolean;
}

/** The sessions of a Koa application. */
export interface KoaSessions<Data extends object> extends Guards<KoaMiddleware> {
  /** Use it before the routes, and after the body parser where CSRF tokens are in form fields. */
  readonly middleware: KoaMiddleware;
  /** The same as `context.session`. */
  of(context: KoaContext): Session<Data>;
  /** The same where a guard has made sure that somebody is logged in; throws a `TypeError` where none has. */
  userOf(context: KoaContext): AuthenticatedSession<Data>;
}

/** Connects a manager to Koa 2 and 3. TLS is Koa's word (`app.proxy`). Errors are thrown, with `status` and `code`, for Koa to answer. */
export function koaSessions<Data extends object>(
  manager: SessionManager<Data>,
  options: KoaSessionOptions = {},
): KoaSessions<Data> {
  const checked = adapterOptions(manager, options, "koaSessions", ["csrfExempt", "isPolling"]);
  const { csrfExempt = () => false, isPolling = () => false } = checked;
  type WithSession = KoaContext & { session?: Session<Data> };
  const of = ({ session }: WithSession) => opened(session, "use the sessions' middleware");

  return {
    async middleware(context: WithSession, next) {
      // Used twice, the outer one counts: two of them would each have a cookie to set.
      if (context.session) return void (await next());
      const facts = nodeFacts(context.req, {
        secure: context.secure,
        url: context.originalUrl,
        address: () => context.ip,
      });
      const onReplaced = (session: Session<Data>) => {
        context.session = session;
      };
      const activity = !isPolling(context);
      const entered = await enter(manager, facts, nodeSink(context.res), { activity, onReplaced });
      if (isAnswer(entered)) return answerWith(context, entered);
      context.session = entered;
      if (!csrfExempt(context)) {
        const token = facts.header(csrfHeader) ?? tokenInForm((context.request as { body?: unknown }).body);
        assertAllowed(manager.checkCsrf(facts, entered, { token }));
      }
      await next();
    },
    of,
    userOf: (context) => signedIn(of(context)),
    ...guards<KoaMiddleware>((ask, options) => async (context, next) => {
      const verdict = ask(of(context));
      if (verdict.met) return void (await next());
      const about = { method: context.method, accept: context.get("Accept"), path: context.originalUrl };
      answerWith(context, answerTo(about, verdict, options));
    }),
  };
}

export type { GuardOptions } from "./shared/turn-away.ts";
