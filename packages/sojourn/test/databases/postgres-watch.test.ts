import { Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { StoreChange } from "../../src/core/store.ts";
import { postgresStore } from "../../src/stores/postgres.ts";
import type { DatabaseServer } from "../support/servers/database-server.ts";
import type { Connection } from "../support/servers/deployment.ts";
import { ownPostgres } from "../support/servers/postgres.ts";
import { asPostgres, pgliteDeployment, postgresDeployment } from "../support/servers/sql-deployments.ts";
import { aRow, forEver, hour } from "../support/sql-rows.ts";

type Watched = Awaited<ReturnType<typeof postgresDeployment>>;
let server: DatabaseServer;
beforeAll(async () => {
  server = await ownPostgres();
});
afterAll(() => server.close());

/** Resolves as soon as `holds`; the test's own time limit is how long it may take. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** What a watcher was told, and how it stops. */
async function watching(store: Awaited<ReturnType<Watched["connect"]>>["store"]) {
  const told: StoreChange[] = [];
  const stop = await store.watch((change) => told.push(change));
  return { told, stop, gaps: () => told.filter(({ kind }) => kind === "gap").length };
}

describe.each(["pg", "postgres"] as const)("watching PostgreSQL through %s", (client) => {
  let place: Watched;
  let connections: Connection<Awaited<ReturnType<Watched["connect"]>>["store"]>[];
  const run = (statement: string) => asPostgres(server, `SET search_path = ${place.schema}; ${statement}`);
  beforeEach(async () => {
    place = await postgresDeployment(server, client);
    connections = await Promise.all([place.connect(), place.connect()]);
  });
  afterEach(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await place.close();
  });

  test("every update and removal by any process is told, and one by hand; nothing is after it was stopped", async () => {
    const [watcher, writer] = connections.map(({ store }) => store);
    const { told, stop } = await watching(watcher!);
    const rows = [aRow(), aRow(), aRow()] as const;
    for (const row of rows) await writer!.insert(row, forEver);
    await writer!.update({ ...rows[0], version: 2 });
    await writer!.remove(rows[1].id);
    await run(`DELETE FROM sojourn_sessions WHERE id = '${rows[2].id}'`);
    await until(() => told.length === 3);
    expect(told).toEqual([
      { kind: "updated", id: rows[0].id },
      { kind: "removed", id: rows[1].id },
      { kind: "removed", id: rows[2].id },
    ]);
    await stop();
    await writer!.remove(rows[0].id);
    const again = await watching(watcher!);
    expect(told).toHaveLength(3);
    await again.stop();
  });

  test("a quiet update is written and told nobody, with or without prepared statements of its own", async () => {
    const [watcher, writer] = connections.map(({ store }) => store);
    const { told, stop } = await watching(watcher!);
    const row = aRow();
    await writer!.insert(row, forEver);
    expect(await writer!.update({ ...row, version: 2, body: "used again" }, { quiet: true })).toBe(true);
    expect(await watcher!.find(row.id)).toMatchObject({ version: 2, body: "used again" });
    expect(await writer!.update({ ...row, version: 2 }, { quiet: true })).toBe(false);
    await writer!.update({ ...row, version: 3 });
    await until(() => told.length > 0);
    expect(told).toEqual([{ kind: "updated", id: row.id }]);
    await stop();
  });

  test("a sweep of what has expired is told nobody, emptying the table is a gap", async () => {
    const [watcher, writer] = connections.map(({ store }) => store);
    const { told, stop } = await watching(watcher!);
    await writer!.insert(aRow({ expiresAt: Date.now() - hour }), forEver);
    expect(await writer!.removeExpired(Date.now(), 10)).toBe(1);
    await run("TRUNCATE sojourn_sessions");
    await until(() => told.length > 0);
    expect(told).toEqual([{ kind: "gap" }]);
    await stop();
  });

  test("without what announces changes watching is refused with what to run, and works after that", async () => {
    await run("DROP TRIGGER sojourn_sessions_removed ON sojourn_sessions");
    const [watcher] = connections.map(({ store }) => store);
    const missing = {
      code: "ERR_STORE_SCHEMA",
      message: expect.stringContaining("npx sojourn schema postgres --watch"),
    };
    await expect(watching(watcher!)).rejects.toMatchObject(missing);
    await run(
      "CREATE TRIGGER sojourn_sessions_removed AFTER DELETE ON sojourn_sessions FOR EACH ROW EXECUTE FUNCTION sojourn_sessions_notify()",
    );
    const { stop } = await watching(watcher!);
    await stop();
  });

  test("what announces changes going missing later is a gap", async () => {
    const { stop, gaps } = await watching(connections[0]!.store);
    await run("ALTER TABLE sojourn_sessions DISABLE TRIGGER sojourn_sessions_updated");
    await until(() => gaps() > 0);
    await stop();
  });

  test("a listening connection that is cut is a gap; it is made again, which is another, and changes are told", async () => {
    const [watcher, writer] = connections.map(({ store }) => store);
    const { told, stop, gaps } = await watching(watcher!);
    await asPostgres(
      server,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query ~* '^(listen|select pg_notify)'",
    );
    await until(() => gaps() >= 2);
    const row = aRow();
    await writer!.insert(row, forEver);
    await writer!.remove(row.id);
    await until(() => told.some((change) => change.kind === "removed" && change.id === row.id));
    await stop();
  });
});

test("a server that stands still is a gap within two heartbeats, and again when it is back", async () => {
  const place = await postgresDeployment(server, "pg");
  const pool = new Pool({ connectionString: server.url.href, options: `-c search_path=${place.schema}` });
  const store = postgresStore(pool, { listen: pool, heartbeat: "0.3s" });
  const { stop, gaps } = await watching(store);
  await asPostgres(server, "SELECT 1");
  server.control?.pause();
  const paused = performance.now();
  await until(() => gaps() > 0);
  const took = performance.now() - paused;
  server.control?.resume();
  await until(() => gaps() > 1);
  console.info(
    `postgresql, pg: a server that stands still is a gap after ${Math.round(took)} ms at a heartbeat of 300 ms`,
  );
  expect(took).toBeLessThan(2_000);
  await stop();
  await pool.end();
  await place.close();
});

test("PGlite tells its own process", async () => {
  const place = await pgliteDeployment();
  const { store } = await place.connect();
  const { told, stop } = await watching(store);
  const row = aRow();
  await store.insert(row, forEver);
  await store.remove(row.id);
  await until(() => told.length > 0);
  expect(told).toEqual([{ kind: "removed", id: row.id }]);
  await stop();
  await place.close();
});
