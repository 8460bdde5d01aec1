import type { Request, RequestHandler } from "express";
import type { Challenge } from "../../step-up/require-user.ts";
import { wantsPage, withReturnTo } from "./refusals.ts";

/** What the guards have in common. */
type Verdict =
  | { readonly met: true }
  | { readonly met: false; readonly because: string; readonly challenge: Challenge };

/** A handler that lets a request pass or answers it: people are sent to the page `at`, programs get the challenge. */
export function guard(check: (request: Request) => Verdict, at: string): RequestHandler {
  return (request, response, next) => {
    const verdict = check(request);
    if (verdict.met) return next();
    if (!wantsPage(request.headers.accept)) {
      response.status(verdict.challenge.status).set(verdict.challenge.headers).json({ error: verdict.because });
      return;
    }
    const isRepeatable = request.method === "GET" || request.method === "HEAD";
    response.redirect(303, withReturnTo(at, isRepeatable ? request.originalUrl : null));
  };
}
