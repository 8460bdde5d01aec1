import type { PollableStore, WatchableStore } from "../../core/store.ts";

/** Tells of changes as the store under it does. */
export type MaybeTelling = Partial<Pick<WatchableStore, "watch"> & Pick<PollableStore, "versionsOf">>;

/** That as a part of another store. */
export function telling(store: WatchableStore | PollableStore): MaybeTelling {
  if ("watch" in store) return { watch: (listener) => store.watch(listener) };
  return { versionsOf: (ids) => store.versionsOf(ids) };
}
