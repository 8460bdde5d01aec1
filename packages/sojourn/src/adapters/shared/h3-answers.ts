import { SojournError } from "../../core/errors.ts";
import { turnAway } from "../fetch.ts";
import { answerWithError } from "./fetch-http.ts";
import { type H3Event, isWeb, nodeOf, webEvent } from "./h3-event.ts";
import { answerWithError as answerOnNode, turnAway as turnAwayOnNode } from "./node-answers.ts";
import type { GuardOptions, Refusal } from "./turn-away.ts";

/** Answers a request that a guard turned away. On h3 1 at once, so that nobody goes on, wherever the guard is called. */
export function turnedAway(event: H3Event, refusal: Refusal, options: GuardOptions): unknown {
  const node = nodeOf(event);
  if (node && !isWeb(event)) return turnAwayOnNode(node.req, node.res, refusal, options);
  return turnAway(webEvent(event).req, refusal, options);
}

/** For `onError` of h3 and Nitro's `errorHandler`: answers the library's errors by status and code, and leaves others to whoever is next. */
export function answerError(error: unknown, event: H3Event): Response | undefined {
  const met = error instanceof Error && error.cause instanceof SojournError ? error.cause : error;
  if (!(met instanceof SojournError)) return undefined;
  if (!isWeb(event)) {
    const node = nodeOf(event);
    if (node) answerOnNode(node.res, met);
    return undefined;
  }
  const response = answerWithError(met);
  for (const [name, value] of event.res.errHeaders) response.headers.append(name, value);
  return response;
}
