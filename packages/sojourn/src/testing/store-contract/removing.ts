import { assertHolds, assertIs, assertRow, count } from "./assert.ts";
import { allAtOnce, aName, aSession, findFresh, living, next, type Sentences, stored } from "./sentence.ts";

/** `remove`: it always wins. */
export const removing: Sentences = {
  "remove answers true if this call removed the row, and the row is gone": async ({ store }) => {
    const row = await stored(store, aSession());
    assertIs(await store.remove(row.id), true, "remove");
    assertIs(await store.find(row.id), null, "find");
    assertIs(await findFresh(store, row.id), null, "find, fresh");
  },

  "removing twice is not an error, and the second time answers false": async ({ store }) => {
    const row = await stored(store, aSession());
    await store.remove(row.id);
    assertIs(await store.remove(row.id), false, "the second remove");
    assertIs(await store.remove(aSession().id), false, "remove of an id that was never inserted");
  },

  "of many removals of one row at once exactly one answers true": async (connections) => {
    for (let round = 0; round < 10; round++) {
      const row = await stored(connections.store, aSession());
      const answers = await allAtOnce(connections, 8, (store) => store.remove(row.id));
      assertIs(count(answers, true), 1, "removals that answered true");
    }
  },

  "a removal removes one row and touches no other": async ({ store }) => {
    const userId = aName("user");
    const neighbour = await stored(store, aSession({ userId }));
    const row = await stored(store, aSession({ userId }));
    await store.remove(row.id);
    assertRow(await findFresh(store, neighbour.id), neighbour, "the other row");
  },

  "an update that races a removal never brings the row back": async (connections) => {
    const userId = aName("user");
    for (let round = 0; round < 20; round++) {
      const row = await stored(connections.store, aSession({ userId }));
      const removal = round % 6;
      const answers = await allAtOnce(connections, 6, (store, index) =>
        index === removal ? store.remove(row.id) : store.update(next(row, { body: `${index}` })),
      );
      assertIs(answers[removal], true, "the removal");
      assertIs(await findFresh(connections.store, row.id), null, "the row after its removal");
      assertIs(await findFresh(connections.other, row.id), null, "the row after its removal, on the other connection");
    }
    assertIs((await living(connections.store, await connections.store.idsOf({ userId }))).length, 0, "sessions left");
  },

  "a writer who goes on after the removal gets nothing but false": async (connections) => {
    const { store, other } = connections;
    const row = await stored(store, aSession());
    const write = async () => {
      for (let version = 2; version < 1_000; version++) if (!(await other.update({ ...row, version }))) return;
      assertHolds(false, "update: still answers true, long after the row was removed");
    };
    const [, removed] = await Promise.all([write(), store.remove(row.id)]);
    assertIs(removed, true, "the removal");
    assertIs(await findFresh(store, row.id), null, "the row after its removal");
  },
};
