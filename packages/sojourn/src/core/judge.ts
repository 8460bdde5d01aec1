import type { Instant } from "./clock.ts";
import { hasLock } from "./lock.ts";
import type { SessionRecord } from "./record.ts";
import type { Limits, Rules } from "./rules.ts";

/** Whether a session still stands. `locked`: only for re-authentication. */
export type Judgement = "alive" | "locked" | "idle" | "absolute";

/** When a session ends if nothing more happens, and when whatever happens. */
export interface Deadlines {
  readonly idle: Instant;
  readonly absolute: Instant;
}

/** Milliseconds. Clocks may be this far off before a store forgets a row too early, or a session from the future is refused. */
export const clockSafety = 3_600_000;

/** The rules of time, all of them. Negative ages count as zero: another node's clock may be ahead. */
export function judge(record: SessionRecord, now: Instant, rules: Rules): Judgement {
  const ends = deadlines(record, rules);
  // Made by a clock that was more than an hour ahead: it would outlive its limit by as much.
  if (record.startedAt - now > clockSafety) return "absolute";
  if (now >= ends.absolute) return "absolute";
  if (now < ends.idle) return hasLock(record) ? "locked" : "alive";
  return locksWhenIdle(record, rules) ? "locked" : "idle";
}

/** Whether a session is not over: used, or waiting to be unlocked. One whose data a login is carrying away is. */
export function isStanding(record: SessionRecord, now: Instant, rules: Rules): boolean {
  const judgement = judge(record, now, rules);
  return !record.sealed && (judgement === "alive" || judgement === "locked");
}

export function deadlines(record: SessionRecord, rules: Rules): Deadlines {
  const limits = limitsFor(record, rules);
  const absolute = record.startedAt + limits.absolute;
  // Nobody can use it while it is contained, so that nobody can keep it awake.
  if (record.contained) return { idle: absolute, absolute };
  return { idle: Math.min(record.lastSeenAt + limits.idle, absolute), absolute };
}

/** Whether this moment's activity is worth a write: at most one per interval, and time never runs back. */
export function needsTouch(record: SessionRecord, now: Instant, rules: Rules): boolean {
  return now >= touchDueAt(record, rules);
}

/** From when on activity is worth writing down. */
export function touchDueAt(record: SessionRecord, rules: Rules): Instant {
  return record.lastSeenAt + limitsFor(record, rules).touchEvery;
}

/** From when on a store may forget the row: an hour after the engine refuses it, so that clocks never forget early. */
export function forgettableAt(record: SessionRecord, rules: Rules): Instant {
  const ends = deadlines(record, rules);
  return (locksWhenIdle(record, rules) ? ends.absolute : ends.idle) + clockSafety;
}

/** A bound on `forgettableAt` that no activity moves. */
export function indexedUntil(record: SessionRecord, rules: Rules): Instant {
  return deadlines(record, rules).absolute + clockSafety;
}

export function limitsFor(record: SessionRecord, rules: Rules): Limits {
  if (record.level === null) return rules.anonymous;
  // Where the policy remembers nobody any more, the shorter limits hold for those it did.
  return (record.remembered && rules.remembered) || rules.authenticated;
}

function locksWhenIdle(record: SessionRecord, rules: Rules): boolean {
  return rules.onIdle === "lock" && record.level !== null;
}
