import Libsql from "libsql";
import { describe, expect, test } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { sqliteDeployment } from "../support/servers/sql-deployments.ts";
import { aRow, forEver } from "../support/sql-rows.ts";

describe("a SQLite file", () => {
  test("that is full keeps what was acknowledged, says so, lets sessions be ended, and is written again after that", async () => {
    const place = await sqliteDeployment();
    const db = new Libsql(place.file);
    db.exec("PRAGMA max_page_count = 40");
    const store = sqliteStore(db);
    const kept: SessionId[] = [];
    let failure: unknown;
    while (failure === undefined) {
      const row = aRow({ body: "x".repeat(2_000) });
      try {
        if (await store.insert(row, forEver)) kept.push(row.id);
      } catch (error) {
        failure = error;
      }
    }
    expect(failure).toMatchObject({ code: "ERR_STORE_UNAVAILABLE", message: expect.stringContaining("SQLITE_FULL") });
    expect((await store.versionsOf(kept)).size).toBe(kept.length);
    const ended = kept.slice(0, 10);
    for (const id of ended) expect(await store.remove(id)).toBe(true);
    expect(await store.insert(aRow(), forEver)).toBe(true);
    expect((await store.versionsOf(ended)).size).toBe(0);
    console.info(`sqlite: full after ${kept.length} sessions; 0 lost, 0 revived`);
    db.close();
    await place.close();
  });

  test("that another process keeps locked: no ended session comes back, none is lost, and the wait is bounded", async () => {
    const place = await sqliteDeployment();
    const [db, locker] = [new Libsql(place.file), new Libsql(place.file)];
    db.exec("PRAGMA busy_timeout = 200");
    const store = sqliteStore(db);
    const [standing, ended] = [aRow(), aRow()];
    for (const row of [standing, ended]) await store.insert(row, forEver);
    await store.remove(ended.id);
    locker.exec("BEGIN IMMEDIATE");
    const start = performance.now();
    expect(await store.update({ ...standing, version: 2 })).toBe(false);
    const waited = Math.round(performance.now() - start);
    await expect(store.remove(standing.id)).rejects.toMatchObject({ message: expect.stringContaining("SQLITE_BUSY") });
    locker.exec("ROLLBACK");
    expect(waited).toBeLessThan(1_000);
    expect(await store.find(standing.id)).toEqual(standing);
    expect(await store.find(ended.id)).toBe(null);
    for (const open of [db, locker]) open.close();
    await place.close();
  });
});
