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

/** A `Map` remembers the order of its entries: the first is the one that was not used for longest. */
export function createShelf(options: {
  readonly entries: number;
  readonly maxAge: number;
  readonly clock: Clock;
}): Shelf {
  const { entries, maxAge, clock } = options;
  const shelf = new Map<SessionId, { readonly row: StoredSession; readonly readSince: number }>();

  return {
    get size() {
      return shelf.size;
    },
    get(id) {
      const entry = shelf.get(id);
      if (!entry) return null;
      shelf.delete(id);
      const age = clock.now() - entry.readSince;
      // A clock that was turned back proves nothing about an age.
      if (!(age >= 0 && age < maxAge)) return null;
      shelf.set(id, entry);
      return entry.row;
    },
    put(row, readSince) {
      shelf.delete(row.id);
      shelf.set(row.id, { row: Object.freeze({ ...row }), readSince });
      const [oldest] = shelf.keys();
      if (shelf.size > entries && oldest !== undefined) shelf.delete(oldest);
    },
    drop: (id) => shelf.delete(id),
    clear: () => shelf.clear(),
    versions: () => new Map([...shelf].map(([id, { row }]) => [id, row.version])),
  };
}
