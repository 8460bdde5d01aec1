import type { Demand, Policy, PolicyClaim } from "../core/policy.ts";

/**
 * A complete policy that claims a standard. Spread it to change a setting: `{ ...pciDss4, idle: "5m" }`. Stricter is
 * always allowed; weaker is refused when the manager is made, unless `justifications` says why.
 *
 * A number marked *ours* is an engineering default where the standard is silent. It is not the standard's.
 */
export interface Preset extends Policy {
  readonly claims: PolicyClaim;
}

/** *Ours* in every preset, because no standard has a number: limits before login, renewal, clocks. */
const silent = {
  /** No standard tells the limits of a session nobody has logged in to from those of others. */
  anonymous: { idle: "30m", absolute: "8h" },
  /** Every 15 minutes of activity, 30 seconds of overlap. OSM-29 describes it, as an option and without numbers. */
  renew: { every: "15m", grace: "30s" },
  /** Standards leave the number of sessions to the application (OSM-38). */
  sessionsPerUser: "unlimited",
  clockTolerance: "120s",
} as const;

/** A cookie without `Secure`: refused by every standard that speaks of cookies or of encryption in transit. */
function notInsecure(source: string): Demand {
  return { source, setting: "cookie.scope", isNot: ["insecure"] };
}

/** OWASP Session Management Cheat Sheet: an application of ordinary risk. The library's default, as a claim. */
export const owasp: Preset = frozen({
  ...silent,
  /** OSM-26: the upper end of the range it calls common at low risk, 15 to 30 minutes. */
  idle: "30m",
  /** OSM-27: the upper end of its example for an office day, 4 to 8 hours. */
  absolute: "8h",
  onIdle: "end",
  claims: {
    name: "owasp",
    demands: [
      { source: "OSM-26", setting: "idle", atMost: "30m" },
      { source: "OSM-27", setting: "absolute", atMost: "8h" },
      { source: "OSM-17", setting: "cookie.persistent", is: false },
      notInsecure("OSM-11"),
    ],
  },
});

/**
 * OWASP ASVS 5.0, level 2. It has no number for time or for sessions; it wants yours written down, and deviations from
 * SP 800-63B explained (7.1.1). So the AAL2 numbers are what has to be explained here.
 */
export const asvsL2: Preset = frozen({
  ...silent,
  /** *Ours*, from OSM-26. */
  idle: "30m",
  /** *Ours*, from OSM-27. */
  absolute: "8h",
  onIdle: "end",
  /** *Ours*: an example of the maximum that 7.1.2 wants documented; the oldest session is revoked beyond it. */
  sessionsPerUser: 5,
  claims: {
    name: "asvs-l2",
    demands: [
      { source: "ASVS-7.1.1", setting: "idle", atMost: "1h" },
      { source: "ASVS-7.1.1", setting: "absolute", atMost: "24h" },
      notInsecure("ASVS-3.3.1"),
      /** The path scope has `__Secure-`, yet is not made to be shared between hosts. */
      { source: "ASVS-3.3.3", setting: "cookie.scope", isNot: ["path"] },
    ],
  },
});

/** What SP 800-63B-4 asks at every level; N63B-26, 28 are mandatory, the others recommended. */
const nistDemands: readonly Demand[] = [
  /** A session identifier in the content of what is posted: Fetch Metadata does not satisfy the letter. */
  { source: "N63B-26", setting: "csrf", is: "token" },
  { source: "N63B-12", setting: "cookie.persistent", is: false },
  notInsecure("N63B-28"),
  { source: "N63B-32", setting: "cookie.scope", isNot: ["site", "path"] },
  { source: "N63B-33", setting: "cookie.scope", isNot: ["embedded"] },
];

/** NIST SP 800-63B-4, AAL1. */
export const nistAal1: Preset = frozen({
  ...silent,
  /** *Ours*: at AAL1 an inactivity timeout is optional and has no number (N63B-02). */
  idle: "30m",
  /** N63B-01, recommended. */
  absolute: "30d",
  onIdle: "end",
  claims: {
    name: "nist-aal1",
    demands: [{ source: "N63B-01", setting: "absolute", atMost: "30d" }, ...nistDemands],
  },
});

/** NIST SP 800-63B-4, AAL2 (revision 3 had 30 minutes and 12 hours). */
export const nistAal2: Preset = frozen({
  ...silent,
  /** N63B-04, recommended. */
  idle: "1h",
  /** N63B-03, recommended. */
  absolute: "24h",
  /** N63B-05: back from inactivity with one factor and the secret still held, which only a locked session can offer. */
  onIdle: "lock",
  claims: {
    name: "nist-aal2",
    demands: [
      { source: "N63B-04", setting: "idle", atMost: "1h" },
      { source: "N63B-03", setting: "absolute", atMost: "24h" },
      ...nistDemands,
    ],
  },
});

/** NIST SP 800-63B-4, AAL3. */
export const nistAal3: Preset = frozen({
  ...silent,
  /** N63B-07, recommended. */
  idle: "15m",
  /** N63B-06, mandatory. */
  absolute: "12h",
  onIdle: "end",
  claims: {
    name: "nist-aal3",
    demands: [
      { source: "N63B-07", setting: "idle", atMost: "15m" },
      { source: "N63B-06", setting: "absolute", atMost: "12h" },
      /** Coming back from inactivity into the same session is for AAL2 alone (N63B-05). */
      { source: "N63B-37", setting: "onIdle", is: "end" },
      ...nistDemands,
    ],
  },
});

/** PCI DSS 4.0.1, for those who work with card data; not for cardholders' own accounts. */
export const pciDss4: Preset = frozen({
  ...silent,
  /** PCI-8.2.8, mandatory. */
  idle: "15m",
  /** *Ours*: PCI DSS has no absolute timeout; as long as NIST's for AAL3. */
  absolute: "12h",
  onIdle: "end",
  claims: {
    name: "pci-dss-4",
    demands: [{ source: "PCI-8.2.8", setting: "idle", atMost: "15m" }, notInsecure("PCI-4.2.1")],
  },
});

/** The HIPAA Security Rule. It asks for automatic logoff after a time you choose, and names none. */
export const hipaa: Preset = frozen({
  ...silent,
  /** *Ours*: HIPAA has no number (HIP-01). Short enough for PCI DSS and for NIST AAL3. */
  idle: "15m",
  /** *Ours*: HIPAA has no absolute timeout. */
  absolute: "12h",
  onIdle: "end",
  claims: {
    name: "hipaa",
    /** Logoff ends the session. Addressable: a lock instead needs its reason in writing (HIP-02). */
    demands: [{ source: "HIP-01", setting: "onIdle", is: "end" }],
  },
});

function frozen<T extends object>(data: T): T {
  for (const value of Object.values(data)) if (typeof value === "object" && value !== null) frozen(value);
  return Object.freeze(data);
}
