import type { Duration } from "./duration.ts";

/** How strongly the user proved who they are (NIST SP 800-63B-4 names). */
export type AssuranceLevel = "aal1" | "aal2" | "aal3";

/** The rules of time and number for sessions. */
export interface Policy {
  /**
   * Inactivity timeout (ASVS 7.3.1). Touches are throttled to min(60 s, idle / 15), so it fires within
   * [idle - that, idle] after the last activity, never later.
   */
  readonly idle: Duration;
  /** Absolute timeout (ASVS 7.3.2), counted from authentication and never extended by activity. */
  readonly absolute: Duration;
  /** `lock`: after `idle` the session serves nothing but re-authentication until `absolute` (SP 800-63B-4, 2.2.3). */
  readonly onIdle: "end" | "lock";
  /** The same two limits for sessions nobody has logged in to. These never renew. */
  readonly anonymous: { readonly idle: Duration; readonly absolute: Duration };
  /**
   * The two limits for logins with `persistent: true` ("remember me"), longer than the others. Left out: no login may ask
   * for it. A claimed standard judges these limits too.
   */
  readonly remembered?: { readonly idle: Duration; readonly absolute: Duration };
  /**
   * Replace the secret this often while in use, accepting the replaced one for `grace` from requests in flight;
   * `false`: only on a change of privilege. `every` must exceed 2 x (grace + clockTolerance).
   */
  readonly renew: false | { readonly every: Duration; readonly grace: Duration };
  /** Beyond it the oldest session is revoked: insert, then trim (ASVS 7.1.2). */
  readonly sessionsPerUser: number | "unlimited";
  /** How far apart the clocks of two nodes may be without anybody being signed out for it. */
  readonly clockTolerance: Duration;
  /** The standard this policy claims to meet. A weaker policy is refused, unless `justifications` explains each deviation. */
  readonly claims?: PolicyClaim;
  /** One written reason per deviating setting, by the setting's name: `{ idle: "Terminals lock at 5 minutes" }`. */
  readonly justifications?: { readonly [setting in SettingName]?: string };
}

/** A named standard and what it demands of the settings. Presets carry it, so that spreading one claims it. */
export interface PolicyClaim {
  /** For example `"pci-dss-4"`. */
  readonly name: string;
  readonly demands: readonly Demand[];
}

/** One demand of a standard on one setting, with the requirement it comes from. */
export type Demand = { readonly source: string } & (
  | { readonly setting: "idle" | "absolute" | "anonymous.idle" | "anonymous.absolute"; readonly atMost: Duration }
  | { readonly setting: "sessionsPerUser"; readonly atMost: number }
  | { readonly setting: "onIdle"; readonly is: Policy["onIdle"] }
  | { readonly setting: "csrf"; readonly is: "token" }
  | { readonly setting: "cookie.persistent"; readonly is: false }
  | { readonly setting: "cookie.scope"; readonly isNot: readonly string[] }
);

export type SettingName = Demand["setting"];

/** The default policy: OWASP's example numbers for an application of ordinary risk (OSM-26, OSM-27). */
export const defaultPolicy: Policy = Object.freeze({
  idle: "30m",
  absolute: "8h",
  onIdle: "end",
  anonymous: Object.freeze({ idle: "30m", absolute: "8h" }),
  renew: Object.freeze({ every: "15m", grace: "30s" }),
  sessionsPerUser: "unlimited",
  clockTolerance: "120s",
});
