import type { SessionId } from "../../core/ids.ts";
import type { StoredSession, StorePage } from "../../core/store.ts";
import { walkOf } from "../../core/walk.ts";
import { assertHolds, assertIs, assertRow } from "./assert.ts";
import { aName, aSession, findFresh, next as following, isScannable, type Sentences, stored } from "./sentence.ts";

/** What one connection sees of another's writes, and paging through everything. */
export const sharing: Sentences = {
  "a fresh find sees what another connection just did": async ({ store, other }) => {
    const row = aSession({ userId: aName("user") });
    await other.find(row.id);
    await stored(store, row);
    assertRow(await findFresh(other, row.id), row, "the row another connection inserted");
    await other.find(row.id);
    await store.update(following(row, { body: "changed" }));
    assertRow(
      await findFresh(other, row.id),
      { ...row, version: 2, body: "changed" },
      "the row another connection changed",
    );
    await other.find(row.id);
    await store.remove(row.id);
    assertIs(await findFresh(other, row.id), null, "the row another connection removed");
  },

  "unless the store says that it may be stale, every find is fresh": async ({ store, other }) => {
    const row = aSession();
    await other.find(row.id);
    await stored(store, row);
    const inserted = await other.find(row.id);
    await store.update(following(row));
    const changed = await other.find(row.id);
    await store.remove(row.id);
    const removed = await other.find(row.id);
    assertHolds(
      other.mayBeStale === true || (inserted?.version === 1 && changed?.version === 2 && removed === null),
      "find: answers from before another connection's write, without `mayBeStale`",
    );
  },

  "a row one connection inserted another can change and remove": async ({ store, other }) => {
    const row = await stored(store, aSession({ userId: aName("user") }));
    assertIs(await other.update(following(row)), true, "update on the other connection");
    assertIs(await store.update(following(row)), false, "update of the version the other connection replaced");
    assertIs(await other.remove(row.id), true, "remove on the other connection");
    assertIs(await store.remove(row.id), false, "remove of what the other connection removed");
  },

  "scan, where there is one, pages through every row once, in the order of the ids": async ({ store }) => {
    if (!isScannable(store)) return;
    const rows = [];
    for (let count = 0; count < 25; count++) rows.push(await stored(store, aSession({ body: `${count}` })));
    rows.sort((a, b) => (a.id < b.id ? -1 : 1));
    const pages: StoredSession[] = [];
    let page = await store.scan(null, 7);
    while (page.length > 0 && pages.length < rows.length) {
      assertHolds(page.length <= 7, `scan: ${page.length} rows on a page of 7`);
      pages.push(...page);
      page = await store.scan(page.at(-1)?.id ?? null, 7);
    }
    assertIs(page.length, 0, "the number of rows after the last one");
    assertIs(pages.length, rows.length, "the number of rows on all pages");
    for (const [index, row] of rows.entries()) assertRow(pages[index] ?? null, row, `row ${index} in the order of ids`);
  },

  "walk, where there is one or scan, meets every row that stays, whatever comes, changes and goes meanwhile": async ({
    store,
    other,
  }) => {
    const walk = walkOf(store);
    if (walk === null) return;
    const staying = [];
    const going = new Set<SessionId>();
    for (let count = 0; count < 60; count++) staying.push(await stored(store, aSession()));
    for (let count = 0; count < 30; count++) going.add((await stored(store, aSession())).id);
    const met = new Set<SessionId>();
    let pages = 0;
    for (let next: string | null = null; pages === 0 || next !== null; pages++) {
      assertHolds(pages < 1_000, "walk: 1,000 pages of 7, and no end");
      const page: StorePage = await walk(next, 7);
      for (const { id } of page.rows) met.add(id);
      next = page.next;
      for (const id of [...going].filter((each) => met.has(each)).slice(0, 3)) {
        going.delete(id);
        await other.remove(id);
      }
      if (pages < 20) await stored(other, aSession({ userId: aName("user") }));
      const changed = staying[pages];
      if (changed) await other.update(following(changed));
    }
    const missed = staying.filter(({ id }) => !met.has(id)).length;
    assertIs(missed, 0, "the number of rows that were there all the time and were not met");
  },
};
