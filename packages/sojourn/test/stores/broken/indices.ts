import type { SessionId } from "../../../src/core/ids.ts";
import { type BrokenStore, broken, pause, racy, separateIndex, withNames } from "./weaken.ts";

/** Indices that lose a session, or name one of somebody else. */
export const brokenIndexes: readonly BrokenStore[] = [
  {
    weakness: "idsOf answers the first hundred",
    open: broken((store) => ({ idsOf: async (key) => (await store.idsOf(key)).slice(0, 100) })),
    caughtBy: ["a user with hundreds of sessions is named all of them"],
  },
  {
    weakness: "the index is keyed by the first 64 characters",
    open: broken((store) => withNames(store, (name) => name.slice(0, 64))),
    caughtBy: ["user ids are compared byte by byte", "refs are compared byte by byte"],
  },
  {
    weakness: "user ids are compared without case, accents or trailing spaces",
    open: broken((store) =>
      withNames(store, (name) =>
        name
          .normalize("NFD")
          .replace(/\p{Mn}/gu, "")
          .toLowerCase()
          .trimEnd(),
      ),
    ),
    caughtBy: ["user ids are compared byte by byte", "refs are compared byte by byte"],
  },
  {
    weakness: "user ids and refs share one index",
    open: broken((store) => ({
      idsOf: async (key) => {
        const name = "userId" in key ? key.userId : key.ref;
        return [...(await store.idsOf({ userId: name })), ...(await store.idsOf({ ref: name }))];
      },
    })),
    caughtBy: ["a user id, a ref and an id of the same text have nothing to do with each other"],
  },
  {
    weakness: "the index is pruned of ids that have no row",
    open: racy((store) => {
      const index = separateIndex();
      return {
        async insert(row, options) {
          index.add(row);
          await pause();
          return store.insert(row, options);
        },
        async idsOf(key) {
          const ids = index.of(key);
          for (const id of [...ids]) if (!(await store.find(id))) ids.delete(id);
          return [...ids];
        },
      };
    }),
    caughtBy: [
      "an insert or update that answers false changes nothing in the index",
      "while sessions are added idsOf misses none that was there before it was asked",
      "asking and sweeping while sessions are being added loses none from the index",
    ],
  },
  {
    weakness: "an insert that answers false takes its entry out of the index",
    open: broken((store) => {
      const index = separateIndex();
      return {
        async insert(row, options) {
          index.add(row);
          const inserted = await store.insert(row, options);
          if (!inserted) index.drop(row);
          return inserted;
        },
        idsOf: async (key) => [...index.of(key)],
      };
    }),
    caughtBy: ["an insert or update that answers false changes nothing in the index"],
  },
  {
    weakness: "the index entry expires with the row's first expiresAt",
    open: broken((store) => {
      const firstExpiry = new Map<SessionId, number>();
      return {
        insert(row, options) {
          if (!firstExpiry.has(row.id)) firstExpiry.set(row.id, row.expiresAt);
          return store.insert(row, options);
        },
        idsOf: async (key) => (await store.idsOf(key)).filter((id) => (firstExpiry.get(id) ?? 0) > Date.now()),
      };
    }),
    caughtBy: [
      "an update that extends a row keeps it beyond its first expiresAt, and named",
      "an expired row that is still there is still named",
    ],
  },
];
