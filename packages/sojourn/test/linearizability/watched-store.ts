import type { SessionStore } from "../../src/core/store.ts";

/** A store, and whether it has lately answered everything it was asked. */
export interface WatchedStore {
  readonly store: SessionStore;
  /** From now on: tells whether any call made since then failed, or is not answered yet. */
  watch(): () => boolean;
}

/** Watches the calls of one client, who does one thing at a time. */
export function watchedStore(inner: SessionStore): WatchedStore {
  let calls = 0;
  let lastFailed = 0;
  const unanswered = new Set<number>();

  async function watched<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    const number = ++calls;
    unanswered.add(number);
    let isAnswered = false;
    try {
      const answer = await call();
      // Asked again meanwhile: this answer came too late to be heard.
      isAnswered = number === calls;
      return answer;
    } finally {
      unanswered.delete(number);
      if (!isAnswered) lastFailed = Math.max(lastFailed, number);
    }
  }

  return {
    store: {
      name: inner.name,
      mayBeStale: inner.mayBeStale ?? false,
      insert: (row, options) => watched(() => inner.insert(row, options)),
      find: (id, options) => watched(async () => inner.find(id, options)),
      update: (row) => watched(() => inner.update(row)),
      remove: (id) => watched(() => inner.remove(id)),
      idsOf: (key) => watched(() => inner.idsOf(key)),
      removeExpired: (before, limit) => watched(() => inner.removeExpired(before, limit)),
    },
    watch() {
      const before = calls;
      return () => lastFailed > before || [...unanswered].some((number) => number > before);
    },
  };
}
