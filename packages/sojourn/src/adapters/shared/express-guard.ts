import type { Request, RequestHandler } from "express";
import { answerTo, type GuardOptions, type Refusal } from "./turn-away.ts";

/** A handler that lets a request pass or answers it. */
export function guard(
  check: (request: Request) => { readonly met: true } | Refusal,
  options: GuardOptions,
): RequestHandler {
  return (request, response, next) => {
    const verdict = check(request);
    if (verdict.met) return next();
    const { method, originalUrl: path } = request;
    const answer = answerTo({ method, accept: request.headers.accept, path }, verdict, options);
    response.status(answer.status).set(answer.headers).end(answer.body);
  };
}
