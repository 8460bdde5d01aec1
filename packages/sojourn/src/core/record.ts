import type { Instant } from "./clock.ts";
import { isDeeperThan, isObject, type JsonObject } from "./json.ts";
import { isLevel } from "./levels.ts";
import type { AssuranceLevel } from "./policy.ts";
import { decodeSignals, encodeSignals } from "./signal-codec.ts";
import type { StoredSignals } from "./signals.ts";
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
  /** What it knows of its client; only where signals are on. */
  readonly signals?: StoredSignals;
  /** Locked before its time, until its user has proved who they are. */
  readonly lockedFor?: "client-changed";
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
    g: record.signals && encodeSignals(record.signals),
    k: record.lockedFor,
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
  if (!isObject(parsed)) return null;
  if (opensMoreThan(deepestBody, body) && isDeeperThan(deepestBody, parsed)) return null;
  const { v, l, c, cs, p, o, due, s, t, a, f, n, w, z, g, k, m, d, dv } = parsed;
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
    areProofs(f) &&
    isInstant(n) &&
    (w === undefined || typeof w === "string") &&
    (z === undefined || z === true) &&
    (k === undefined || k === "client-changed") &&
    typeof m === "string" &&
    isObject(d) &&
    isCount(dv);
  if (!wellFormed) return null;
  const record: Writable<SessionRecord> = {
    lineage: l as LineageHash,
    current: c as SecretHash,
    currentSince: cs,
    startedAt: s,
    lastSeenAt: t,
    level: a,
    proofs: f,
    loginOrder: n,
    marks: m === "" ? [] : m.split(" "),
    data: d as JsonObject,
    dataVersion: dv,
  };
  if (p) record.pending = { hash: p[0], nonce: p[1], settles: p[2] };
  if (o) record.previous = { hash: o[0], until: o[1], accepted: o[2] };
  if (due) record.due = due;
  if (w !== undefined) record.label = w;
  if (z) record.sealed = z;
  // Signals that cannot be read are learnt anew: nobody is signed out for them.
  const signals = decodeSignals(g);
  if (signals) record.signals = signals;
  if (k) record.lockedFor = k;
  const unknown = unknownFields(parsed, v);
  if (unknown) record.unknown = unknown;
  return record;
}

/** Whether `json` has more than `count` opening brackets, in strings too: with fewer, it nests no deeper. Cheap to ask. */
function opensMoreThan(count: number, json: string): boolean {
  let opened = 0;
  for (const bracket of ["{", "["]) {
    for (let at = json.indexOf(bracket); at >= 0; at = json.indexOf(bracket, at + 1)) {
      if (++opened > count) return true;
    }
  }
  return false;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const fields = new Set([
  "v",
  "l",
  "c",
  "cs",
  "p",
  "o",
  "due",
  "s",
  "t",
  "a",
  "f",
  "n",
  "w",
  "z",
  "g",
  "k",
  "m",
  "d",
  "dv",
]);

/** What this release has no name for; with the version, where a newer release's body has to stay one when this one writes it. */
function unknownFields(parsed: { readonly [key: string]: unknown }, version: number): JsonObject | null {
  let unknown: Record<string, unknown> | null = version > formatVersion ? { v: version } : null;
  for (const key in parsed) {
    if (fields.has(key)) continue;
    unknown ??= {};
    Object.defineProperty(unknown, key, { value: parsed[key], enumerable: true, writable: true, configurable: true });
  }
  return unknown as JsonObject | null;
}

function areProofs(value: { readonly [key: string]: unknown }): boolean {
  for (const level in value) if (!isLevel(level) || !isInstant(value[level])) return false;
  return true;
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
