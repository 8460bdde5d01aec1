import type { Request, RequestHandler } from "express";
import { localPath } from "../../http/local-path.ts";
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

/** Throws a `TypeError` where a guard is made without a page to send people to: at the first visitor would be too late. */
export function checkedGuard<Options extends GuardOptions>(options: Options, name: string): Options {
  const at: unknown = options?.at;
  if (typeof at === "string" && localPath(at) !== null) return options;
  throw new TypeError(`${name}({ at }): write the path of the page people are sent to, like "/login"`);
}
