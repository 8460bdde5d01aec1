import type { SessionId } from "../../core/ids.ts";
import type { SessionStore } from "../../core/store.ts";
import { assertHolds, assertIs, assertRow, count } from "./assert.ts";
import { allAtOnce, aName, anId, aSession, findFresh, hour, next, type Sentences, stored } from "./sentence.ts";

/** `update`: compare and set. */
export const updating: Sentences = {
  "update writes if the stored version is exactly one less": async ({ store }) => {
    const row = await stored(store, aSession({ userId: aName("user"), ref: aName("ref") }));
    const changed = next(row, { body: "second", expiresAt: row.expiresAt + hour });
    assertIs(await store.update(changed), true, "update of version 1 to 2");
    assertRow(await findFresh(store, row.id), { ...row, ...changed }, "the row at version 2");
    assertIs(await store.update({ ...changed, version: 3, body: "third" }), true, "update of version 2 to 3");
    assertRow(
      await findFresh(store, row.id),
      { ...row, ...changed, version: 3, body: "third" },
      "the row at version 3",
    );
  },

  "update answers false for any other version, and nothing changes": async ({ store }) => {
    const row = await stored(store, aSession());
    await store.update(next(row, { body: "second" }));
    for (const version of [1, 2, 4, 5, 100, 0, -1]) {
      assertIs(await store.update({ ...row, version, body: "wrong" }), false, `update of version 2 to ${version}`);
      assertRow(await findFresh(store, row.id), { ...row, version: 2, body: "second" }, "the row");
    }
  },

  "update answers false for an id that was never inserted, and creates nothing": async ({ store }) => {
    for (const version of [1, 2]) {
      const row = aSession({ version });
      assertIs(await store.update(row), false, "update of an unknown id");
      assertIs(await findFresh(store, row.id), null, "the row");
    }
  },

  "update answers false for a removed row, and does not bring it back": async ({ store }) => {
    const row = await stored(store, aSession({ userId: aName("user") }));
    await store.remove(row.id);
    for (const version of [1, 2, 3]) {
      assertIs(await store.update({ ...row, version }), false, "update of a removed row");
      assertIs(await findFresh(store, row.id), null, "the row");
    }
  },

  "user id and ref are write-once: no update changes or clears them": async ({ store }) => {
    const row = await stored(store, aSession({ userId: aName("owner"), ref: aName("ref") }));
    assertIs(await store.update(next(row)), true, "update");
    assertRow(await findFresh(store, row.id), { ...row, version: 2 }, "the row");
    const withOwner = { ...next(row), version: 3, userId: aName("thief"), ref: aName("thief") };
    assertIs(await store.update(withOwner), true, "update");
    assertRow(
      await findFresh(store, row.id),
      { ...row, version: 3 },
      "the row after an update that names another owner",
    );
  },

  "of many updates of one version at once exactly one answers true, and it is the one stored": async (connections) => {
    for (let round = 0; round < 10; round++) {
      const row = await stored(connections.store, aSession());
      const answers = await allAtOnce(connections, 8, (store, index) => store.update(next(row, { body: `${index}` })));
      assertIs(count(answers, true), 1, "updates that answered true");
      const kept = { ...row, version: 2, body: `${answers.indexOf(true)}` };
      assertRow(await findFresh(connections.store, row.id), kept, "the row of the update that answered true");
    }
  },

  "many writers who retry lose no update, and none is applied twice": async (connections) => {
    const row = await stored(connections.store, aSession({ body: "0" }));
    await allAtOnce(connections, 8, async (store) => {
      for (let times = 0; times < 5; times++) await increment(store, row.id);
    });
    assertRow(
      await findFresh(connections.store, row.id),
      { ...row, version: 41, body: "40" },
      "a row counted up 40 times",
    );
  },

  "update answers true whenever it wrote, and false whenever it did not": async ({ store }) => {
    let current = await stored(store, aSession());
    for (let times = 1; times <= 20; times++) {
      const changed = next(current, { body: `${times}` });
      assertIs(await store.update(changed), true, `update number ${times}`);
      current = { ...current, ...changed };
    }
    assertRow(await findFresh(store, current.id), current, "the row after 20 updates");
  },

  "an update touches no other row": async ({ store }) => {
    const neighbour = await stored(store, aSession({ userId: aName("user") }));
    const row = await stored(store, aSession({ userId: neighbour.userId }));
    await store.update(next(row, { body: "changed" }));
    assertRow(await findFresh(store, neighbour.id), neighbour, "the other row");
  },

  "ids that differ only in case are different sessions": async ({ store }) => {
    const upper = await stored(store, aSession({ id: anId().replace(/./, "A") as SessionId, body: "upper" }));
    const lower = await stored(store, aSession({ id: upper.id.replace("A", "a") as SessionId, body: "lower" }));
    const wild = aSession({ id: upper.id.replace("A", "_") as SessionId });
    assertIs(await findFresh(store, wild.id), null, "an id with _ in the place of a letter");
    assertRow(await findFresh(store, upper.id), upper, "the row of the upper-case id");
    assertIs(await store.update(next(upper, { body: "changed" })), true, "update");
    assertRow(await findFresh(store, lower.id), lower, "the row of the lower-case id");
    assertIs(await store.remove(upper.id), true, "remove of the upper-case id");
    assertRow(await findFresh(store, lower.id), lower, "the row of the lower-case id");
  },
};

async function increment(store: SessionStore, id: SessionId): Promise<void> {
  for (let attempts = 0; attempts < 1_000; attempts++) {
    const current = await findFresh(store, id);
    if (current && (await store.update(next(current, { body: `${Number(current.body) + 1}` })))) return;
  }
  assertHolds(false, "update: of 1000 attempts each was based on the latest version, and none got through");
}
