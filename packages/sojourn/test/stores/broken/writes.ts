import type { SessionId } from "../../../src/core/ids.ts";
import { type BrokenStore, broken, changesOf, overwrite, pause, racy, unlimited, updateWith } from "./weaken.ts";

/** Writes that forget their precondition. */
export const brokenWrites: readonly BrokenStore[] = [
  {
    weakness: "insert overwrites",
    open: broken((store) => ({
      async insert(row) {
        overwrite(store, row);
        return true;
      },
    })),
    caughtBy: [
      "insert answers false for a taken id, and nothing changes",
      "insert answers false for a taken id also after updates",
      "of many inserts of one id at once exactly one answers true, and its row is the one kept",
      "an insert or update that answers false changes nothing in the index",
    ],
  },
  {
    weakness: "insert looks first and writes later",
    open: racy((store) => ({
      async insert(row) {
        if (await store.find(row.id)) return false;
        await pause();
        overwrite(store, row);
        return true;
      },
    })),
    caughtBy: ["of many inserts of one id at once exactly one answers true, and its row is the one kept"],
  },
  {
    weakness: "update inserts what is missing",
    open: broken((store) => ({
      update: async (row) =>
        (await store.find(row.id))
          ? store.update(row)
          : store.insert({ ...row, userId: null, ref: null }, { indexUntil: unlimited }),
    })),
    caughtBy: [
      "update answers false for an id that was never inserted, and creates nothing",
      "update answers false for a removed row, and does not bring it back",
      "an update that races a removal never brings the row back",
      "a writer who goes on after the removal gets nothing but false",
    ],
  },
  {
    weakness: "update ignores the version",
    open: broken((store) => ({
      async update(row) {
        const current = await store.find(row.id);
        if (current) overwrite(store, { ...current, ...changesOf(row) });
        return current !== null;
      },
    })),
    caughtBy: [
      "update answers false for any other version, and nothing changes",
      "of many updates of one version at once exactly one answers true, and it is the one stored",
      "many writers who retry lose no update, and none is applied twice",
      "a row one connection inserted another can change and remove",
    ],
  },
  {
    weakness: "update accepts any newer version",
    open: broken((store) => ({
      async update(row) {
        const current = await store.find(row.id);
        if (!current || current.version >= row.version) return false;
        overwrite(store, { ...current, ...changesOf(row) });
        return true;
      },
    })),
    caughtBy: ["update answers false for any other version, and nothing changes"],
  },
  {
    weakness: "update reads, awaits, and writes",
    open: racy((store) => ({
      async update(row) {
        const current = await store.find(row.id);
        if (current?.version !== row.version - 1) return false;
        await pause();
        overwrite(store, { ...current, ...changesOf(row) });
        return true;
      },
    })),
    caughtBy: [
      "of many updates of one version at once exactly one answers true, and it is the one stored",
      "many writers who retry lose no update, and none is applied twice",
      "an update that races a removal never brings the row back",
      "a writer who goes on after the removal gets nothing but false",
    ],
  },
  {
    weakness: "update takes over a user id and ref that it is given",
    open: broken((store) => ({ update: updateWith(store, (current, row) => ({ ...current, ...row })) })),
    caughtBy: ["user id and ref are write-once: no update changes or clears them"],
  },
  {
    weakness: "update clears the ref",
    open: broken((store) => ({
      update: updateWith(store, (current, row) => ({ ...current, ...changesOf(row), ref: null })),
    })),
    caughtBy: [
      "update writes if the stored version is exactly one less",
      "user id and ref are write-once: no update changes or clears them",
      "a session stays named after updates",
      "an update that extends a row keeps it beyond its first expiresAt, and named",
    ],
  },
  {
    weakness: "an update whose answer was lost is sent again",
    open: broken((store) => {
      let updates = 0;
      return {
        async update(row) {
          const answer = await store.update(row);
          updates++;
          return updates % 5 === 0 ? store.update(row) : answer;
        },
      };
    }),
    caughtBy: [
      "bodies are kept byte for byte, inserted or updated",
      "of many updates of one version at once exactly one answers true, and it is the one stored",
      "many writers who retry lose no update, and none is applied twice",
      "update answers true whenever it wrote, and false whenever it did not",
    ],
  },
  {
    weakness: "remove always answers true",
    open: broken((store) => ({
      async remove(id) {
        await store.remove(id);
        return true;
      },
    })),
    caughtBy: [
      "removing twice is not an error, and the second time answers false",
      "of many removals of one row at once exactly one answers true",
      "a row one connection inserted another can change and remove",
    ],
  },
  {
    weakness: "remove marks the row, and the next update clears the mark",
    open: broken((store) => {
      const marked = new Set<SessionId>();
      return {
        find: async (id) => (marked.has(id) ? null : store.find(id)),
        async update(row) {
          const updated = await store.update(row);
          if (updated) marked.delete(row.id);
          return updated;
        },
        async remove(id) {
          if (marked.has(id) || !(await store.find(id))) return false;
          marked.add(id);
          return true;
        },
      };
    }),
    caughtBy: [
      "update answers false for a removed row, and does not bring it back",
      "an update that races a removal never brings the row back",
      "a writer who goes on after the removal gets nothing but false",
    ],
  },
];
