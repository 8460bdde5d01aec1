import type { Request, RequestHandler } from "express";
import type { Session } from "../../core/session.ts";
import { type Guards, guards } from "./guards.ts";
import { answerTo } from "./turn-away.ts";

/** Handlers that let a request pass or answer it. */
export function expressGuards<Data extends object>(of: (request: Request) => Session<Data>): Guards<RequestHandler> {
  return guards<RequestHandler>((ask, options) => (request, response, next) => {
    const verdict = ask(of(request));
    if (verdict.met) return next();
    const { method, originalUrl: path } = request;
    const answer = answerTo({ method, accept: request.headers.accept, path }, verdict, options);
    response.status(answer.status).set(answer.headers).end(answer.body);
  });
}
