import type { BindingRecord } from "./binding.ts";
import type { Instant } from "./clock.ts";
import type { JsonObject } from "./json.ts";
import { levels } from "./levels.ts";
import type { AssuranceLevel } from "./policy.ts";
import { decodeRareFields, encodeRareFields } from "./rare-fields.ts";
import type { StoredSignals } from "./signals.ts";
import { StoredData } from "./stored-data.ts";
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
  /** Its user asked to be remembered: the policy's `remembered` limits, and a cookie that outlives the browser. */
  readonly remembered?: true;
  /** How its user proved who they are, in the login's own words. */
  readonly methods?: readonly string[];
  /** Which version of the user's credential the login was made with. */
  readonly credentialVersion?: string;
  /** Locked until its user proves who they are: since when, and by which containments. */
  readonly contained?: { readonly since: Instant; readonly by: readonly string[] };
  /** The device it is bound to, or the offer to bind it. */
  readonly binding?: BindingRecord;
  /** Its data is being carried into a new session: nothing may be written any more. */
  readonly sealed?: true;
  /** What it knows of its client; only where signals are on. */
  readonly signals?: StoredSignals;
  /** Locked before its time, until its user has proved who they are. */
  readonly lockedFor?: "client-changed";
  /** The random marks of its last writes, newest first: a writer whose answer was lost finds its own here. */
  readonly marks: readonly string[];
  readonly data: StoredData;
  /** The release of the application's data this is. */
  readonly dataVersion: number;
  /** Fields that a newer release of the library wrote; kept as they are. */
  readonly unknown?: JsonObject;
}

/*
 * A body is three lines, each read only as far as it is needed:
 *
 *   1  what every session has, short, because a fleet stores it a hundred million times and every request reads it:
 *      format, lineage and current secret, each of its length; in base 36 the start and, as differences from it, the
 *      other times; level and proofs; marks; the data's version where there is one
 *   2  what few have, as an object; nothing where there is none
 *   3  the application's data
 *
 * A release that adds something adds it to the second line, where older releases keep what they do not know. A change of
 * the first or third is another format, whose rows older releases refuse.
 */
const number = "(-?[0-9a-z]{1,12})";
const firstLine = new RegExp(
  `^1([\\w-]{22})([\\w-]{43}) ${number} ${number} ${number} ${number} ` +
    `([123-])(?:,${number}?)?(?:,${number}?)?(?:,${number}?)? ((?:[\\w-]{8}){0,8})(?: ([0-9a-z]{1,10}))?$`,
);
const markLength = 8;

/** The body of a row. */
export function encodeRecord(record: SessionRecord): string {
  const { startedAt, level, proofs } = record;
  const since = (instant: Instant) => Math.round(instant - startedAt).toString(36);
  const proved = levels.map((name) => (proofs[name] === undefined ? "" : since(proofs[name])));
  while (proved.at(-1) === "") proved.pop();
  const first = [
    `1${record.lineage}${record.current}`,
    Math.round(startedAt).toString(36),
    since(record.currentSince),
    since(record.lastSeenAt),
    since(record.loginOrder),
    [level === null ? "-" : levels.indexOf(level) + 1, ...proved].join(","),
    record.marks.join(""),
    ...(record.dataVersion > 0 ? [record.dataVersion.toString(36)] : []),
  ].join(" ");
  return `${first}\n${encodeRareFields(record)}\n${record.data.json}`;
}

/** The record in `body`, or `null` if it is not one. */
export function decodeRecord(body: string): SessionRecord | null {
  const firstEnd = body.indexOf("\n");
  const secondEnd = body.indexOf("\n", firstEnd + 1);
  const found = firstEnd < 0 || secondEnd < 0 ? null : firstLine.exec(body.slice(0, firstEnd));
  // Whole at least: where nothing asks for the data, a body that was cut must not pass.
  if (!found || body.charCodeAt(secondEnd + 1) !== 0x7b || body.charCodeAt(body.length - 1) !== 0x7d) return null;
  const startedAt = parseInt(found[3] as string, 36);
  const at = (digits: string | undefined) => startedAt + parseInt(digits as string, 36);
  const record: Writable<SessionRecord> = {
    lineage: found[1] as LineageHash,
    current: found[2] as SecretHash,
    currentSince: at(found[4]),
    startedAt,
    lastSeenAt: at(found[5]),
    level: found[7] === "-" ? null : (levels[Number(found[7]) - 1] as AssuranceLevel),
    proofs: {},
    loginOrder: at(found[6]),
    marks: marksIn(found[11] as string),
    data: new StoredData(body.slice(secondEnd + 1)),
    dataVersion: parseInt(found[12] ?? "0", 36),
  };
  const proofs: Writable<SessionRecord["proofs"]> = record.proofs;
  if (found[8]) proofs.aal1 = at(found[8]);
  if (found[9]) proofs.aal2 = at(found[9]);
  if (found[10]) proofs.aal3 = at(found[10]);
  if (secondEnd === firstEnd + 1) return record;
  const rare = decodeRareFields(body.slice(firstEnd + 1, secondEnd));
  return rare && { ...record, ...rare };
}

function marksIn(text: string): readonly string[] {
  const marks: string[] = [];
  for (let at = 0; at < text.length; at += markLength) marks.push(text.slice(at, at + markLength));
  return marks;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
