import type { Instant } from "./clock.ts";
import { parseDuration } from "./duration.ts";
import { isAtLeast, stronger } from "./levels.ts";
import { hasLock } from "./lock.ts";
import { assertLevel } from "./login-checks.ts";
import { assertNames } from "./option-names.ts";
import type { AssuranceLevel } from "./policy.ts";
import type { SessionRecord } from "./record.ts";
import type { Freshness, UnlockProof } from "./session.ts";
import type { Visit } from "./visit.ts";

/** The record after its user proved `level` now: an activity, and never a step down. */
export function proved(record: SessionRecord, level: AssuranceLevel, now: Instant): SessionRecord {
  return {
    ...record,
    level: stronger(record.level ?? level, level),
    proofs: { ...record.proofs, [level]: now },
    lastSeenAt: Math.max(record.lastSeenAt, now),
  };
}

/**
 * The record of a locked session after its user proved who they are: nothing of what locked it is left, and the client
 * they did it with is the one it knows. After inactivity alone, holding the secret counts for what was proved before (SP
 * 800-63B-4, 2.2.3); where the secret may be in the wrong hands it counts for nothing, and only this proof does.
 */
export function unlocked<Data extends object>(
  record: SessionRecord,
  { level, credentialVersion }: UnlockProof,
  { engine, request }: Visit<Data>,
): SessionRecord {
  const { contained: _contained, lockedFor: _lockedFor, ...rest } = record;
  const trusted: SessionRecord = hasLock(record) ? { ...rest, level, proofs: {} } : rest;
  return {
    ...proved(trusted, level, engine.clock.now()),
    ...(credentialVersion !== undefined && { credentialVersion }),
    ...(engine.signals && { signals: engine.signals.of(request).signals }),
  };
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
