import { assertHolds, assertIs, assertRow, count } from "./assert.ts";
import { allAtOnce, aName, aSession, findFresh, hour, insert, next, now, type Sentences, stored } from "./sentence.ts";
import { bodies } from "./texts.ts";

/** `insert`, and what `find` gives back. */
export const inserting: Sentences = {
  "a store has a name": async ({ store }) => {
    assertHolds(typeof store.name === "string" && store.name.length > 0, "name: expected some text");
  },

  "insert adds a row, and find gives it back whole": async ({ store }) => {
    const row = await stored(store, aSession({ userId: aName("user"), ref: aName("ref"), body: '{"a":1}' }));
    assertRow(await store.find(row.id), row, "the row");
    assertRow(await findFresh(store, row.id), row, "the row, read fresh");
  },

  "find answers null for an id that was never inserted": async ({ store }) => {
    await stored(store, aSession());
    assertIs(await store.find(aSession().id), null, "find");
  },

  "insert answers false for a taken id, and nothing changes": async ({ store }) => {
    const row = await stored(store, aSession({ userId: aName("owner"), ref: aName("ref"), body: "first" }));
    const thief = {
      ...row,
      userId: aName("thief"),
      ref: aName("thief"),
      expiresAt: row.expiresAt + hour,
      body: "second",
    };
    assertIs(await insert(store, thief), false, "insert of a taken id");
    assertRow(await findFresh(store, row.id), row, "the row that was there first");
  },

  "insert answers false for a taken id also after updates": async ({ store }) => {
    const row = await stored(store, aSession({ userId: aName("owner") }));
    await store.update(next(row, { body: "newer" }));
    assertIs(await insert(store, row), false, "insert of a taken id");
    assertRow(await findFresh(store, row.id), { ...row, version: 2, body: "newer" }, "the row");
  },

  "of many inserts of one id at once exactly one answers true, and its row is the one kept": async (connections) => {
    for (let round = 0; round < 10; round++) {
      const row = aSession();
      const answers = await allAtOnce(connections, 8, (store, index) => insert(store, { ...row, body: `${index}` }));
      assertIs(count(answers, true), 1, "inserts that answered true");
      const kept = { ...row, body: `${answers.indexOf(true)}` };
      assertRow(await findFresh(connections.store, row.id), kept, "the row of the insert that answered true");
    }
  },

  "bodies are kept byte for byte, inserted or updated": async ({ store }) => {
    for (const body of bodies) {
      const row = await stored(store, aSession({ body }));
      assertRow(await findFresh(store, row.id), row, "the row as inserted");
      const plain = await stored(store, aSession({ body: "plain" }));
      assertIs(await store.update(next(plain, { body })), true, "update");
      assertRow(await findFresh(store, plain.id), { ...plain, version: 2, body }, "the row as updated");
    }
  },

  "user id and ref may be null, and stay null": async ({ store }) => {
    const row = await stored(store, aSession({ userId: null, ref: null }));
    assertRow(await findFresh(store, row.id), row, "the row as inserted");
    await store.update(next(row));
    assertRow(await findFresh(store, row.id), { ...row, version: 2 }, "the row as updated");
  },

  "expiresAt is kept to the millisecond, near and far": async ({ store }) => {
    for (const expiresAt of [now() + hour + 1, now() + hour + 999, Date.UTC(2199, 11, 31, 23, 59, 59, 999)]) {
      const row = await stored(store, aSession({ expiresAt }));
      assertRow(await findFresh(store, row.id), row, "the row");
    }
  },

  "rows are copies: changing what was handed in or out changes nothing stored": async ({ store }) => {
    const handedIn = aSession({ body: "stored" });
    const row = { ...handedIn };
    await stored(store, handedIn);
    Reflect.set(handedIn, "body", "changed by the caller");
    const handedOut = await store.find(row.id);
    assertRow(handedOut, row, "the row after its original was changed");
    Reflect.set(handedOut ?? {}, "body", "changed by the reader");
    assertRow(await store.find(row.id), row, "the row after a reader changed his copy");
  },
};
