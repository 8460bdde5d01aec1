import type { CsrfRefusal } from "../core/events.ts";
import { isHandshake } from "../core/handshake.ts";
import type { RequestFacts } from "../core/request.ts";
import type { Session } from "../core/session.ts";
import { isLoopback } from "../http/loopback.ts";

/** Whether a request that changes something comes from the application's own pages, or why that cannot be said. */
export type CsrfVerdict = { readonly allowed: true } | { readonly allowed: false; readonly because: CsrfRefusal };

export interface OriginRules {
  readonly transport: "cookie" | "bearer";
  /** The application's own origins; `null` outside production, where a page on this machine counts as its own. */
  readonly origins: readonly string[] | null;
}

export interface CsrfRules extends OriginRules {
  readonly mode: "fetch-metadata" | "token";
  /** The CSRF token that came with the request. */
  readonly token: string | null;
}

/** The whole guard: where the request comes from, and where the policy asks for it, a token of this very session. */
export function checkCsrf<Data extends object>(
  request: RequestFacts,
  session: Session<Data>,
  rules: CsrfRules,
): CsrfVerdict {
  const verdict = checkOrigin(request, rules);
  if (!verdict.allowed || rules.mode !== "token" || isExempt(request, rules)) return verdict;
  // No page can send a token with a socket's handshake: whose it is, its origin says.
  if (isHandshake(request)) return verdict;
  if (rules.token === null) return { allowed: false, because: "token-missing" };
  return session.isCsrfToken(rules.token) ? { allowed: true } : { allowed: false, because: "token-wrong" };
}

/**
 * Whether a page of another site made a request that would change something: what it sends in the user's name is not the
 * user's activity. Where that cannot be said, as of a client that is no browser, the user did.
 */
export function isForeign(request: RequestFacts, rules: OriginRules): boolean {
  const verdict = checkOrigin(request, rules);
  return !verdict.allowed && verdict.because !== "origin-unknown";
}

const safeMethods: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/**
 * Changes nothing, or is made by no page: no browser adds an `Authorization` header to another site's request by itself. A
 * socket, once open, changes what it likes, and pages of other sites may open one: its handshake is no harmless GET.
 */
function isExempt(request: RequestFacts, { transport }: OriginRules): boolean {
  return transport === "bearer" || (safeMethods.includes(request.method) && !isHandshake(request));
}

/**
 * Fetch Metadata first, then `Origin`, then refuse (OCS-09 to OCS-12). `Host` and `X-Forwarded-Host` are never compared
 * with anything: whoever sends a request chooses them.
 */
function checkOrigin(request: RequestFacts, rules: OriginRules): CsrfVerdict {
  if (isExempt(request, rules)) return { allowed: true };
  const { origins } = rules;
  const site = request.header("sec-fetch-site");
  if (site === "same-origin") return { allowed: true };
  // The user, not a page: a typed address, a bookmark, a form sent again.
  if (site === "none" && request.header("sec-fetch-mode") === "navigate") return { allowed: true };
  const origin = request.header("origin");
  // Another origin of this very application may be another site to the browser, so a listed one is heard in any case.
  if (origin !== null && origins?.includes(origin)) return { allowed: true };
  if (site === "cross-site" || site === "same-site") return { allowed: false, because: "cross-site" };
  if (origin === null) return { allowed: false, because: "origin-unknown" };
  return origins === null && isLoopback(origin) ? { allowed: true } : { allowed: false, because: "foreign-origin" };
}
