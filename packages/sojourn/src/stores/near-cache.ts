import { milliseconds } from "../core/duration.ts";
import type { SessionId } from "../core/ids.ts";
import type { PollableStore, SessionStore, StoredSession, WatchableStore } from "../core/store.ts";
import { type AsAble, asAble } from "./near-cache/as-able.ts";
import { createFeed, type FeedState } from "./near-cache/feed.ts";
import { assertNearCacheOptions, type NearCacheOptions } from "./near-cache/options.ts";
import { pollingFeed } from "./near-cache/polling.ts";
import { createReads } from "./near-cache/reads.ts";
import { createShelf } from "./near-cache/shelf.ts";
import { steadyClock } from "./near-cache/steady-clock.ts";

export type { FeedState, NearCacheOptions };

export interface NearCacheStats {
  /** Reads that were served from memory. */
  readonly hits: number;
  /** Reads that went to the store, those with `fresh` included. */
  readonly misses: number;
  /** Rows dropped because they changed, by whomever. */
  readonly drops: number;
  /** How often the feed was interrupted, and everything was dropped. */
  readonly gaps: number;
  /** Sessions remembered now. */
  readonly entries: number;
  readonly feed: FeedState;
}

export interface NearCache extends SessionStore, AsAble {
  readonly stats: NearCacheStats;
  /** Starts the feed and resolves when it is up; otherwise the first read starts it. Rejects if the first attempt fails. */
  ready(): Promise<void>;
  /** Ends the feed: from here on every read goes to the store. */
  close(): Promise<void>;
}

/**
 * `store`, with reads served from this process's memory.
 *
 * The promise: once a removal or update is answered, wherever in the fleet, no process serves the row from memory for
 * longer than the store's feed takes to say so; where the feed dies without a word, than its heartbeat's limit; where the
 * store is polled, than three times `pollEvery`; and never longer than `maxAge` after it was read. While the feed is down
 * every read goes to the store. What is absent is never remembered, and what `find({ fresh: true })` answers is never from
 * memory: the engine asks that way before it refuses, writes or sets a cookie.
 *
 * `store` must have `watch`, or `versionsOf` to be polled. Throws `OptionsError`.
 */
export function nearCache(store: WatchableStore | PollableStore, options: NearCacheOptions): NearCache {
  assertNearCacheOptions(store, options);
  const { entries, maxAge, pollEvery = "1s", clock = steadyClock } = options;
  const counts = { hits: 0, misses: 0, drops: 0, gaps: 0 };
  const shelf = createShelf({ entries, maxAge: milliseconds(maxAge), clock });
  const reads = createReads();
  const timing = { clock, chance: Math.random };
  const feed = createFeed({
    watch:
      "watch" in store
        ? (listener) => store.watch(listener)
        : pollingFeed(store, { held: shelf.versions, every: milliseconds(pollEvery), ...timing }),
    onChange: drop,
    onGap() {
      counts.gaps++;
      forgetAll();
    },
    ...timing,
  });

  function forgetAll(): void {
    shelf.clear();
    reads.disturbAll();
  }

  function drop(id: SessionId): void {
    reads.disturb(id);
    if (shelf.drop(id)) counts.drops++;
  }

  /** Before it is sent and after it is answered: a read that began in between may have seen the row as it was. */
  async function dropping<Answer>(id: SessionId, write: () => Promise<Answer>): Promise<Answer> {
    drop(id);
    try {
      return await write();
    } finally {
      drop(id);
    }
  }

  async function readAndKeep(id: SessionId): Promise<StoredSession | null> {
    const since = clock.now();
    const read = reads.begin(id, { since, read: () => store.find(id, { fresh: true }) });
    const row = await read.answer;
    // Where anything was heard of this session since, the row may be gone by now.
    if (row !== null && read.isUndisturbed()) shelf.put(row, since);
    return row;
  }

  return {
    name: store.name,
    mayBeStale: true,
    get stats() {
      return { ...counts, entries: shelf.size, feed: feed.state };
    },
    ready: () => feed.start(),
    close() {
      const closed = feed.close();
      forgetAll();
      return closed;
    },

    find(id, { fresh = false } = {}) {
      if (feed.state === "off") feed.start().catch(() => {});
      // A read that began without the feed may miss what nobody told: neither kept nor shared.
      const row = feed.state === "up" && !fresh ? shelf.get(id) : null;
      if (row !== null) {
        counts.hits++;
        return row;
      }
      counts.misses++;
      if (feed.state !== "up") return store.find(id, { fresh: true });
      return (fresh ? null : reads.shared(id, clock.now())) ?? readAndKeep(id);
    },
    insert: (row, indexing) => dropping(row.id, () => store.insert(row, indexing)),
    update: (row, options) => dropping(row.id, () => store.update(row, options)),
    remove: (id) => dropping(id, () => store.remove(id)),
    ...(store.confirm && { confirm: store.confirm.bind(store) }),
    idsOf: (key) => store.idsOf(key),
    ...asAble(store),
    // The rows it removes are long over: the engine refuses them by what they say.
    removeExpired: (before, limit) => store.removeExpired(before, limit),
  };
}
