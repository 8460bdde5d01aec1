import type { NextFunction, Request, RequestHandler, Response } from "express";
import type { AuthenticatedSession, Session } from "../core/session.ts";
import type { SessionManager } from "../manager.ts";
import { adapterOptions } from "./shared/adapter-options.ts";
import { enter, isAnswer } from "./shared/enter.ts";
import { expressFacts } from "./shared/express-facts.ts";
import { expressGuards } from "./shared/express-guard.ts";
import type { Guards } from "./shared/guards.ts";
import { sendAnswer } from "./shared/node-answers.ts";
import { nodeSink } from "./shared/node-sink.ts";
import { assertAllowed, csrfHeader, tokenInForm } from "./shared/refusals.ts";
import { opened, signedIn } from "./shared/session-of.ts";

export interface ExpressSessionOptions {
  /** Requests that the CSRF guard lets pass, like webhooks that are signed in another way. Default: none. */
  readonly csrfExempt?: (request: Request) => boolean;
  /** Which requests the user did not make, like polling: they do not keep the session awake. Default: none. */
  readonly isPolling?: (request: Request) => boolean;
}

/** The sessions of an Express application (4 or 5). */
export interface ExpressSessions<Data extends object> extends Guards<RequestHandler> {
  /** Mount it before the routes, and after the body parser where CSRF tokens are in form fields. */
  readonly middleware: RequestHandler;
  /** This request's session; after a login, an unlock or a logout, the one that took its place. */
  of(request: Request): Session<Data>;
  /** The same where a guard has made sure that somebody is logged in; throws a `TypeError` where none has. */
  userOf(request: Request): AuthenticatedSession<Data>;
}

/**
 * Connects a manager to Express. Whether a request came over TLS, and from where, is Express' word
 * (`app.set("trust proxy", ...)` names the proxies). Errors go to `next`, with their `status`.
 */
export function expressSessions<Data extends object>(
  manager: SessionManager<Data>,
  options: ExpressSessionOptions = {},
): ExpressSessions<Data> {
  const checked = adapterOptions(manager, options, "expressSessions", ["csrfExempt", "isPolling"]);
  const { csrfExempt = () => false, isPolling = () => false } = checked;
  // On the request itself: entries of a WeakMap that lead back to their key live until the next full garbage collection.
  const key = Symbol("session");
  type WithSession = Request & { [key]?: Session<Data> };

  /** Whether the application is to answer. */
  async function open(request: WithSession, response: Response): Promise<boolean> {
    const facts = expressFacts(request);
    const entered = await enter(manager, facts, nodeSink(response), {
      activity: !isPolling(request),
      onReplaced: (next) => Object.assign(request, { [key]: next }),
    });
    if (isAnswer(entered)) {
      sendAnswer(response, entered);
      return false;
    }
    request[key] = entered;
    if (csrfExempt(request)) return true;
    const token = facts.header(csrfHeader) ?? tokenInForm(request.body);
    assertAllowed(manager.checkCsrf(facts, entered, { token }));
    return true;
  }

  const of = (request: WithSession) => opened(request[key], "mount the sessions' middleware");

  return {
    middleware: (request: WithSession, response: Response, next: NextFunction) => {
      // Mounted twice, the outer one counts: two of them would each have a cookie to set.
      if (request[key]) return next();
      open(request, response).then((isForApplication) => isForApplication && next(), next);
    },
    of,
    userOf: (request) => signedIn(of(request)),
    ...expressGuards(of),
  };
}

export type { GuardOptions } from "./shared/turn-away.ts";
