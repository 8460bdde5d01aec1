import type { Instant } from "./clock.ts";
import type { SessionRecord } from "./record.ts";
import type { Rules } from "./rules.ts";
import { isSame, type LineageHash, type SecretHash } from "./token.ts";

/*
 * The life of a secret, as pure decisions. A successor is handed out (pending), confirmed when the client shows it, and
 * only then is the old one on its way out. A lost answer, twenty parallel requests, or a second node change nothing.
 */

/** What a presented secret is to a session. */
export type Standing =
  | "current"
  | "pending"
  | "previous"
  /** Replaced, and either still within its time or not to be told from what a store lost. Refused, nothing ends. */
  | "superseded"
  /** Replaced, and its time is over: somebody kept a copy. The session ends. */
  | "replay"
  /** Never this session's. A guess ends nothing. */
  | "mismatch";

export interface Presented {
  readonly hash: SecretHash;
  /** Computed only if the secret is none of those in the row. */
  lineage(): LineageHash;
}

export function standingOf(presented: Presented, record: SessionRecord, now: Instant, rules: Rules): Standing {
  const { current, pending, previous } = record;
  if (isSame(presented.hash, current)) return "current";
  if (pending && isSame(presented.hash, pending.hash)) return "pending";
  const isPrevious = previous !== undefined && isSame(presented.hash, previous.hash);
  if (!isPrevious && !isSame(presented.lineage(), record.lineage)) return "mismatch";
  if (previous === undefined) return "superseded";
  if (now >= previous.until + rules.clockTolerance) return "replay";
  return isPrevious && previous.accepted ? "previous" : "superseded";
}

/** What the secret of a request that is served may be. */
export type AcceptedStanding = "current" | "pending" | "previous";

/** Whether requests with this secret are served. */
export function isAccepted(standing: Standing): standing is AcceptedStanding {
  return standing === "current" || standing === "pending" || standing === "previous";
}

/** Whether the holder of the current secret should be handed a successor. Anonymous sessions never renew. */
export function isRenewalDue(record: SessionRecord, now: Instant, rules: Rules): boolean {
  if (record.level === null) return false;
  if (record.pending || record.due) return true;
  return rules.renewEvery !== null && now - record.currentSince >= rules.renewEvery;
}

/** The record once a successor is handed out. */
export function withPending(
  record: SessionRecord,
  successor: { readonly hash: SecretHash; readonly nonce: string },
): SessionRecord {
  return { ...record, pending: { ...successor, settles: record.due !== undefined } };
}

/** The record once the client has shown its pending secret. */
export function confirmed(record: SessionRecord, now: Instant, rules: Rules): SessionRecord {
  const { pending, due, ...rest } = record;
  if (!pending) return record;
  return {
    ...rest,
    // A successor handed out before the privileges changed does not answer that change: one more renewal is due.
    ...(due && !pending.settles && { due }),
    current: pending.hash,
    currentSince: now,
    previous: { hash: record.current, until: now + rules.grace, accepted: !pending.settles },
  };
}

/** The record with a newly drawn secret in force at once: the old one, and a pending one, are refused from now on. */
export function replaced(record: SessionRecord, current: SecretHash, now: Instant, rules: Rules): SessionRecord {
  const { pending: _pending, due: _due, ...rest } = record;
  return {
    ...rest,
    current,
    currentSince: now,
    previous: { hash: record.current, until: now + rules.grace, accepted: false },
  };
}

/** The record after a change of privileges from outside: one renewal that begins after this moment is due. */
export function dueForPrivileges(record: SessionRecord): SessionRecord {
  const { pending } = record;
  return { ...record, due: "privileges-changed", ...(pending && { pending: { ...pending, settles: false } }) };
}

/** The record after its secret was seen where it does not belong. A successor already on its way is not the one that leaked. */
export function dueForLeak(record: SessionRecord): SessionRecord {
  const { due, pending } = record;
  return due ? record : { ...record, due: "leaked", ...(pending && { pending: { ...pending, settles: true } }) };
}
