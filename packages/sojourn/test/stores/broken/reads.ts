import type { SessionId } from "../../../src/core/ids.ts";
import type { StoredSession } from "../../../src/core/store.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import { type BrokenStore, broken, cached, unlimited } from "./weaken.ts";

/** Reads that give back something else than what was written. */
export const brokenReads: readonly BrokenStore[] = [
  {
    weakness: "bodies are stored as Latin-1",
    open: broken((store) => {
      const latin1 = (body: string) => Buffer.from(body, "latin1").toString("latin1");
      return {
        insert: (row, options) => store.insert({ ...row, body: latin1(row.body) }, options),
        update: (row) => store.update({ ...row, body: latin1(row.body) }),
      };
    }),
    caughtBy: ["bodies are kept byte for byte, inserted or updated"],
  },
  {
    weakness: "bodies are cut at 64 KB",
    open: broken((store) => ({
      insert: (row, options) => store.insert({ ...row, body: row.body.slice(0, 65_535) }, options),
    })),
    caughtBy: ["bodies are kept byte for byte, inserted or updated"],
  },
  {
    weakness: "ids are compared without case",
    open: broken((store) => {
      const folded = (id: SessionId) => id.toLowerCase() as SessionId;
      const originals = new Map<SessionId, SessionId>();
      const restored = <Row extends StoredSession>(row: Row) => ({ ...row, id: originals.get(row.id) ?? row.id });
      return {
        async insert(row, options) {
          if (!originals.has(folded(row.id))) originals.set(folded(row.id), row.id);
          return store.insert({ ...row, id: folded(row.id) }, options);
        },
        async find(id) {
          const row = await store.find(folded(id));
          return row && restored(row);
        },
        update: (row) => store.update({ ...row, id: folded(row.id) }),
        remove: (id) => store.remove(folded(id)),
        idsOf: async (key) => (await store.idsOf(key)).map((id) => originals.get(id) ?? id),
        scan: async (after: SessionId | null, limit: number) => {
          const rows = (await store.scan(null, unlimited)).map(restored).sort((a, b) => (a.id < b.id ? -1 : 1));
          return rows.filter((row) => after === null || row.id > after).slice(0, limit);
        },
      };
    }),
    caughtBy: ["ids that differ only in case are different sessions"],
  },
  {
    weakness: "walk finds its place by counting rows",
    open: broken((store) => ({
      walk: async (from: string | null, limit: number) => {
        const at = Number(from ?? 0);
        const rows = (await store.scan(null, unlimited)).slice(at, at + limit);
        return { rows, next: rows.length === limit ? String(at + limit) : null };
      },
    })),
    caughtBy: [
      "walk, where there is one or scan, meets every row that stays, whatever comes, changes and goes meanwhile",
    ],
  },
  {
    weakness: "find answers from a cache, also when asked for fresh rows",
    open() {
      const store = memoryStore();
      return [cached(store), cached(store)];
    },
    caughtBy: [
      "removeExpired removes at most as many rows as it may, says how many, and gets through them all",
      "sweeps at once remove every row once",
      "a fresh find sees what another connection just did",
    ],
  },
  {
    weakness: "find answers from a cache without saying mayBeStale",
    open() {
      const store = memoryStore();
      return [store, store].map((inner) => {
        const cache = cached(inner);
        return { ...cache, mayBeStale: false, find: (id, options) => (options?.fresh ? inner : cache).find(id) };
      });
    },
    caughtBy: ["unless the store says that it may be stale, every find is fresh"],
  },
  {
    weakness: "rows are kept as the objects that were handed in",
    open: broken((store) => {
      const objects = new Map<SessionId, StoredSession>();
      return {
        async insert(row, options) {
          const inserted = await store.insert(row, options);
          if (inserted) objects.set(row.id, row);
          return inserted;
        },
        async find(id) {
          const [row, object] = [await store.find(id), objects.get(id)];
          return row?.version === 1 && object ? object : row;
        },
      };
    }),
    caughtBy: ["rows are copies: changing what was handed in or out changes nothing stored"],
  },
];
