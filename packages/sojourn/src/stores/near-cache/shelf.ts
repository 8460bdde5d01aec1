import type { Clock } from "../../core/clock.ts";
import type { SessionId } from "../../core/ids.ts";
import type { StoredSession } from "../../core/store.ts";

/** The rows a process remembers: the last used ones, none longer than `maxAge`. */
export interface Shelf {
  readonly size: number;
  get(id: SessionId): StoredSession | null;
  /** `readSince`: when its read began, by the clock of this shelf. */
  put(row: StoredSession, readSince: number): void;
  drop(id: SessionId): boolean;
  clear(): void;
  versions(): ReadonlyMap<SessionId, number>;
}

/** A row, between the one that was used before it and the one that was used after it. */
interface Entry {
  readonly row: StoredSession;
  readonly readSince: number;
  older: Entry | null;
  newer: Entry | null;
}

/**
 * A map, and the order of use as a chain through its entries. The order of a `Map` itself would do, but taking from its
 * beginning what is put back at its end leaves holes there, which whoever asks for the oldest entry walks through.
 */
export function createShelf(options: {
  readonly entries: number;
  readonly maxAge: number;
  readonly clock: Clock;
}): Shelf {
  const { entries, maxAge, clock } = options;
  const shelf = new Map<SessionId, Entry>();
  let oldest: Entry | null = null;
  let newest: Entry | null = null;

  function unlink({ older, newer }: Entry): void {
    if (older) older.newer = newer;
    else oldest = newer;
    if (newer) newer.older = older;
    else newest = older;
  }

  function linkAsNewest(entry: Entry): void {
    entry.older = newest;
    entry.newer = null;
    if (newest) newest.newer = entry;
    else oldest = entry;
    newest = entry;
  }

  function drop(id: SessionId): boolean {
    const entry = shelf.get(id);
    if (!entry) return false;
    unlink(entry);
    return shelf.delete(id);
  }

  return {
    get size() {
      return shelf.size;
    },
    get(id) {
      const entry = shelf.get(id);
      if (!entry) return null;
      const age = clock.now() - entry.readSince;
      // A clock that was turned back proves nothing about an age.
      if (!(age >= 0 && age < maxAge)) {
        drop(id);
        return null;
      }
      unlink(entry);
      linkAsNewest(entry);
      return entry.row;
    },
    put(row, readSince) {
      drop(row.id);
      const entry: Entry = { row: Object.freeze({ ...row }), readSince, older: null, newer: null };
      shelf.set(row.id, entry);
      linkAsNewest(entry);
      if (shelf.size > entries && oldest) drop(oldest.row.id);
    },
    drop,
    clear() {
      shelf.clear();
      oldest = null;
      newest = null;
    },
    versions: () => new Map([...shelf].map(([id, { row }]) => [id, row.version])),
  };
}
