import type { SessionStore } from "../../src/core/store.ts";

/** A store, and whether it has lately answered everything it was asked. */
export interface WatchedStore {
  readonly store: SessionStore;
  /** Counts calls that failed; calls that are still unanswered count until they are answered. */
  troubles(): number;
}

/** Watches the calls of one client, who does one thing at a time. */
export function watchedStore(inner: SessionStore): WatchedStore {
  let failed = 0;
  let unanswered = 0;

  async function watch<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    unanswered++;
    try {
      return await call();
    } catch (error) {
      failed++;
      throw error;
    } finally {
      unanswered--;
    }
  }

  return {
    store: {
      name: inner.name,
      mayBeStale: inner.mayBeStale ?? false,
      insert: (row, options) => watch(() => inner.insert(row, options)),
      find: (id, options) => watch(() => inner.find(id, options)),
      update: (row) => watch(() => inner.update(row)),
      remove: (id) => watch(() => inner.remove(id)),
      idsOf: (key) => watch(() => inner.idsOf(key)),
      removeExpired: (before, limit) => watch(() => inner.removeExpired(before, limit)),
    },
    troubles: () => failed + unanswered,
  };
}
