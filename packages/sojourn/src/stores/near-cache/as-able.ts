import type { PollableStore, WatchableStore } from "../../core/store.ts";
import { type MaybeWalking, walking } from "../../core/walk.ts";

/** Can be walked through, and tells of changes, as the store under it can. */
export type AsAble = MaybeWalking & Partial<Pick<WatchableStore, "watch"> & Pick<PollableStore, "versionsOf">>;

/** What the store can beside a store's six verbs, as a part of another one. */
export function asAble(store: WatchableStore | PollableStore): AsAble {
  if ("watch" in store) return { ...walking(store), watch: (listener) => store.watch(listener) };
  return { ...walking(store), versionsOf: (ids) => store.versionsOf(ids) };
}
