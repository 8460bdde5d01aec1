import { fromBase64url, toBase64url } from "./base64url.ts";
import type { SessionToken } from "./ids.ts";
import type { RandomSource } from "./random.ts";
import { csrfKey } from "./token.ts";

const keyBytes = 32;

/**
 * The session's CSRF key behind a fresh random mask, so that no two pages hold the same bytes and compression reveals
 * nothing (BREACH). Bound to the session's lineage: renewal keeps open forms valid, login does not.
 */
export function maskedCsrfToken(token: SessionToken, random: RandomSource): string {
  const key = csrfKey(token);
  const masked = new Uint8Array(2 * keyBytes);
  masked.set(random(new Uint8Array(keyBytes)));
  for (let at = 0; at < keyBytes; at++) masked[keyBytes + at] = (masked[at] ?? 0) ^ (key[at] ?? 0);
  return toBase64url(masked);
}

/** Compares in constant time. Anything that is not a CSRF token is not this session's. */
export function isCsrfTokenOf(presented: string, token: SessionToken): boolean {
  if (typeof presented !== "string" || presented.length !== 86) return false;
  const masked = fromBase64url(presented);
  if (!masked) return false;
  const key = csrfKey(token);
  let difference = 0;
  for (let at = 0; at < keyBytes; at++) difference |= (masked[at] ?? 0) ^ (masked[keyBytes + at] ?? 0) ^ (key[at] ?? 0);
  return difference === 0;
}
