import type { SessionId, UserId } from "../core/ids.ts";
import type { ScannableStore, StoreChange, StoredSession, StoredUpdate, WatchableStore } from "../core/store.ts";
import { orderedIds } from "./memory-order.ts";

/**
 * Sessions in this process's memory: for tests, for development, and for one process that may forget everyone when it
 * restarts. Rows that have expired stay until `removeExpired` is called. `watch` tells of a change before the call that
 * made it is answered.
 */
export function memoryStore(): ScannableStore & WatchableStore {
  const rows = new Map<SessionId, StoredSession>();
  const order = orderedIds(rows);
  const idsByUser = new Map<UserId, Set<SessionId>>();
  const idsByRef = new Map<string, Set<SessionId>>();
  /** Each `watch` is an entry of its own: the same listener may be given twice. */
  const watches = new Set<{ readonly listener: (change: StoreChange) => void }>();

  function forget(row: StoredSession): void {
    rows.delete(row.id);
    if (row.userId !== null) removeFrom(idsByUser, row.userId, row.id);
    if (row.ref !== null) removeFrom(idsByRef, row.ref, row.id);
    tell({ kind: "removed", id: row.id });
  }

  function tell(change: StoreChange): void {
    for (const { listener } of watches) {
      try {
        listener(change);
      } catch (error) {
        // The change is made: a listener's mistake must show, but not as a failure of the store.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  return Object.freeze<ScannableStore & WatchableStore>({
    name: "memory",

    async insert(row) {
      if (rows.has(row.id)) return false;
      rows.set(row.id, frozenRow(row, row));
      order.added(row.id);
      if (row.userId !== null) addTo(idsByUser, row.userId, row.id);
      if (row.ref !== null) addTo(idsByRef, row.ref, row.id);
      return true;
    },

    find(id) {
      return rows.get(id) ?? null;
    },

    async update(row, { quiet = false } = {}) {
      const current = rows.get(row.id);
      if (current?.version !== row.version - 1) return false;
      rows.set(row.id, frozenRow(row, current));
      if (!quiet) tell({ kind: "updated", id: row.id });
      return true;
    },

    async remove(id) {
      const row = rows.get(id);
      if (row) forget(row);
      return row !== undefined;
    },

    async idsOf(key) {
      const ids = "userId" in key ? idsByUser.get(key.userId) : idsByRef.get(key.ref);
      return [...(ids ?? [])];
    },

    async removeExpired(before, limit) {
      let removed = 0;
      for (const row of rows.values()) {
        if (removed >= limit) break;
        if (row.expiresAt > before) continue;
        forget(row);
        removed++;
      }
      return removed;
    },

    async scan(after, limit) {
      return order.page(after, limit).flatMap((id) => rows.get(id) ?? []);
    },

    async watch(listener) {
      const watch = { listener };
      watches.add(watch);
      return async () => void watches.delete(watch);
    },
  });
}

/** A copy that nobody can change, so that it can be handed out again and again. */
function frozenRow(row: StoredUpdate, writtenOnce: Pick<StoredSession, "userId" | "ref">): StoredSession {
  return Object.freeze({
    id: row.id,
    version: row.version,
    userId: writtenOnce.userId,
    ref: writtenOnce.ref,
    expiresAt: row.expiresAt,
    body: row.body,
  });
}

function addTo(index: Map<string, Set<SessionId>>, key: string, id: SessionId): void {
  const ids = index.get(key);
  if (ids) ids.add(id);
  else index.set(key, new Set([id]));
}

function removeFrom(index: Map<string, Set<SessionId>>, key: string, id: SessionId): void {
  const ids = index.get(key);
  ids?.delete(id);
  if (ids?.size === 0) index.delete(key);
}
