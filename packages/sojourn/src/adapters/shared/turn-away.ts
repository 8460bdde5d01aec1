import type { Answer } from "../../binding/exchange.ts";
import { assertNames } from "../../core/option-names.ts";
import { localPath } from "../../http/local-path.ts";
import type { TurnedAway } from "../../step-up/require-user.ts";

/** A verdict of `requireUser` or `requireFresh` that lets nobody pass. */
export interface Refusal extends TurnedAway {
  readonly because: string;
}

/** Where people are sent whom a guard turns away; programs get status 401. */
export interface GuardOptions {
  /**
   * The path of the page, which gets `?because=<reason>` where there is something to tell, and `return_to=<path>` where the
   * request can be repeated. Anybody can write either into a link: choose a text of your own by the one, and ask
   * `localPath` about the other.
   */
  readonly at: string;
}

/** What is known of the request that is turned away. */
interface RequestTurnedAway {
  readonly method: string;
  readonly accept: string | null | undefined;
  /** Path and query. */
  readonly path: string;
}

/** Throws a `TypeError` where people would be sent nowhere. Express' guards ask when they are made, not at the first visitor. */
export function checkedGuard<Options extends GuardOptions>(
  options: Options,
  guard: string,
  names: readonly (keyof Options & string)[],
): Options {
  assertNames(Object(options) === options ? options : {}, names, guard);
  const at: unknown = options?.at;
  if (typeof at === "string" && localPath(at) !== null) return options;
  throw new TypeError(`${guard}({ at }): write the path of the page people are sent to, like "/login"`);
}

/** The answer: people who wait for a page are redirected, programs get the challenge. */
export function answerTo(
  { method, accept, path }: RequestTurnedAway,
  { because, reason, challenge }: Refusal,
  options: GuardOptions,
): Answer {
  const { at } = checkedGuard(options, "turnAway", ["at"]);
  if (!accept?.includes("text/html")) {
    const headers = { ...challenge.headers, "Content-Type": "application/json" };
    return { status: challenge.status, headers, body: JSON.stringify({ error: because }) };
  }
  const isRepeatable = method === "GET" || method === "HEAD";
  // A path of this application, and nothing a browser takes for another site.
  const returnTo = isRepeatable ? localPath(path) : null;
  return { status: 303, headers: { Location: withQuery(at, { because: reason, return_to: returnTo }) }, body: "" };
}

function withQuery(at: string, parameters: { readonly [name: string]: string | null }): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== null) query.set(name, value);
  return query.size === 0 ? at : `${at}${at.includes("?") ? "&" : "?"}${query}`;
}
