import type { Clock } from "../core/clock.ts";
import type { SessionId } from "../core/ids.ts";
import type { PollableStore, SessionStore, WatchableStore } from "../core/store.ts";
import { createFeed, type Feed } from "../stores/near-cache/feed.ts";
import { pollingFeed } from "../stores/near-cache/polling.ts";

export interface ChangesParts {
  readonly store: SessionStore;
  readonly clock: Clock;
  /** Milliseconds. */
  readonly pollEvery: number;
  /** The sessions that have connections, with the version each was last seen with. */
  readonly held: () => ReadonlyMap<SessionId, number>;
  onChange(id: SessionId): void;
  onGap(): void;
}

/** What tells of changes anywhere in the fleet: the store, or asking it for versions; `null` where it does neither. */
export function changesOf({ store, clock, pollEvery, held, onChange, onGap }: ChangesParts): Feed | null {
  const watch = watchOf(store, { clock, every: pollEvery, held, chance: Math.random });
  return watch && createFeed({ watch, onChange, onGap, clock, chance: Math.random });
}

function watchOf(store: SessionStore, polling: Parameters<typeof pollingFeed>[1]): WatchableStore["watch"] | null {
  const { watch, versionsOf } = store as Partial<WatchableStore & PollableStore>;
  if (watch) return (listener) => watch.call(store, listener);
  return versionsOf ? pollingFeed(store as PollableStore, polling) : null;
}
