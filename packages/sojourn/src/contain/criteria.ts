import type { Instant } from "../core/clock.ts";
import { isObject } from "../core/json.ts";
import { isLevel } from "../core/levels.ts";
import type { SessionRecord } from "../core/record.ts";
import { isOfIssuer } from "../core/revoke.ts";
import type { Storage } from "../core/storage.ts";
import type { StoredSession } from "../core/store.ts";
import { parseSessionId } from "../core/token.ts";
import type { ContainmentQuery } from "./query.ts";

/** What a session is judged by: its row, its record, and what the store can tell about the row. */
export interface Candidate {
  readonly row: StoredSession;
  readonly record: SessionRecord;
  readonly keyOf: Storage["keyOf"];
}

/** One thing a query can ask for. A further one is a line in `ContainmentQuery`, and one here. */
interface Criterion<Value> {
  /** What to write, where `isValue` says no. */
  readonly write: string;
  isValue(value: unknown): boolean;
  holds(candidate: Candidate, value: Value): boolean;
}

type Criteria = { readonly [Name in keyof ContainmentQuery]-?: Criterion<NonNullable<ContainmentQuery[Name]>> };

const text = {
  write: "a text that is not empty",
  isValue: (value: unknown) => typeof value === "string" && value !== "",
};
const truth = { write: "true or false", isValue: (value: unknown) => typeof value === "boolean" };
const time = { write: "{ from, to }, one of them or both, in milliseconds since 1970", isValue: isSpan };

export const criteria: Criteria = {
  all: { write: "true", isValue: (value) => value === true, holds: () => true },
  userId: { ...text, holds: ({ row }, userId) => row.userId === userId },
  ref: { ...text, holds: ({ row }, ref) => row.ref === ref },
  issuer: { ...text, holds: ({ row }, issuer) => isOfIssuer(row.ref, issuer) },
  loggedIn: { ...time, holds: ({ record }, span) => isWithin(record.startedAt, span) },
  lastSeen: { ...time, holds: ({ record }, span) => isWithin(record.lastSeenAt, span) },
  level: { write: '"aal1", "aal2" or "aal3"', isValue: isLevel, holds: ({ record }, level) => record.level === level },
  label: { ...text, holds: ({ record }, label) => record.label === label },
  method: { ...text, holds: ({ record }, method) => record.methods?.includes(method) === true },
  remembered: { ...truth, holds: ({ record }, remembered) => (record.remembered === true) === remembered },
  credentialVersion: { ...text, holds: ({ record }, version) => record.credentialVersion === version },
  sealedWith: {
    write: "the id of a sealing key, or null for rows that are not sealed",
    isValue: (value) => value === null || text.isValue(value),
    holds: ({ row, keyOf }, key) => keyOf(row) === key,
  },
  containedBy: { ...text, holds: ({ record }, name) => record.contained?.by.includes(name) === true },
  except: {
    write: "a list of session ids",
    isValue: (value) =>
      Array.isArray(value) && value.every((id) => typeof id === "string" && parseSessionId(id) !== null),
    holds: ({ row }, ids) => !ids.includes(row.id),
  },
};

function isSpan(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { from, to, ...others } = value;
  const isInstant = (end: unknown) => end === undefined || Number.isFinite(end);
  return isInstant(from) && isInstant(to) && (from ?? to) !== undefined && Object.keys(others).length === 0;
}

function isWithin(instant: Instant, { from = -Infinity, to = Infinity }: { from?: Instant; to?: Instant }): boolean {
  return instant >= from && instant < to;
}
