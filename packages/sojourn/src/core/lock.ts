import { SojournError } from "./errors.ts";
import type { SessionRecord } from "./record.ts";
import type { LockReason } from "./session.ts";

/** Whether somebody, or what its client looked like, locked the session: idleness aside. */
export function hasLock({ contained, lockedFor }: SessionRecord): boolean {
  return contained !== undefined || lockedFor !== undefined;
}

/** Why a session that is locked is: what somebody did before what nobody did. */
export function lockReason({ contained, lockedFor }: SessionRecord): LockReason {
  return contained ? "contained" : (lockedFor ?? "idle");
}

/** For a request at work in a session that was not locked when it came. Throws `ERR_SESSION_LOCKED`. */
export function assertNoLock(record: SessionRecord): void {
  if (!hasLock(record)) return;
  throw new SojournError("ERR_SESSION_LOCKED", "The session was locked while this request was at work");
}
