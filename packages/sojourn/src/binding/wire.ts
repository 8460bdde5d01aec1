import type { SessionId } from "../core/ids.ts";
import { parseSessionId } from "../core/token.ts";

/*
 * The headers of Device Bound Session Credentials, as browsers write and read them. They are structured fields (RFC 9651),
 * but what is written here holds base64url and a path that was checked with the options, and what is read is one value of
 * base64url, quoted by the specification and bare in Chromium: nothing that a parser would be needed for.
 */

export const headers = {
  /** Asks a browser to register. */
  registration: "Secure-Session-Registration",
  /** What the next proof must sign. */
  challenge: "Secure-Session-Challenge",
  /** A proof. */
  proof: "secure-session-response",
  /** Which session a refresh is about. */
  sessionId: "sec-secure-session-id",
} as const;

/** In the order they are preferred. */
export const algorithms = ["ES256", "RS256"] as const;

/** Where the specification has a site say who may bind sessions for all of it. */
export const wellKnownPath = "/.well-known/device-bound-sessions";

export function registrationOffer(path: string, challenge: string): string {
  return `(${algorithms.join(" ")});path="${path}";challenge="${challenge}"`;
}

export function challengeFor(id: SessionId, challenge: string): string {
  return `"${challenge}";id="${id}"`;
}

/** A proof as sent, or `null` where there is none. */
export function proofIn(header: string | null): string | null {
  return header === null ? null : unquoted(header);
}

export function sessionIdIn(header: string | null): SessionId | null {
  return header === null ? null : parseSessionId(unquoted(header));
}

/** What a browser keeps of a binding: which cookie it stands for, where, and how it is refreshed. */
export function instructions(about: {
  readonly id: SessionId;
  readonly refreshPath: string;
  readonly cookie: { readonly name: string; readonly attributes: string };
  /** The origin of the domain whose every host the binding is for; `null` for the one host. */
  readonly site: string | null;
}): string {
  const { id, refreshPath, cookie, site } = about;
  return JSON.stringify({
    session_identifier: id,
    refresh_url: refreshPath,
    scope: { ...(site !== null && { origin: site }), include_site: site !== null },
    credentials: [{ type: "cookie", name: cookie.name, attributes: cookie.attributes }],
  });
}

/** Tells a browser to forget a binding. */
export function ending(id: SessionId): string {
  return JSON.stringify({ session_identifier: id, continue: false });
}

function unquoted(text: string): string {
  return /^"([^"\\]*)"$/.exec(text)?.[1] ?? text;
}
