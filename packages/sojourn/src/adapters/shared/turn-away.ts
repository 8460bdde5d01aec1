import { localPath } from "../../http/local-path.ts";
import type { Challenge } from "../../step-up/require-user.ts";

/** A verdict of `requireUser` or `requireFresh` that lets nobody pass. */
export interface Refusal {
  readonly met: false;
  readonly because: string;
  readonly challenge: Challenge;
}

/** Where people are sent whom a guard turns away; programs get status 401. */
export interface GuardOptions {
  /** The path of the page, which gets `?return_to=<path>` where the request can be repeated. */
  readonly at: string;
}

/** What is known of the request that is turned away. */
interface TurnedAway {
  readonly method: string;
  readonly accept: string | null | undefined;
  /** Path and query. */
  readonly path: string;
}

/** The answer: people who wait for a page are redirected, programs get the challenge. */
export function answerTo(
  { method, accept, path }: TurnedAway,
  { because, challenge }: Refusal,
  { at }: GuardOptions,
): { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  if (!accept?.includes("text/html")) {
    const headers = { ...challenge.headers, "Content-Type": "application/json" };
    return { status: challenge.status, headers, body: JSON.stringify({ error: because }) };
  }
  const isRepeatable = method === "GET" || method === "HEAD";
  return { status: 303, headers: { Location: isRepeatable ? withReturnTo(at, path) : at }, body: "" };
}

/** `at`, with where to come back to, if that is a path of this application and nothing a browser takes for another site. */
function withReturnTo(at: string, path: string): string {
  const returnTo = localPath(path);
  return returnTo === null ? at : `${at}${at.includes("?") ? "&" : "?"}return_to=${encodeURIComponent(returnTo)}`;
}
