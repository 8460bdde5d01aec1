import type { Instant } from "./clock.ts";
import { parseDuration } from "./duration.ts";
import { isAtLeast, stronger } from "./levels.ts";
import { assertLevel } from "./login-checks.ts";
import { assertNames } from "./option-names.ts";
import type { AssuranceLevel } from "./policy.ts";
import type { SessionRecord } from "./record.ts";
import type { Freshness, UnlockProof } from "./session.ts";

/** The record after its user proved `level` now: an activity, and never a step down. */
export function proved(record: SessionRecord, level: AssuranceLevel, now: Instant): SessionRecord {
  return {
    ...record,
    level: stronger(record.level ?? level, level),
    proofs: { ...record.proofs, [level]: now },
    lastSeenAt: Math.max(record.lastSeenAt, now),
  };
}

/** The record of a locked session after its user proved who they are: nothing of what locked it is left. */
export function unlocked(
  { contained: _contained, ...record }: SessionRecord,
  { level, credentialVersion }: UnlockProof,
  now: Instant,
): SessionRecord {
  return { ...proved(record, level, now), ...(credentialVersion !== undefined && { credentialVersion }) };
}

/** A need in milliseconds. Throws a `TypeError` for what is none: a misspelt key would ask for less than was meant. */
export function checkedNeed(
  need: Freshness,
  where: string,
): { readonly level: AssuranceLevel; readonly within: number } {
  const { within, level = "aal1" } = need ?? {};
  const longest = parseDuration(within);
  if (longest === null) throw new TypeError(`${where}({ within }): write a number and a unit, like "5m"`);
  assertLevel(level, `${where}({ level })`);
  assertNames(need, ["within", "level"], where);
  return { level, within: longest };
}

/** Whether `need.level`, or a stronger one, was proved in the last `need.within` milliseconds. */
export function hasProved(
  { proofs }: Pick<SessionRecord, "proofs">,
  need: { readonly level: AssuranceLevel; readonly within: number },
  now: Instant,
): boolean {
  return Object.entries(proofs).some(
    ([level, at]) => isAtLeast(level as AssuranceLevel, need.level) && now - at <= need.within,
  );
}
