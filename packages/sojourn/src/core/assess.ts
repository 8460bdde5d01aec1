import { type BindingRules, deviceStanding, isOffer } from "./binding.ts";
import type { RefusalReason } from "./events.ts";
import type { SessionToken } from "./ids.ts";
import { judge, needsTouch } from "./judge.ts";
import { type RandomSource, randomText } from "./random.ts";
import type { SessionRecord } from "./record.ts";
import {
  type AcceptedStanding,
  confirmed,
  dueForLeak,
  isAccepted,
  isRenewalDue,
  type Presented,
  standingOf,
  withPending,
} from "./renewal.ts";
import type { Rules } from "./rules.ts";
import type { ClientOfRequest, Weighing } from "./signals.ts";
import { lineageHash, type SecretHash, secretHash, successor } from "./token.ts";

/** What a record makes of the token presented with it. */
export type Assessment =
  | { readonly kind: "refused"; readonly because: Exclude<RefusalReason, "none">; readonly weighing?: Weighing }
  /**
   * `isBound`: the request shows the session's device. `next`: the record as this request leaves it; the same object if
   * there is nothing to write.
   */
  | { readonly kind: "locked"; readonly isBound: boolean; readonly next: SessionRecord; readonly weighing?: Weighing }
  /**
   * `next`: the record as this request leaves it; the same object if there is nothing to write. `handOut`: the successor
   * of the token, to be given to the client once `next` is stored.
   */
  | {
      readonly kind: "alive";
      readonly isBound: boolean;
      readonly next: SessionRecord;
      readonly handOut: SessionToken | null;
      /** Whether nothing is new in `next` but when the session was last used. */
      readonly isTouch: boolean;
      readonly weighing?: Weighing;
    };

export interface Circumstances {
  readonly now: number;
  readonly rules: Rules;
  readonly random: RandomSource;
  /** Whether a cookie can still be set. */
  readonly canIssue: boolean;
  /** Whether this request keeps the session awake. */
  readonly isActivity: boolean;
  /** Whether the token was seen in the request's URL as well. */
  readonly hasLeaked: boolean;
  /** The rules of device binding and what the request shows of its device; `null` where sessions are not bound. */
  readonly device: { readonly rules: BindingRules; readonly shown: () => readonly SecretHash[] } | null;
  /** Whose request it is; `null` where nobody looks at clients. */
  readonly client: ClientOfRequest | null;
}

/** What a token is compared by. */
export function presentedBy(token: SessionToken): Presented {
  return { hash: secretHash(token), lineage: () => lineageHash(token) };
}

/** Judges the secret, then the time, and decides what this request changes. Pure but for the nonce it draws. */
export function assess(record: SessionRecord, token: SessionToken, circumstances: Circumstances): Assessment {
  const { now, rules, random, canIssue, isActivity, hasLeaked, client } = circumstances;
  const admission = admit(record, presentedBy(token), circumstances);
  if (admission.kind === "refused") return admission;
  const { kind, isBound, standing } = admission;
  if (kind === "locked") return { kind, isBound, next: record };

  let next = record;
  const weighing = client && record.level !== null ? client.weigh(record, now) : undefined;
  if (weighing?.verdict === "end") return { kind: "refused", because: "client-changed", weighing };
  if (weighing?.verdict === "lock") {
    // What the session knows of its owner's client stays: whoever unlocks it says what is right.
    return { kind: "locked", isBound, next: { ...record, lockedFor: "client-changed" }, weighing };
  }
  if (weighing && weighing.remembered !== record.signals) next = { ...next, signals: weighing.remembered };
  if (standing === "pending") next = confirmed(next, now, rules);
  if (hasLeaked && record.level !== null) next = dueForLeak(next);
  let handOut: SessionToken | null = null;
  if (standing === "current" && canIssue && isRenewalDue(next, now, rules)) {
    // Derived from the nonce in the row: whoever hands it out again hands out the same.
    const nonce = next.pending?.nonce ?? randomText(random, 16);
    handOut = successor(token, nonce);
    if (!next.pending) next = withPending(next, { hash: secretHash(handOut), nonce });
  }
  const isTouch = next === record;
  if (isActivity && needsTouch(record, now, rules)) next = { ...next, lastSeenAt: now };
  if (next !== record) next = withoutLapsedOffer(next, now);
  return { kind, isBound, next, handOut, isTouch, ...(weighing && { weighing }) };
}

/** What the secret, the time and the device make of a request, before anybody looks at what it changes. */
export type Admission =
  | { readonly kind: "refused"; readonly because: Exclude<RefusalReason, "none"> }
  | { readonly kind: "locked" | "alive"; readonly standing: AcceptedStanding; readonly isBound: boolean };

/** Judges the secret, then the time, then the device. Pure. */
export function admit(
  record: SessionRecord,
  presented: Presented,
  circumstances: Pick<Circumstances, "now" | "rules" | "device">,
): Admission {
  const { now, rules } = circumstances;
  const standing = standingOf(presented, record, now, rules);
  if (standing === "mismatch") return { kind: "refused", because: standing };
  const judgement = judge(record, now, rules);
  // A replaced secret of a session that is over anyway alarms nobody.
  if (judgement === "idle" || judgement === "absolute") return { kind: "refused", because: judgement };
  if (!isAccepted(standing)) return { kind: "refused", because: standing };
  if (record.sealed) return { kind: "refused", because: "superseded" };
  const isBound = showsDevice(record, circumstances);
  if (isBound === "missing") return { kind: "refused", because: "unbound" };
  return { kind: judgement, standing, isBound };
}

/** Whether the request shows its session's device; `missing` where it must and does not. */
function showsDevice(
  record: SessionRecord,
  { now, device }: Pick<Circumstances, "now" | "device">,
): boolean | "missing" {
  if (device === null || record.level === null) return false;
  const { policy, grace } = device.rules;
  const standing = deviceStanding(record.binding, device.shown, { now, grace });
  if (standing === "proved") return true;
  const isOverdue = standing === "unbound" && policy === "require" && now >= record.startedAt + grace;
  return standing === "missing" || isOverdue ? "missing" : false;
}

/** What no browser took up need not be kept; not worth a write of its own. */
function withoutLapsedOffer(record: SessionRecord, now: number): SessionRecord {
  const { binding, ...rest } = record;
  return binding && isOffer(binding) && now >= binding.until ? rest : record;
}
