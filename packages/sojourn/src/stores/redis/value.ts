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
 * No fact contains NUL; a user id or ref that is null is empty, which none that exists is. A stamp names one call of one
 * process, so that a command which a client library sends twice is recognised as the one that was carried out already.
 */

/** The value of a row that is being inserted. */
export function rowValue(row: StoredSession, { indexUntil, stamp }: { indexUntil: Instant; stamp: string }): string {
  const { version, expiresAt, userId, ref, body } = row;
  return [version, expiresAt, indexUntil, stamp, userId ?? "", ref ?? "", body].join("\0");
}

/**
 * The session in a value; `null` where there is none. What no release has written comes back as version 0 without a body:
 * nothing the engine takes for a session, and something it can remove.
 */
export function readValue(id: SessionId, value: string | null): StoredSession | null {
  if (value === null || value.startsWith("?") || value.startsWith("-")) return null;
  const [found, version, expiresAt, userId, ref] = header.exec(value) ?? [];
  if (version === undefined || expiresAt === undefined) {
    return { id, version: 0, userId: null, ref: null, expiresAt: 0, body: "" };
  }
  const body = value.slice(found?.length);
  return { id, version: Number(version), userId: userId || null, ref: ref || null, expiresAt: Number(expiresAt), body };
}

const field = "([^\\0]*)\\0";
const header = new RegExp(`^(\\d{1,15})\\0(\\d{1,15})\\0\\d{1,15}\\0[^\\0]*\\0${field}${field}`);
