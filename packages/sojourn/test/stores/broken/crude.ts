import type { SessionId } from "../../../src/core/ids.ts";
import { type BrokenStore, broken, overwrite, unlimited, updateWith, withNames } from "./weaken.ts";

/** Mistakes that nobody overlooks for long, so that every check has something to find. */
export const brokenCrudely: readonly BrokenStore[] = [
  {
    weakness: "the store has no name",
    open: broken(() => ({ name: "" })),
    caughtBy: ["a store has a name"],
  },
  {
    weakness: "find leaves out the ref",
    open: broken((store) => ({
      async find(id) {
        const row = await store.find(id);
        return row && { ...row, ref: null };
      },
    })),
    caughtBy: [
      "insert adds a row, and find gives it back whole",
      "insert answers false for a taken id, and nothing changes",
      "update writes if the stored version is exactly one less",
      "user id and ref are write-once: no update changes or clears them",
      "an update that extends a row keeps it beyond its first expiresAt, and named",
    ],
  },
  {
    weakness: "find makes up a row where there is none",
    open: broken((store) => ({
      find: async (id) =>
        (await store.find(id)) ?? { id, version: 0, userId: null, ref: null, expiresAt: unlimited, body: "" },
    })),
    caughtBy: [
      "find answers null for an id that was never inserted",
      "update answers false for an id that was never inserted, and creates nothing",
      "update answers false for a removed row, and does not bring it back",
      "ids that differ only in case are different sessions",
      "remove answers true if this call removed the row, and the row is gone",
      "an update that races a removal never brings the row back",
      "a writer who goes on after the removal gets nothing but false",
      "removeExpired removes rows from their expiresAt on, and no others",
      "an update may also bring the end nearer",
      "removeExpired removes at most as many rows as it may, says how many, and gets through them all",
      "sweeps at once remove every row once",
      "a fresh find sees what another connection just did",
      "unless the store says that it may be stale, every find is fresh",
    ],
  },
  {
    weakness: "null is stored as text",
    open: broken((store) => ({
      insert: (row, options) => store.insert({ ...row, userId: String(row.userId), ref: String(row.ref) }, options),
    })),
    caughtBy: [
      "insert answers false for a taken id also after updates",
      "of many inserts of one id at once exactly one answers true, and its row is the one kept",
      "bodies are kept byte for byte, inserted or updated",
      "user id and ref may be null, and stay null",
      "expiresAt is kept to the millisecond, near and far",
      "rows are copies: changing what was handed in or out changes nothing stored",
      "update answers false for any other version, and nothing changes",
      "of many updates of one version at once exactly one answers true, and it is the one stored",
      "many writers who retry lose no update, and none is applied twice",
      "update answers true whenever it wrote, and false whenever it did not",
      "an update touches no other row",
      "ids that differ only in case are different sessions",
      "a removal removes one row and touches no other",
      "an anonymous session is nobody's",
      "removeExpired removes rows from their expiresAt on, and no others",
      "before expiresAt nothing is forgotten, however often it is swept",
      "a fresh find sees what another connection just did",
      "scan, where there is one, pages through every row once, in the order of the ids",
    ],
  },
  {
    weakness: "user ids are trimmed of everything but their first word",
    open: broken((store) => withNames(store, (name) => name.split(" ")[0] ?? "")),
    caughtBy: [
      "idsOf names every session of a ref, and none of another",
      "user ids are compared byte by byte",
      "refs are compared byte by byte",
    ],
  },
  {
    weakness: "expiresAt cannot be later than what 32 bits of seconds can say",
    open: broken((store) => ({
      insert: (row, options) => store.insert({ ...row, expiresAt: Math.min(row.expiresAt, 2 ** 32 * 1000) }, options),
    })),
    caughtBy: ["expiresAt is kept to the millisecond, near and far"],
  },
  {
    weakness: "an update writes to every session of the user",
    open: broken((store) => ({
      update: updateWith(store, (current, row) => {
        void store.scan(null, unlimited).then((rows) => {
          for (const other of rows) {
            if (other.userId === current.userId && other.id !== row.id) overwrite(store, { ...other, body: row.body });
          }
        });
        return { ...row, userId: current.userId, ref: current.ref };
      }),
    })),
    caughtBy: ["an update touches no other row", "ids that differ only in case are different sessions"],
  },
  {
    weakness: "a removal removes every session of the user",
    open: broken((store) => ({
      async remove(id) {
        const row = await store.find(id);
        const ids = row?.userId ? await store.idsOf({ userId: row.userId }) : [];
        for (const other of ids) if (other !== id) await store.remove(other);
        return store.remove(id);
      },
    })),
    caughtBy: [
      "a removal removes one row and touches no other",
      "removing one session leaves the others named",
      "while sessions are updated and others removed idsOf misses none",
    ],
  },
  {
    weakness: "a removal is put off until the next sweep",
    open: broken((store) => {
      const due = new Set<SessionId>();
      return {
        async remove(id) {
          const isNew = (await store.find(id)) !== null && !due.has(id);
          due.add(id);
          return isNew;
        },
        async removeExpired(before, limit) {
          for (const id of due) await store.remove(id);
          return store.removeExpired(before, limit);
        },
      };
    }),
    caughtBy: [
      "update answers false for a removed row, and does not bring it back",
      "remove answers true if this call removed the row, and the row is gone",
      "an update that races a removal never brings the row back",
      "a writer who goes on after the removal gets nothing but false",
      "removing one session leaves the others named",
      "a fresh find sees what another connection just did",
      "unless the store says that it may be stale, every find is fresh",
    ],
  },
  {
    weakness: "idsOf names everybody's sessions",
    open: broken((store) => ({ idsOf: async () => (await store.scan(null, unlimited)).map((row) => row.id) })),
    caughtBy: [
      "idsOf names every session of a user, and none of another",
      "idsOf names every session of a ref, and none of another",
      "user ids are compared byte by byte",
      "refs are compared byte by byte",
      "a user id, a ref and an id of the same text have nothing to do with each other",
      "an anonymous session is nobody's",
      "an insert or update that answers false changes nothing in the index",
    ],
  },
  {
    weakness: "the sweep removes what has not expired",
    open: broken((store) => ({ removeExpired: (_, limit) => store.removeExpired(unlimited, limit) })),
    caughtBy: [
      "asking and sweeping while sessions are being added loses none from the index",
      "removeExpired removes rows from their expiresAt on, and no others",
      "before expiresAt nothing is forgotten, however often it is swept",
      "an update that extends a row keeps it beyond its first expiresAt, and named",
      "removeExpired may remove nothing at all",
    ],
  },
  {
    weakness: "scan pages in the order of insertion",
    open: broken((store) => {
      const order: SessionId[] = [];
      return {
        insert(row, options) {
          order.push(row.id);
          return store.insert(row, options);
        },
        async scan(after: SessionId | null, limit: number) {
          const start = after === null ? 0 : order.indexOf(after) + 1;
          const rows = await Promise.all(order.slice(start, start + limit).map((id) => store.find(id)));
          return rows.flatMap((row) => row ?? []);
        },
      };
    }),
    caughtBy: ["scan, where there is one, pages through every row once, in the order of the ids"],
  },
];
