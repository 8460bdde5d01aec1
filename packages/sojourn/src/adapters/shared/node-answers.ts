import type { IncomingMessage, ServerResponse } from "node:http";
import type { SojournError } from "../../core/errors.ts";
import { errorBody } from "./refusals.ts";
import { answerTo, type GuardOptions, type Refusal } from "./turn-away.ts";

/** Answers a request that `requireUser` or `requireFresh` turned away: people are sent to the page `at`, programs get the challenge. */
export function turnAway(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  options: GuardOptions,
): void {
  const about = { method: request.method ?? "GET", accept: request.headers.accept, path: request.url ?? "/" };
  const { status, headers, body } = answerTo(about, refusal, options);
  response.writeHead(status, headers).end(body);
}

/** Answers with an error of the library. */
export function answerWithError(response: ServerResponse, error: SojournError): void {
  // What the handler said about a body that it did not write must not be said about this one.
  for (const name of ["Content-Encoding", "Content-Language", "Content-Range", "ETag"]) response.removeHeader(name);
  const body = JSON.stringify(errorBody(error));
  const headers = { "Content-Type": "application/json", "Content-Length": body.length };
  response.writeHead(error.status, headers).end(body);
}
