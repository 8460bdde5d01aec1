import { digests } from "#digests";
import { toBase64url } from "./base64url.ts";
import type { Brand } from "./brand.ts";
import type { SessionId, SessionToken } from "./ids.ts";
import { type RandomSource, randomText } from "./random.ts";

/*
 * The only file that takes tokens apart.
 *
 *   <id>.<lineage><rest>      22 + 1 + 22 + 22 characters of base64url
 *
 * id: 128 random bits, public. lineage: 128 random bits, constant for the session's life. rest: 128 bits that renewal
 * replaces. Lineage and rest together are the secret: 256 bits. Secrets are hashed as text, so that two spellings of the
 * same bytes are two secrets, and only one of them is right.
 */

const idLength = 22;
const lineageEnd = idLength + 1 + 22;
const tokenLength = lineageEnd + 22;
const dot = 0x2e;
/** By character code. */
const isBase64url = new Uint8Array(128);
for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
  isBase64url[letter.charCodeAt(0)] = 1;
const secretHashFormat = /^[A-Za-z0-9_-]{43}$/;
const idFormat = /^[A-Za-z0-9_-]{22}$/;

/** SHA-256 of a whole secret: what a row keeps of it. */
export type SecretHash = Brand<string, "SecretHash">;
/** SHA-256 of a lineage, as much of it as a lineage has itself (132 bits): tells an old secret of this session from a guess. */
export type LineageHash = Brand<string, "LineageHash">;

/** A new session's id and first secret (ASVS 7.2.3: at least 128 bits from a CSPRNG; here 128 public and 256 secret). */
export function createToken(random: RandomSource): SessionToken {
  return `${randomText(random, 16)}.${randomText(random, 16)}${randomText(random, 16)}` as SessionToken;
}

/** A token whose secret whoever holds `secret` and `nonce` can derive again, and nobody else. */
export function derivedToken(id: SessionId, secret: string, nonce: string): SessionToken {
  const mac = digests.hmacSha256(secret, `session ${id} ${nonce}`);
  return `${id}.${toBase64url(mac.subarray(0, 16))}${toBase64url(mac.subarray(16))}` as SessionToken;
}

/** The same for an id that was chosen before: that may be guessed, the secret may not. */
export function createTokenOf(id: SessionId, random: RandomSource): SessionToken {
  return `${id}.${randomText(random, 16)}${randomText(random, 16)}` as SessionToken;
}

/** The token in `text`, or `null` if it has not exactly a token's form. Not by an expression: every request passes here. */
export function parseToken(text: string): SessionToken | null {
  if (text.length !== tokenLength || text.charCodeAt(idLength) !== dot) return null;
  for (let at = 0; at < tokenLength; at++) {
    if (at !== idLength && isBase64url[text.charCodeAt(at)] !== 1) return null;
  }
  return text as SessionToken;
}

/** The id in `text`, or `null` if it has not exactly an id's form. For ids that come from outside, like a form field. */
export function parseSessionId(text: string): SessionId | null {
  return idFormat.test(text) ? (text as SessionId) : null;
}

/** A bound cookie's value: 128 random bits, good beside the token alone. */
export function createBoundSecret(random: RandomSource): string {
  return randomText(random, 16);
}

/** A challenge for a device, to be signed once: 128 random bits. */
export function createChallenge(random: RandomSource): string {
  return randomText(random, 16);
}

/** SHA-256 of a bound cookie's value or of a challenge: what a row keeps of it. */
export function textHash(text: string): SecretHash {
  return digests.sha256(text) as SecretHash;
}

export function idOf(token: SessionToken): SessionId {
  return token.slice(0, idLength) as SessionId;
}

export function secretHash(token: SessionToken): SecretHash {
  return digests.sha256(token.slice(idLength + 1)) as SecretHash;
}

export function lineageHash(token: SessionToken): LineageHash {
  return digests.sha256(token.slice(idLength + 1, lineageEnd)).slice(0, 22) as LineageHash;
}

export function isSecretHash(value: unknown): value is SecretHash {
  return typeof value === "string" && secretHashFormat.test(value);
}

/** The same session's token with a newly drawn rest. */
export function redrawn(token: SessionToken, random: RandomSource): SessionToken {
  return `${token.slice(0, lineageEnd)}${randomText(random, 16)}` as SessionToken;
}

/**
 * The token that follows `token`, derived and not drawn: whoever issues it again, after a lost answer or on another
 * node, issues the same value. Only a holder of `token` can compute it, and only with the row's nonce.
 */
export function successor(token: SessionToken, nonce: string): SessionToken {
  const mac = digests.hmacSha256(token.slice(idLength + 1), `renewal ${nonce}`);
  return `${token.slice(0, lineageEnd)}${toBase64url(mac.subarray(0, 16))}` as SessionToken;
}

/** A key that lives as long as the session and changes with every login: what CSRF tokens are made from. */
export function csrfKey(token: SessionToken): Uint8Array {
  return digests.hmacSha256(token.slice(idLength + 1, lineageEnd), "csrf");
}

/** Whether the secret of `token` stands anywhere in `text`. */
export function isSecretIn(text: string, token: SessionToken): boolean {
  return text.includes(token.slice(idLength + 1));
}

/** Compares in a time that depends on the length alone. */
export function isSame<Hash extends SecretHash | LineageHash>(a: Hash, b: Hash): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
