import type { StoredSession } from "../../core/store.ts";
import { assertHolds, assertIs, assertRow } from "./assert.ts";
import { aName, aSession, findFresh, isScannable, next, type Sentences, stored } from "./sentence.ts";

/** What one connection sees of another's writes, and paging through everything. */
export const sharing: Sentences = {
  "a fresh find sees what another connection just did": async ({ store, other }) => {
    const row = aSession({ userId: aName("user") });
    await other.find(row.id);
    await stored(store, row);
    assertRow(await findFresh(other, row.id), row, "the row another connection inserted");
    await other.find(row.id);
    await store.update(next(row, { body: "changed" }));
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
    await store.update(next(row));
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
    assertIs(await other.update(next(row)), true, "update on the other connection");
    assertIs(await store.update(next(row)), false, "update of the version the other connection replaced");
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
};
