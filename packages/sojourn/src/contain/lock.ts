import type { Instant } from "../core/clock.ts";
import { isStanding } from "../core/judge.ts";
import type { SessionRecord } from "../core/record.ts";
import type { Rules } from "../core/rules.ts";

/** Whether a session is there to be contained: somebody's, and not over. */
export function isContainable(record: SessionRecord, now: Instant, rules: Rules): boolean {
  return record.level !== null && isStanding(record, now, rules);
}

/** The record, locked by the containment `name` as well; `null` if it is already. */
export function withLock(record: SessionRecord, name: string, now: Instant): SessionRecord | null {
  const { since, by } = record.contained ?? { since: now, by: [] };
  return by.includes(name) ? null : { ...record, contained: { since, by: [...by, name] } };
}

/**
 * The record without the lock of `name`; `null` if it has none. The time it was locked is no inactivity: nobody could use
 * it. What else locks it, another containment or idleness before it, stays.
 */
export function withoutLock(record: SessionRecord, name: string, now: Instant): SessionRecord | null {
  const { contained, ...rest } = record;
  if (!contained?.by.includes(name)) return null;
  const by = contained.by.filter((other) => other !== name);
  if (by.length > 0) return { ...record, contained: { ...contained, by } };
  const away = Math.max(0, now - contained.since);
  return { ...rest, lastSeenAt: Math.max(rest.lastSeenAt, Math.min(rest.lastSeenAt + away, now)) };
}
