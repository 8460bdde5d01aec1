import type { SessionId } from "../core/ids.ts";

/** The ids of the rows in their order, for paging. Costs nothing until somebody pages. */
export interface OrderedIds {
  added(id: SessionId): void;
  /** At most `limit` ids of rows there are, after `after`. */
  page(after: SessionId | null, limit: number): readonly SessionId[];
}

/** Sorted once, and again after additions, which costs little: what is nearly sorted is quickly sorted. */
export function orderedIds(rows: ReadonlyMap<SessionId, unknown>): OrderedIds {
  /** `null`: nobody pages. Also names rows that are gone: they are passed over. */
  let ids: SessionId[] | null = null;
  let isSorted = false;

  /** Once most of them are gone it starts again, so that a store whose rows come and go takes no more and more memory. */
  function forgetIfStale(): void {
    if (ids === null || ids.length <= 2 * rows.size + 1_000) return;
    ids = null;
    isSorted = false;
  }

  function sorted(): readonly SessionId[] {
    forgetIfStale();
    ids ??= [...rows.keys()];
    if (!isSorted) ids.sort();
    isSorted = true;
    return ids;
  }

  return {
    added(id) {
      ids?.push(id);
      isSorted = false;
      forgetIfStale();
    },
    page(after, limit) {
      const all = sorted();
      const found: SessionId[] = [];
      for (let at = after === null ? 0 : placeAfter(after, all); at < all.length && found.length < limit; at++) {
        const id = all[at] as SessionId;
        // A row that was removed and inserted again is there twice.
        if (rows.has(id) && id !== found.at(-1)) found.push(id);
      }
      return found;
    },
  };
}

/** Where the first of `ids` stands that comes after `id`. */
function placeAfter(id: SessionId, ids: readonly SessionId[]): number {
  let [from, to] = [0, ids.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ids[middle] as SessionId) > id) to = middle;
    else from = middle + 1;
  }
  return from;
}
