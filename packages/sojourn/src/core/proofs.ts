import type { Instant } from "./clock.ts";
import { isAtLeast, stronger } from "./levels.ts";
import type { AssuranceLevel } from "./policy.ts";
import type { SessionRecord } from "./record.ts";

/** The record after its user proved `level` now: an activity, and never a step down. */
export function proved(record: SessionRecord, level: AssuranceLevel, now: Instant): SessionRecord {
  return {
    ...record,
    level: stronger(record.level ?? level, level),
    proofs: { ...record.proofs, [level]: now },
    lastSeenAt: Math.max(record.lastSeenAt, now),
  };
}

/** Whether `need.level`, or a stronger one, was proved in the last `need.within` milliseconds. */
export function hasProved(
  { proofs }: SessionRecord,
  need: { readonly level: AssuranceLevel; readonly within: number },
  now: Instant,
): boolean {
  return Object.entries(proofs).some(
    ([level, at]) => isAtLeast(level as AssuranceLevel, need.level) && now - at <= need.within,
  );
}
