import type { Request, RequestHandler } from "express";
import { checkedNeed } from "../../core/proofs.ts";
import type { Freshness, Session } from "../../core/session.ts";
import { requireBound } from "../../step-up/require-bound.ts";
import { requireFresh } from "../../step-up/require-fresh.ts";
import { requireUser } from "../../step-up/require-user.ts";
import { answerTo, checkedGuard, type GuardOptions, type Refusal } from "./turn-away.ts";

export interface ExpressGuards {
  /** Lets only logged-in users pass. */
  requireUser(options: GuardOptions): RequestHandler;
  /** Lets only users pass who have proved who they are recently enough (ASVS 7.5.1 to 7.5.3). */
  requireFresh(need: Freshness & GuardOptions): RequestHandler;
  /** Lets only requests pass that prove the device their session is bound to. */
  requireBound(options: GuardOptions): RequestHandler;
}

/** Handlers that let a request pass or answer it. Wrong options are errors here, not at the first visitor. */
export function expressGuards<Data extends object>(of: (request: Request) => Session<Data>): ExpressGuards {
  return {
    requireUser(options) {
      return guard((request) => requireUser(of(request)), checkedGuard(options, "requireUser", ["at"]));
    },
    requireBound(options) {
      return guard((request) => requireBound(of(request)), checkedGuard(options, "requireBound", ["at"]));
    },
    requireFresh(options) {
      const { at, ...need } = checkedGuard(options, "requireFresh", ["at", "within", "level"]);
      checkedNeed(need, "requireFresh");
      return guard((request) => requireFresh(of(request), need), { at });
    },
  };
}

function guard(check: (request: Request) => { readonly met: true } | Refusal, options: GuardOptions): RequestHandler {
  return (request, response, next) => {
    const verdict = check(request);
    if (verdict.met) return next();
    const { method, originalUrl: path } = request;
    const answer = answerTo({ method, accept: request.headers.accept, path }, verdict, options);
    response.status(answer.status).set(answer.headers).end(answer.body);
  };
}
