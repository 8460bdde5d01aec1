import type { SessionId } from "../../../src/core/ids.ts";
import { type Answer, asRow, type Call, type Row, updatedRow } from "./calls.ts";

/** What a store holds. Never changed: a step makes another one. */
export interface Shelf {
  readonly rows: ReadonlyMap<SessionId, Row>;
  /** Whose sessions the index names, where the index is apart from the rows. */
  readonly index: ReadonlyMap<SessionId, string>;
}

/** What one step of a verb makes of the store: its answer, or how far the verb has come. */
export type Performed = { readonly shelf: Shelf } & (
  | { readonly answer: Answer; readonly phase?: never }
  | { readonly phase: string; readonly answer?: never }
);

/** How a store performs its verbs: the steps between which other callers can come in. */
export interface StoreModel {
  readonly name: string;
  perform(shelf: Shelf, call: Call, phase: string | null): Performed;
  ids(shelf: Shelf, userId: string): readonly SessionId[];
}

const yes: Answer = { key: "true", value: true };
const no: Answer = { key: "false", value: false };

/** One table: the index is the row, every verb is one step; garbage collection picks its rows first, and judges them again. */
export const oneTable: StoreModel = {
  name: "one table",
  ids: ({ rows }, userId) =>
    [...rows.values()].filter((row) => row.stored.userId === userId).map((row) => row.stored.id),
  perform(shelf, call, phase) {
    switch (call.verb) {
      case "find":
        return { shelf, answer: foundIn(shelf, call.id) };
      case "insert":
        return insert(shelf, asRow(call.row));
      case "update":
        return update(shelf, call);
      case "remove":
        return remove(shelf, call.id);
      case "idsOf":
        return { shelf, answer: named(oneTable.ids(shelf, call.userId)) };
      case "removeExpired":
        return removeExpired(shelf, call, phase);
      default:
        throw new Error(`${call.verb} is no verb of a store`);
    }
  },
};

/**
 * Rows and index apart, like keys of a cluster: an insert names the session before the row exists, a removal takes the
 * name away after the row, and only for a row it removed itself; an update names the session again.
 */
export const indexApart: StoreModel = {
  name: "index apart",
  ids: ({ index }, userId) => [...index].filter(([, owner]) => owner === userId).map(([id]) => id),
  perform(shelf, call, phase) {
    switch (call.verb) {
      case "insert": {
        if (phase === "named" || call.row.userId === null) return insert(shelf, asRow(call.row));
        return { shelf: withName(shelf, call.row.id, call.row.userId), phase: "named" };
      }
      case "update": {
        const owner = shelf.rows.get(call.row.id)?.stored.userId ?? null;
        if (phase !== null) return { shelf: withName(shelf, call.row.id, phase), answer: yes };
        const done = update(shelf, call);
        return done.answer === yes && owner !== null ? { shelf: done.shelf, phase: owner } : done;
      }
      case "remove": {
        if (phase !== null) return { shelf: withoutName(shelf, call.id), answer: yes };
        const done = remove(shelf, call.id);
        return done.answer === yes ? { shelf: done.shelf, phase: "removed" } : done;
      }
      case "idsOf":
        return { shelf, answer: named(indexApart.ids(shelf, call.userId)) };
      default:
        return oneTable.perform(shelf, call, phase);
    }
  },
};

export function foundIn({ rows }: Shelf, id: SessionId): Answer {
  const row = rows.get(id);
  return row ? { key: `row ${row.no}`, value: row.stored } : { key: "none", value: null };
}

export function named(ids: readonly SessionId[]): Answer {
  const sorted = [...ids].sort();
  return { key: sorted.join(" "), value: sorted };
}

function insert(shelf: Shelf, row: Row): Performed & { readonly answer: Answer } {
  const { id } = row.stored;
  if (shelf.rows.has(id)) return { shelf, answer: no };
  return { shelf: { ...shelf, rows: new Map(shelf.rows).set(id, row) }, answer: yes };
}

function update(shelf: Shelf, call: Call & { readonly verb: "update" }): Performed & { readonly answer: Answer } {
  const before = shelf.rows.get(call.row.id);
  if (before?.stored.version !== call.row.version - 1) return { shelf, answer: no };
  return { shelf: { ...shelf, rows: new Map(shelf.rows).set(call.row.id, updatedRow(before, call.row)) }, answer: yes };
}

function remove(shelf: Shelf, id: SessionId): Performed & { readonly answer: Answer } {
  if (!shelf.rows.has(id)) return { shelf, answer: no };
  const rows = new Map(shelf.rows);
  rows.delete(id);
  return { shelf: { ...shelf, rows }, answer: yes };
}

function removeExpired(
  shelf: Shelf,
  { before, limit }: Call & { readonly verb: "removeExpired" },
  phase: string | null,
): Performed {
  const expired = [...shelf.rows.values()].filter(({ stored }) => stored.expiresAt <= before);
  if (phase === null) {
    const picked = expired.slice(0, limit).map(({ stored }) => stored.id);
    return { shelf, phase: picked.sort().join(" ") };
  }
  const picked = phase.split(" ");
  const doomed = expired.filter(({ stored }) => picked.includes(stored.id));
  const rows = new Map(shelf.rows);
  for (const { stored } of doomed) rows.delete(stored.id);
  return { shelf: { ...shelf, rows }, answer: { key: `${doomed.length}`, value: doomed.length } };
}

function withName(shelf: Shelf, id: SessionId, userId: string): Shelf {
  return shelf.index.get(id) === userId ? shelf : { ...shelf, index: new Map(shelf.index).set(id, userId) };
}

function withoutName(shelf: Shelf, id: SessionId): Shelf {
  const index = new Map(shelf.index);
  index.delete(id);
  return { ...shelf, index };
}
