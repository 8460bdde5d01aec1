import type { SessionId } from "../../core/ids.ts";
import type { IndexKey, SessionStore } from "../../core/store.ts";
import { assertHolds, assertIds } from "./assert.ts";
import {
  allAtOnce,
  aMoment,
  aName,
  aSession,
  hour,
  insert,
  living,
  next,
  now,
  type Sentences,
  stored,
} from "./sentence.ts";
import { confusableTexts, longTexts } from "./texts.ts";

/** `idsOf`: log out everywhere must miss no session. */
export const indexing: Sentences = {
  "idsOf names every session of a user, and none of another": async ({ store }) => {
    const [alice, bob] = [aName("alice"), aName("bob")];
    const hers = await storedFor(store, 3, (index) => ({ userId: alice, ref: index === 0 ? aName("ref") : null }));
    const his = await storedFor(store, 2, () => ({ userId: bob }));
    await storedFor(store, 2, () => ({}));
    await assertNames(store, { userId: alice }, hers);
    await assertNames(store, { userId: bob }, his);
    await assertNames(store, { userId: aName("nobody") }, []);
  },

  "idsOf names every session of a ref, and none of another": async ({ store }) => {
    const [ref, anotherRef] = [aName("ref"), aName("ref")];
    const sessions = await storedFor(store, 3, () => ({ userId: aName("user"), ref }));
    const others = await storedFor(store, 2, () => ({ ref: anotherRef }));
    await assertNames(store, { ref }, sessions);
    await assertNames(store, { ref: anotherRef }, others);
    await assertNames(store, { ref: aName("unknown") }, []);
  },

  "a user with hundreds of sessions is named all of them": async (connections) => {
    const userId = aName("user");
    const ref = aName("ref");
    const ids = await allAtOnce(connections, 300, async (store) => (await stored(store, aSession({ userId, ref }))).id);
    await assertNames(connections.store, { userId }, ids);
    await assertNames(connections.other, { ref }, ids);
  },

  "user ids are compared byte by byte": ({ store }) => assertDistinct(store, (text) => ({ userId: text })),

  "refs are compared byte by byte": ({ store }) => assertDistinct(store, (text) => ({ ref: text })),

  "a user id, a ref and an id of the same text have nothing to do with each other": async ({ store }) => {
    const text = aSession().id;
    const ofUser = await stored(store, aSession({ userId: text }));
    const ofRef = await stored(store, aSession({ ref: text }));
    await stored(store, aSession({ id: text }));
    await assertNames(store, { userId: text }, [ofUser.id]);
    await assertNames(store, { ref: text }, [ofRef.id]);
  },

  "an anonymous session is nobody's": async ({ store }) => {
    await stored(store, aSession());
    for (const text of ["null", "undefined", "None"]) {
      await assertNames(store, { userId: text }, []);
      await assertNames(store, { ref: text }, []);
    }
  },

  "a session stays named after updates": async (connections) => {
    const row = await stored(connections.store, aSession({ userId: aName("user"), ref: aName("ref") }));
    for (let version = 2; version < 12; version++) {
      await connections.other.update({ ...row, version, expiresAt: row.expiresAt + version * hour });
      await assertNames(connections.store, { userId: row.userId ?? "" }, [row.id]);
      await assertNames(connections.store, { ref: row.ref ?? "" }, [row.id]);
    }
  },

  "removing one session leaves the others named": async ({ store }) => {
    const userId = aName("user");
    const [first, ...others] = await storedFor(store, 4, () => ({ userId, ref: userId }));
    await store.remove(first as SessionId);
    await store.remove(first as SessionId);
    await assertNames(store, { userId }, others);
    await assertNames(store, { ref: userId }, others);
  },

  "an insert or update that answers false changes nothing in the index": async ({ store }) => {
    const row = await stored(store, aSession({ userId: aName("owner"), ref: aName("ref") }));
    const thief = { ...row, userId: aName("thief"), ref: aName("thief") };
    await insert(store, row);
    await insert(store, thief);
    await store.update({ ...thief, version: 7 });
    await assertNames(store, { userId: row.userId ?? "" }, [row.id]);
    await assertNames(store, { ref: row.ref ?? "" }, [row.id]);
    await assertNames(store, { userId: thief.userId }, []);
    await assertNames(store, { ref: thief.ref }, []);
  },

  "while sessions are added idsOf misses none that was there before it was asked": async ({ store, other }) => {
    const userId = aName("user");
    const acknowledged: SessionId[] = [];
    let isAdding = true;
    const add = async () => {
      for (let times = 0; times < 30; times++) acknowledged.push((await stored(store, aSession({ userId }))).id);
    };
    const ask = async () => {
      while (isAdding) {
        const before = [...acknowledged];
        assertMissesNone(await other.idsOf({ userId }), before);
        await aMoment();
      }
    };
    const adding = add().finally(() => {
      isAdding = false;
    });
    await Promise.all([adding, ask()]);
    assertMissesNone(await other.idsOf({ userId }), acknowledged);
  },

  "asking and sweeping while sessions are being added loses none from the index": async (connections) => {
    const userId = aName("user");
    const added: SessionId[] = [];
    await allAtOnce(connections, 120, async (store, index) => {
      if (index % 3 === 0) added.push((await stored(store, aSession({ userId, ref: userId }))).id);
      else if (index % 3 === 1) await Promise.all([store.idsOf({ userId }), store.idsOf({ ref: userId })]);
      else await store.removeExpired(now(), 10);
    });
    assertMissesNone(await connections.store.idsOf({ userId }), added);
    assertMissesNone(await connections.other.idsOf({ ref: userId }), added);
  },

  "while sessions are updated and others removed idsOf misses none": async (connections) => {
    const userId = aName("user");
    const rows = await allAtOnce(connections, 10, (store) => stored(store, aSession({ userId })));
    const leaving = await storedFor(connections.store, 10, () => ({ userId }));
    const staying = rows.map((row) => row.id);
    await allAtOnce(connections, 10, async (store, index) => {
      const row = rows[index];
      if (row) await store.update(next(row));
      assertMissesNone(await store.idsOf({ userId }), staying);
      await store.remove(leaving[index] as SessionId);
      assertMissesNone(await store.idsOf({ userId }), staying);
    });
  },
};

async function storedFor(
  store: SessionStore,
  count: number,
  facts: (index: number) => Parameters<typeof aSession>[0],
): Promise<SessionId[]> {
  const ids: SessionId[] = [];
  for (let index = 0; index < count; index++) ids.push((await stored(store, aSession(facts(index)))).id);
  return ids;
}

/** Sessions that are gone may be named as well; one that lives but belongs to somebody else may not. */
async function assertNames(store: SessionStore, key: IndexKey, expected: readonly SessionId[]): Promise<void> {
  assertIds(await living(store, await store.idsOf(key)), expected, "idsOf");
}

async function assertDistinct(store: SessionStore, keyOf: (text: string) => IndexKey): Promise<void> {
  const texts = [...confusableTexts, ...longTexts];
  const rows = [];
  for (const text of texts) rows.push(await stored(store, aSession(keyOf(text))));
  for (const [index, row] of rows.entries()) await assertNames(store, keyOf(texts[index] ?? ""), [row.id]);
}

function assertMissesNone(named: readonly SessionId[], expected: readonly SessionId[]): void {
  const missing = expected.filter((id) => !named.includes(id));
  assertHolds(missing.length === 0, `idsOf: misses ${missing.length} of ${expected.length} sessions`);
}
