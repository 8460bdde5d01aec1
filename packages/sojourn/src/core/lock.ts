import { SojournError } from "./errors.ts";
import type { SessionRecord } from "./record.ts";

/** Whether somebody, or what its client looked like, locked the session: idleness aside. */
export function hasLock({ contained, lockedFor }: SessionRecord): boolean {
  return contained !== undefined || lockedFor !== undefined;
}

/** For a request at work in a session that was not locked when it came. Throws `ERR_SESSION_LOCKED`. */
export function assertNoLock(record: SessionRecord): void {
  if (!hasLock(record)) return;
  throw new SojournError("ERR_SESSION_LOCKED", "The session was locked while this request was at work");
}
