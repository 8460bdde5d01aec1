import type { SessionId, SessionToken, UserId } from "../../../src/core/ids.ts";
import { decodeRecord, type SessionRecord } from "../../../src/core/record.ts";
import type { StoredSession, StoredUpdate } from "../../../src/core/store.ts";

/** What a program asks for and waits on: a verb of the store, or something its browser does. One step of a schedule each. */
export type Call = { readonly ordinal: number } & Wish;

export type Wish =
  | { readonly verb: "find" | "remove"; readonly id: SessionId }
  | { readonly verb: "insert"; readonly row: StoredSession }
  | { readonly verb: "update"; readonly row: StoredUpdate }
  | { readonly verb: "idsOf"; readonly userId: UserId }
  | { readonly verb: "removeExpired"; readonly before: number; readonly limit: number }
  /** The browser puts its cookies, as they are at this moment, into a request. */
  | { readonly verb: "send" }
  /** A response arrives, and the browser stores the cookie it sets; `null` deletes it. */
  | { readonly verb: "receive"; readonly cookie: SessionToken | null }
  /** A subdomain plants a cookie of the same name. */
  | { readonly verb: "toss"; readonly cookie: SessionToken }
  /** Everybody is away for longer than grace and clock tolerance together. */
  | { readonly verb: "wait" };

/** `key` tells answers apart: equal keys, equal answers. */
export interface Answer {
  readonly key: string;
  readonly value: unknown;
}

/** A row as it was stored, known by a number: equal rows, equal numbers. */
export interface Row {
  readonly no: number;
  readonly stored: StoredSession;
  readonly record: SessionRecord;
}

const rowsByText = new Map<string, Row>();
const rowsByUpdate = new WeakMap<StoredUpdate, Row>();

export function asRow(stored: StoredSession): Row {
  const text = JSON.stringify(stored);
  const known = rowsByText.get(text);
  if (known) return known;
  const record = decodeRecord(stored.body);
  if (record === null) throw new Error("the engine wrote a body that it cannot read");
  const row = { no: rowsByText.size, stored: Object.freeze({ ...stored }), record };
  rowsByText.set(text, row);
  return row;
}

/** The row that `update` makes of `before`, whose write-once facts it cannot change. */
export function updatedRow(before: Row, update: StoredUpdate): Row {
  const known = rowsByUpdate.get(update);
  if (known) return known;
  const { id, version, expiresAt, body } = update;
  const { userId, ref } = before.stored;
  const row = asRow({ id, version, userId, ref, expiresAt, body });
  rowsByUpdate.set(update, row);
  return row;
}

export const isWrite = ({ verb }: Wish): boolean => verb === "insert" || verb === "update" || verb === "remove";
