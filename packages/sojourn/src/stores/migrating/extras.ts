import type { SessionId } from "../../core/ids.ts";
import type {
  PollableStore,
  ScannableStore,
  SessionStore,
  StoredSession,
  WalkableStore,
  WatchableStore,
} from "../../core/store.ts";
import { walkOf } from "../../core/walk.ts";
import { isTombstone, isTombstoneVersion, unsealed } from "./bodies.ts";

/** What two stores can do beyond the contract, together, where both can. */
export type Extras<From, To> = Both<From, To, ScannableStore> &
  ([From, To] extends [Walks, Walks] ? Pick<WalkableStore, "walk"> : unknown) &
  Both<From, To, WatchableStore> &
  Both<From, To, PollableStore>;
type Walks = ScannableStore | WalkableStore;
type Both<From, To, Store> = [From, To] extends [Store, Store] ? Omit<Store, keyof SessionStore> : unknown;

export function extrasOf<From extends SessionStore, To extends SessionStore>(from: From, to: To): Extras<From, To> {
  return {
    ...(isScannable(from) && isScannable(to) && { scan: scanOf(from, to) }),
    ...walkOfBoth(walkOf(from), walkOf(to)),
    ...(isWatchable(from) && isWatchable(to) && { watch: watchOf(from, to) }),
    ...(isPollable(from) && isPollable(to) && { versionsOf: versionsOf(from, to) }),
  } as Extras<From, To>;
}

const isScannable = (store: SessionStore): store is ScannableStore => "scan" in store;
const isWatchable = (store: SessionStore): store is WatchableStore => "watch" in store;
const isPollable = (store: SessionStore): store is PollableStore => "versionsOf" in store;

function scanOf(from: ScannableStore, to: ScannableStore): ScannableStore["scan"] {
  return async (after, limit) => {
    const page: StoredSession[] = [];
    for (let last = after; page.length < limit; ) {
      // `from` first: what moves in between is in `to` before it leaves.
      const left = await from.scan(last, limit);
      const moved = await to.scan(last, limit);
      const rows = new Map([...left.map((row) => unsealed(row) ?? row), ...moved].map((row) => [row.id, row]));
      // Beyond the end of a full page there may be more of that store: not yet in order.
      const ends = [left, moved].flatMap((rows) => (rows.length === limit ? (rows.at(-1)?.id ?? []) : []));
      const ordered = [...rows.values()].filter(({ id }) => ends.every((end) => id <= end)).sort(byId);
      page.push(...ordered.filter((row) => !isTombstone(row)));
      if (ends.length === 0) break;
      last = ordered.at(-1)?.id ?? last;
    }
    return page.slice(0, limit);
  };
}

type Walk = WalkableStore["walk"];

/** All of `from` first: what moves in between is in `to` before it leaves, and is met there. */
function walkOfBoth(from: Walk | null, to: Walk | null): { readonly walk?: Walk } {
  if (from === null || to === null) return {};
  return {
    async walk(place, limit) {
      const isMoved = place?.startsWith("to:") === true;
      const { rows, next } = isMoved
        ? await to(place.slice("to:".length) || null, limit)
        : await from(place === null ? null : place.slice("from:".length), limit);
      const standing = isMoved ? rows.filter((row) => !isTombstone(row)) : rows.map((row) => unsealed(row) ?? row);
      const after = isMoved ? next && `to:${next}` : next === null ? "to:" : `from:${next}`;
      return { rows: standing, next: after };
    },
  };
}

function byId(a: StoredSession, b: StoredSession): number {
  return a.id < b.id ? -1 : 1;
}

function watchOf(from: WatchableStore, to: WatchableStore): WatchableStore["watch"] {
  return async (listener) => {
    const stopFrom = await from.watch(listener);
    try {
      const stopTo = await to.watch(listener);
      return async () => void (await Promise.all([stopFrom(), stopTo()]));
    } catch (error) {
      await stopFrom();
      throw error;
    }
  };
}

function versionsOf(from: PollableStore, to: PollableStore): PollableStore["versionsOf"] {
  return async (ids) => {
    const left = await from.versionsOf(ids);
    const moved = await to.versionsOf(ids);
    const versions = new Map<SessionId, number>([...left, ...moved]);
    for (const [id, version] of versions) if (isTombstoneVersion(version)) versions.delete(id);
    return versions;
  };
}
