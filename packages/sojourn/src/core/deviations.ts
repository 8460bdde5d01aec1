import { type Duration, milliseconds, parseDuration } from "./duration.ts";
import type { Demand, PolicyClaim, SettingName } from "./policy.ts";
import type { Settings } from "./settings.ts";

/** One setting that is weaker than a claimed standard demands. */
export interface Deviation {
  readonly setting: SettingName;
  /** The requirement, for example `PCI-8.2.8`. */
  readonly source: string;
  /** In words, for example `at most 15m`. */
  readonly demanded: string;
  /** What is set instead, for example `30m`. */
  readonly actual: string;
}

/**
 * Every demand of `claim` that `settings` do not satisfy, in the order of the claim; empty if the claim holds.
 * Pure. Durations are compared as time, so `"900s"` satisfies at most `"15m"`. Demands on cookies and on CSRF do not
 * bind a bearer manager: it sets no cookie, and no browser adds its token to a request by itself.
 */
export function deviationsFrom(claim: PolicyClaim, settings: Settings): readonly Deviation[] {
  return claim.demands.flatMap((demand) => {
    const actual = settingOf(demand.setting, settings);
    if (actual === null || satisfies(actual, demand)) return [];
    return [{ setting: demand.setting, source: demand.source, demanded: inWords(demand), actual: String(actual) }];
  });
}

/** What a demand asks of its setting, for example `at most 15m`. */
export function inWords(demand: Demand): string {
  if ("atMost" in demand) return `at most ${demand.atMost}`;
  if ("is" in demand) return String(demand.is);
  return `not ${demand.isNot.join(", not ")}`;
}

function satisfies(actual: string | number | boolean, demand: Demand): boolean {
  if ("is" in demand) return actual === demand.is;
  if ("isNot" in demand) return !demand.isNot.includes(String(actual));
  // "unlimited" is no number, and so weaker than any.
  if (typeof demand.atMost === "number") return typeof actual === "number" && actual <= demand.atMost;
  const time = parseDuration(actual);
  return time !== null && time <= milliseconds(demand.atMost);
}

/** `null` where the manager has no such setting. */
function settingOf(setting: SettingName, { policy, transport, csrf }: Settings): string | number | boolean | null {
  const cookie = transport.kind === "cookie" ? transport : null;
  switch (setting) {
    case "idle":
    case "absolute":
      return longest(policy[setting], policy.remembered?.[setting]);
    case "onIdle":
    case "sessionsPerUser":
      return policy[setting];
    case "anonymous.idle":
      return policy.anonymous.idle;
    case "anonymous.absolute":
      return policy.anonymous.absolute;
    case "csrf":
      return cookie === null ? null : csrf;
    case "cookie.persistent":
      return cookie === null ? null : cookie.persistent;
    case "cookie.scope":
      return cookie === null ? null : cookie.scope;
  }
}

/** A standard knows one limit, so the longer one is held against it. */
function longest(limit: Duration, remembered: Duration | undefined): Duration {
  return remembered !== undefined && milliseconds(remembered) > milliseconds(limit) ? remembered : limit;
}
