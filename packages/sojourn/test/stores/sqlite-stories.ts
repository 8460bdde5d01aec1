import { join } from "node:path";
import { expect, test } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
import { sqliteSchema, sqliteStore } from "../../src/stores/sqlite.ts";
import { storeChecks } from "../../src/testing/index.ts";
import { type Binding, inDirectory, openFixture } from "./sqlite-databases.ts";

const row = { id: "s1" as SessionId, version: 1, userId: "alice", ref: null, expiresAt: 1e12, body: "{}" };
const forEver = { indexUntil: Number.MAX_SAFE_INTEGER };

/** What has to be so with every SQLite binding. */
export function testSqliteWith(binding: Binding): void {
  for (const check of storeChecks(() => openFixture(binding))) test(check.name, () => check.run());

  test("without its table the store says so at once, and what to do", () => {
    const db = binding.open(":memory:");
    expect(() => sqliteStore(db)).toThrow(
      expect.objectContaining({
        code: "ERR_STORE_SCHEMA",
        status: 503,
        message: expect.stringMatching(/sojourn_sessions is missing.*npx sojourn schema sqlite.*createTable: true/),
      }),
    );
    db.close();
  });

  test("a table of another shape is named as the problem", () => {
    const db = binding.open(":memory:");
    db.exec("CREATE TABLE sojourn_sessions (id TEXT PRIMARY KEY, data TEXT)");
    expect(() => sqliteStore(db)).toThrow(expect.objectContaining({ code: "ERR_STORE_SCHEMA" }));
    db.close();
  });

  test("a table dropped under a running store is a rejection of every verb, never an exception", async () => {
    const db = binding.open(":memory:");
    const store = sqliteStore(db, { createTable: true });
    db.exec("DROP TABLE sojourn_sessions");
    const answers = await Promise.allSettled([
      store.insert(row, forEver),
      store.find(row.id),
      store.update(row),
      store.remove(row.id),
      store.idsOf({ userId: "alice" }),
      store.idsOf({ ref: "ref" }),
      store.removeExpired(0, 1),
      store.scan(null, 1),
    ]);
    for (const answer of answers) expect(answer).toMatchObject({ reason: { code: "ERR_STORE_SCHEMA" } });
    db.close();
  });

  test("the schema can be run by hand, and again", async () => {
    const db = binding.open(":memory:");
    db.exec(sqliteSchema);
    db.exec(sqliteSchema);
    expect(await sqliteStore(db).insert(row, forEver)).toBe(true);
    db.close();
  });

  test("queries by user, by ref and by expiry use their index, and none reads the whole table", () => {
    const db = binding.open(":memory:");
    sqliteStore(db, { createTable: true });
    const plan = (where: string) =>
      db
        .prepare(`EXPLAIN QUERY PLAN SELECT id FROM sojourn_sessions WHERE ${where}`)
        .all()
        .map((step) => (step as { readonly detail: string }).detail)
        .join();
    expect(plan("user_id = 'alice'")).toContain("INDEX sojourn_sessions_user_id");
    expect(plan("ref = 'ref'")).toContain("INDEX sojourn_sessions_ref");
    expect(plan("expires_at <= 1 LIMIT 1")).toContain("INDEX sojourn_sessions_expires_at");
    db.close();
  });

  test("a connection that would not wait for another writer is made to wait, one with its own patience is left alone", () => {
    const patience = (wait: number) => {
      const db = binding.open(":memory:");
      db.exec(`PRAGMA busy_timeout = ${wait}`);
      sqliteStore(db, { createTable: true });
      const { timeout } = db.prepare("PRAGMA busy_timeout").get() as { readonly timeout: number };
      db.close();
      return timeout;
    };
    expect(patience(0)).toBe(2_000);
    expect(patience(250)).toBe(250);
  });

  test("while another process keeps the write lock: an update is not applied and says false, everything else is unavailable", () =>
    inDirectory(async (directory) => {
      const file = join(directory, "sessions.db");
      const [db, locker] = [binding.open(file), binding.open(file)];
      db.exec("PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 1");
      const store = sqliteStore(db, { createTable: true });
      await store.insert(row, forEver);
      locker.exec("BEGIN IMMEDIATE");

      const unavailable = { code: "ERR_STORE_UNAVAILABLE", status: 503, cause: { message: "database is locked" } };
      expect(await store.update({ ...row, version: 2 })).toBe(false);
      await expect(store.insert({ ...row, id: "s2" as SessionId }, forEver)).rejects.toMatchObject(unavailable);
      await expect(store.remove(row.id)).rejects.toMatchObject(unavailable);
      await expect(store.removeExpired(Date.now(), 1)).rejects.toMatchObject(unavailable);
      expect(await store.find(row.id)).toEqual(row);

      locker.exec("ROLLBACK");
      expect(await store.update({ ...row, version: 2 })).toBe(true);
      for (const open of [db, locker]) open.close();
    }));

  test("a full database is unavailable, with SQLite's own error as the cause", async () => {
    const db = binding.open(":memory:");
    const store = sqliteStore(db, { createTable: true });
    db.exec("PRAGMA max_page_count = 8");
    await expect(store.insert({ ...row, body: "x".repeat(100_000) }, forEver)).rejects.toMatchObject({
      code: "ERR_STORE_UNAVAILABLE",
      cause: { message: "database or disk is full" },
    });
    expect(await store.find(row.id)).toBe(null);
    db.close();
  });
}
