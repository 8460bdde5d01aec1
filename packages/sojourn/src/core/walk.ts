import type { SessionId } from "./ids.ts";
import type { ScannableStore, SessionStore, WalkableStore } from "./store.ts";

/** How to walk through all rows of `store`; `null` where there is no way. */
export function walkOf(store: SessionStore): WalkableStore["walk"] | null {
  if (isWalkable(store)) return (from, limit) => store.walk(from, limit);
  if (!isScannable(store)) return null;
  return async (from, limit) => {
    const rows = await store.scan(from as SessionId | null, limit);
    return { rows, next: rows.at(-1)?.id ?? null };
  };
}

/** That way as a part of another store, where there is one. */
export function walking(store: SessionStore): MaybeWalking {
  const walk = walkOf(store);
  return walk ? { walk } : {};
}

/** Can be walked through where the store under it can. */
export type MaybeWalking = Partial<Pick<WalkableStore, "walk">>;

function isWalkable(store: SessionStore): store is WalkableStore {
  return typeof (store as Partial<WalkableStore>).walk === "function";
}

function isScannable(store: SessionStore): store is ScannableStore {
  return typeof (store as Partial<ScannableStore>).scan === "function";
}
