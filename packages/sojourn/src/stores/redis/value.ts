import type { Instant } from "../../core/clock.ts";
import type { SessionId } from "../../core/ids.ts";
import type { StoredSession } from "../../core/store.ts";

/*
 * What stands under a session's key:
 *
 *   row        version NUL expiresAt NUL indexUntil NUL stamp NUL userId NUL ref NUL body
 *   claim      "?" stamp    an insert is under way
 *   tombstone  "-" stamp    a removal was here a moment ago
 *
 * Numbers are to base 36: a fleet keeps them a hundred million times. No fact contains NUL; a user id or ref that is null
 * is empty, which none that exists is. A stamp names one call of one process, so that a command which a client library
 * sends twice is recognised as the one that was carried out already.
 */

/** The value of a row that is being inserted. */
export function rowValue(row: StoredSession, { indexUntil, stamp }: { indexUntil: Instant; stamp: string }): string {
  const { version, expiresAt, userId, ref, body } = row;
  const numbers = [version, expiresAt, indexUntil].map(writtenNumber);
  return [...numbers, stamp, userId ?? "", ref ?? "", body].join("\0");
}

/** A number as values hold it. */
export function writtenNumber(number: number): string {
  return number.toString(36);
}

/** The number that such a text is, or -1. No number that is written is longer than a safe integer may be. */
export function readNumber(text: string, start = 0, end = text.length): number {
  if (end <= start || end - start > 10) return -1;
  let number = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    const digit = code <= 57 ? code - 48 : code - 87;
    if (digit < 0 || digit > 35 || (code > 57 && digit < 10)) return -1;
    number = number * 36 + digit;
  }
  return number;
}

/**
 * The session in a value; `null` where there is none. What no release has written comes back as version 0 without a body:
 * nothing the engine takes for a session, and something it can remove.
 */
export function readValue(id: SessionId, value: string | null): StoredSession | null {
  if (value === null || value.startsWith("?") || value.startsWith("-")) return null;
  // By its separators, one after the other: every request comes through here, and a pattern would cost twice as much.
  const afterVersion = value.indexOf("\0");
  const afterExpiresAt = value.indexOf("\0", afterVersion + 1);
  const afterIndexUntil = value.indexOf("\0", afterExpiresAt + 1);
  const afterStamp = value.indexOf("\0", afterIndexUntil + 1);
  const afterUserId = value.indexOf("\0", afterStamp + 1);
  const afterRef = value.indexOf("\0", afterUserId + 1);
  const version = readNumber(value, 0, afterVersion);
  const expiresAt = readNumber(value, afterVersion + 1, afterExpiresAt);
  const indexUntil = readNumber(value, afterExpiresAt + 1, afterIndexUntil);
  // Where a separator is missing, the search for the next begins again at the start, and ends before the one before.
  const isRow = version >= 0 && expiresAt >= 0 && indexUntil >= 0 && afterStamp > afterIndexUntil;
  if (!isRow || afterUserId < afterStamp || afterRef < afterUserId) {
    return { id, version: 0, userId: null, ref: null, expiresAt: 0, body: "" };
  }
  const userId = value.slice(afterStamp + 1, afterUserId) || null;
  const ref = value.slice(afterUserId + 1, afterRef) || null;
  return { id, version, userId, ref, expiresAt, body: value.slice(afterRef + 1) };
}
