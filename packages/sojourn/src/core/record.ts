import type { Instant } from "./clock.ts";
import { isDeeperThan, isObject, type JsonObject } from "./json.ts";
import { isLevel } from "./levels.ts";
import type { AssuranceLevel } from "./policy.ts";
import type { LineageHash, SecretHash } from "./token.ts";

/** What a session's body says: everything about it that no store needs to know. */
export interface SessionRecord {
  readonly lineage: LineageHash;
  /** The secret in force, and since when. */
  readonly current: SecretHash;
  readonly currentSince: Instant;
  /** A successor that was handed out and not yet shown. `settles`: confirming it answers `due`. */
  readonly pending?: { readonly hash: SecretHash; readonly nonce: string; readonly settles: boolean };
  /** The secret before, until when requests in flight may still show it, and whether they may at all. */
  readonly previous?: { readonly hash: SecretHash; readonly until: Instant; readonly accepted: boolean };
  /** Renewal is due at the next request, whatever the interval says. */
  readonly due?: "privileges-changed" | "leaked";
  /** When it was made; for an authenticated session, the moment of authentication. `absolute` counts from here. */
  readonly startedAt: Instant;
  /** The last activity that was written down; real activity may be one touch interval later. */
  readonly lastSeenAt: Instant;
  /** `null` for an anonymous session. */
  readonly level: AssuranceLevel | null;
  /** When each level was last proved. */
  readonly proofs: { readonly [level in AssuranceLevel]?: Instant };
  /** Orders the logins of one user also where clocks disagree. */
  readonly loginOrder: number;
  /** What its login called it, for a list of the user's devices. */
  readonly label?: string;
  /** Its data is being carried into a new session: nothing may be written any more. */
  readonly sealed?: true;
  /** The random marks of its last writes, newest first: a writer whose answer was lost finds its own here. */
  readonly marks: readonly string[];
  readonly data: JsonObject;
  /** The release of the application's data this is. */
  readonly dataVersion: number;
  /** Fields that a newer release of the library wrote; kept as they are. */
  readonly unknown?: JsonObject;
}

const formatVersion = 1;
/** Deeper than any body this library writes: what nests more would exhaust the stack of whoever reads on. */
const deepestBody = 128;

/** The body of a row, short names because a fleet stores it a hundred million times. */
export function encodeRecord(record: SessionRecord): string {
  const { pending, previous } = record;
  return JSON.stringify({
    v: formatVersion,
    ...record.unknown,
    l: record.lineage,
    c: record.current,
    cs: record.currentSince,
    p: pending && [pending.hash, pending.nonce, pending.settles],
    o: previous && [previous.hash, previous.until, previous.accepted],
    due: record.due,
    s: record.startedAt,
    t: record.lastSeenAt,
    a: record.level,
    f: record.proofs,
    n: record.loginOrder,
    w: record.label,
    z: record.sealed,
    m: record.marks.join(" "),
    d: record.data,
    dv: record.dataVersion,
  });
}

/** The record in `body`, or `null` if it is not one. */
export function decodeRecord(body: string): SessionRecord | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return null;
  }
  if (!isObject(parsed) || isDeeperThan(deepestBody, parsed)) return null;
  const { v, l, c, cs, p, o, due, s, t, a, f, n, w, z, m, d, dv, ...others } = parsed;
  // A newer release's body stays one when this release writes it.
  const unknown = isCount(v) && v > formatVersion ? { v, ...others } : others;
  const wellFormed =
    isCount(v) &&
    isHash(l) &&
    isHash(c) &&
    isInstant(cs) &&
    (p === undefined || (Array.isArray(p) && isHash(p[0]) && typeof p[1] === "string" && typeof p[2] === "boolean")) &&
    (o === undefined || (Array.isArray(o) && isHash(o[0]) && isInstant(o[1]) && typeof o[2] === "boolean")) &&
    (due === undefined || due === "privileges-changed" || due === "leaked") &&
    isInstant(s) &&
    isInstant(t) &&
    (a === null || isLevel(a)) &&
    isObject(f) &&
    Object.entries(f).every(([level, at]) => isLevel(level) && isInstant(at)) &&
    isInstant(n) &&
    (w === undefined || typeof w === "string") &&
    (z === undefined || z === true) &&
    typeof m === "string" &&
    isObject(d) &&
    isCount(dv);
  if (!wellFormed) return null;
  return {
    lineage: l as LineageHash,
    current: c as SecretHash,
    currentSince: cs,
    ...(p && { pending: { hash: p[0], nonce: p[1], settles: p[2] } }),
    ...(o && { previous: { hash: o[0], until: o[1], accepted: o[2] } }),
    ...(due && { due }),
    startedAt: s,
    lastSeenAt: t,
    level: a,
    proofs: f,
    loginOrder: n,
    ...(w !== undefined && { label: w }),
    ...(z && { sealed: z }),
    marks: m === "" ? [] : m.split(" "),
    data: d as JsonObject,
    dataVersion: dv,
    ...(Object.keys(unknown).length > 0 && { unknown: unknown as JsonObject }),
  };
}

function isHash(value: unknown): boolean {
  return typeof value === "string" && value.length === 43;
}

function isInstant(value: unknown): value is Instant {
  return typeof value === "number" && Number.isFinite(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
