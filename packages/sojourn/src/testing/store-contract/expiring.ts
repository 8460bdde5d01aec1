import type { SessionStore, StoredSession } from "../../core/store.ts";
import { assertHolds, assertIds, assertIs, assertRow } from "./assert.ts";
import {
  allAtOnce,
  aName,
  aSession,
  findFresh,
  hour,
  living,
  next,
  now,
  type Sentences,
  stored,
  until,
} from "./sentence.ts";

/**
 * `expiresAt` and `removeExpired`. A store may also forget by itself, from `expiresAt` on, so an expired row is only
 * ever expected to be gone, and never to be there.
 */
export const expiring: Sentences = {
  "removeExpired removes rows from their expiresAt on, and no others": async ({ store }) => {
    const before = now();
    const expired = await storedAll(store, [before - hour, before - 1, before]);
    const valid = await storedAll(store, [before + hour, before + 24 * hour]);
    await store.removeExpired(before, 100);
    for (const row of expired) assertIs(await findFresh(store, row.id), null, "an expired row");
    for (const row of valid) assertRow(await findFresh(store, row.id), row, "a row that has not expired");
  },

  "before expiresAt nothing is forgotten, however often it is swept": async ({ store, other }) => {
    const expiresAt = Math.ceil((now() + hour) / 1000) * 1000 + 999;
    const row = await stored(store, aSession({ expiresAt, userId: aName("user") }));
    for (let times = 0; times < 10; times++) {
      await store.removeExpired(expiresAt - 1, 100);
      await other.removeExpired(expiresAt - 1 - times * 100, 100);
    }
    assertRow(await findFresh(store, row.id), row, "the row a millisecond before its expiresAt");
    assertIds(await store.idsOf({ userId: row.userId ?? "" }), [row.id], "idsOf");
  },

  "an update that extends a row keeps it beyond its first expiresAt, and named": async ({ store, other }) => {
    const first = now() + 400;
    const [userId, ref] = [aName("user"), aName("ref")];
    const row = await stored(store, aSession({ expiresAt: first, userId, ref }));
    const extended = next(row, { expiresAt: first + hour });
    assertIs(await store.update(extended), true, "update");
    await until(first);
    await other.removeExpired(now(), 100);
    assertRow(await findFresh(store, row.id), { ...row, ...extended }, "the row after its first expiresAt");
    assertIds(await other.idsOf({ userId }), [row.id], "idsOf");
    assertIds(await other.idsOf({ ref }), [row.id], "idsOf");
  },

  "an update may also bring the end nearer": async ({ store }) => {
    const row = await stored(store, aSession());
    await store.update(next(row, { expiresAt: now() - 1 }));
    await store.removeExpired(now(), 100);
    assertIs(await findFresh(store, row.id), null, "a row whose end was brought nearer");
  },

  "an expired row that is still there is still named": async ({ store }) => {
    const userId = aName("user");
    const row = await stored(store, aSession({ userId, expiresAt: now() - 1 }));
    const named = await store.idsOf({ userId });
    const isThere = (await findFresh(store, row.id)) !== null;
    assertHolds(!isThere || named.includes(row.id), "idsOf: misses an expired session that can still be found");
  },

  "removeExpired removes at most as many rows as it may, says how many, and gets through them all": async ({
    store,
  }) => {
    const rows = await storedAll(
      store,
      Array.from({ length: 10 }, (_, index) => now() - index),
    );
    for (let left = await countLeft(store, rows); left > 0; ) {
      const removed = await store.removeExpired(now(), 3);
      const leftNow = await countLeft(store, rows);
      assertIs(removed, left - leftNow, "the number of rows removed, as answered");
      assertHolds(removed <= 3, `removeExpired: removed ${removed} rows where it may remove 3`);
      assertHolds(removed > 0, `removeExpired: removed nothing, with ${left} expired rows left`);
      left = leftNow;
    }
    assertIs(await store.removeExpired(now(), 3), 0, "the number of rows removed when none is left");
  },

  "removeExpired may remove nothing at all": async ({ store }) => {
    const [row] = await storedAll(store, [now() + hour]);
    assertIs(await store.removeExpired(now(), 100), 0, "the number of rows removed");
    assertIs(await countLeft(store, row ? [row] : []), 1, "rows left");
  },

  "sweeps at once remove every row once": async (connections) => {
    const rows = await storedAll(
      connections.store,
      Array.from({ length: 20 }, () => now() - 1),
    );
    const left = await countLeft(connections.store, rows);
    const answers = await allAtOnce(connections, 6, (store) => store.removeExpired(now(), 100));
    const removed = answers.reduce((sum, answer) => sum + answer, 0);
    assertIs(removed, left - (await countLeft(connections.store, rows)), "rows removed by six sweeps together");
  },

  "a row is judged again when it is removed: one just extended is kept": async (connections) => {
    for (let round = 0; round < 10; round++) {
      const rows = await storedAll(
        connections.store,
        Array.from({ length: 10 }, () => now() - 1),
      );
      const sweep = connections.other.removeExpired(now(), 100);
      const extended = await Promise.all(
        rows.map(async (row) =>
          (await connections.store.update(next(row, { expiresAt: now() + hour }))) ? [row] : [],
        ),
      );
      await sweep;
      const ids = extended.flat().map((row) => row.id);
      assertIds(await living(connections.store, ids), ids, "rows that were extended in time");
    }
  },
};

async function storedAll(store: SessionStore, expiries: readonly number[]): Promise<StoredSession[]> {
  const rows = [];
  for (const expiresAt of expiries) rows.push(await stored(store, aSession({ expiresAt })));
  return rows;
}

async function countLeft(store: SessionStore, rows: readonly StoredSession[]): Promise<number> {
  return (
    await living(
      store,
      rows.map((row) => row.id),
    )
  ).length;
}
