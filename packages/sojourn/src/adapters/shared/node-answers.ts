import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "../../binding/exchange.ts";
import { errorAnswer } from "./refusals.ts";
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

/** Sends what the library answers by itself. */
export function sendAnswer(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) }).end(body);
}

/** Answers with an error: the library's by its status and code, others by 500. A response that has begun is cut off. */
export function answerWithError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // What the handler said about a body that it did not write must not be said about this one.
  for (const name of ["Content-Encoding", "Content-Language", "Content-Range", "ETag"]) response.removeHeader(name);
  const answer = errorAnswer(error);
  const body = JSON.stringify(answer.body);
  response.writeHead(answer.status, { "Content-Type": "application/json", "Content-Length": body.length }).end(body);
}
