import { createPool as createMysql2Pool } from "mysql2/promise";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
import { createSessionManager } from "../../src/manager.ts";
import { sweepRegularly } from "../../src/sweep.ts";
import type { DatabaseServer } from "../support/servers/database-server.ts";
import { mysqlServer } from "../support/servers/mariadb.ts";
import { postgresServer } from "../support/servers/postgres.ts";
import {
  asMysql,
  asPostgres,
  mysqlDeployment,
  partsOf,
  postgresDeployment,
  type SqlDeployment,
  sqliteDeployment,
} from "../support/servers/sql-deployments.ts";
import { aRow, expiredRows, forEver, hour } from "../support/sql-rows.ts";
import { Visitor } from "../support/visitor.ts";

let postgres: DatabaseServer;
let mysql: DatabaseServer;
beforeAll(async () => {
  [postgres, mysql] = await Promise.all([postgresServer(), mysqlServer()]);
});
afterAll(() => Promise.all([postgres.close(), mysql.close()]));

type Filled = SqlDeployment & { fill?(values: string): Promise<void> };
const insertInto = "INSERT INTO sojourn_sessions (id, version, user_id, ref, expires_at, body) VALUES";
const onPostgres = (client: "pg" | "postgres") => async (): Promise<Filled> => {
  const deployment = await postgresDeployment(postgres, client);
  const fill = (values: string) =>
    asPostgres(postgres, `SET search_path = ${deployment.schema}; ${insertInto} ${values}`);
  return { ...deployment, fill };
};
const onMysql = (client: "mysql2" | "mariadb") => async (): Promise<Filled> => {
  const deployment = await mysqlDeployment(mysql, client);
  return { ...deployment, fill: (values) => asMysql(mysql, `USE ${deployment.database}; ${insertInto} ${values}`) };
};
const places: readonly { readonly name: string; deploy(): Promise<Filled> }[] = [
  { name: "postgresql, pg", deploy: onPostgres("pg") },
  { name: "postgresql, postgres", deploy: onPostgres("postgres") },
  { name: "mariadb, mysql2", deploy: onMysql("mysql2") },
  { name: "mariadb, mariadb", deploy: onMysql("mariadb") },
  { name: "sqlite", deploy: () => sqliteDeployment({ durable: false }) },
];

describe.each(places)("$name", ({ name, deploy }) => {
  /** An empty place, and as many processes of the application. */
  async function withNodes(
    count: number,
    use: (stores: Awaited<ReturnType<Filled["connect"]>>["store"][], place: Filled) => Promise<void>,
  ) {
    const place = await deploy();
    const connections = await Promise.all(Array.from({ length: count }, () => place.connect()));
    try {
      await use(
        connections.map(({ store }) => store),
        place,
      );
    } finally {
      await Promise.all(connections.map((connection) => connection.close()));
      await place.close();
    }
  }

  test("versionsOf names those that exist, however many are asked for, and leaves out the rest", () =>
    withNodes(1, async ([store]) => {
      const rows = Array.from({ length: 250 }, () => aRow());
      for (const row of rows) await store!.insert(row, forEver);
      await store!.update({ ...rows[7]!, version: 2 });
      await store!.remove(rows[8]!.id);
      const asked = [...rows.map(({ id }) => id), "unknown" as SessionId];
      const versions = await store!.versionsOf(asked);
      expect(versions.size).toBe(249);
      expect([versions.get(rows[6]!.id), versions.get(rows[7]!.id), versions.has(rows[8]!.id)]).toEqual([1, 2, false]);
      expect(await store!.versionsOf([])).toEqual(new Map());
    }));

  test(
    "log out everywhere ends 10,000 sessions of a user while she logs in elsewhere, and misses none that was there before",
    () =>
      withNodes(2, async ([store, other], { fill }) => {
        const sessions = 10_000;
        for (let start = 0; start < sessions; start += 1_000) {
          const ids = Array.from({ length: 1_000 }, (_, index) => `many-${start + index}`);
          if (fill) await fill(ids.map((id) => `('${id}', 1, 'alice', NULL, ${Date.now() + hour}, '{}')`).join());
          else for (const id of ids) await store!.insert(aRow({ id, userId: "alice" }), forEver);
        }
        const [manager, elsewhere] = [store!, other!].map((each) =>
          createSessionManager({
            store: each,
            policy: { sessionsPerUser: "unlimited" },
            deadlines: { read: "30s", write: "30s" },
          }),
        );
        const before: SessionId[] = [];
        for (let times = 0; times < 3; times++) before.push((await new Visitor(elsewhere!).logIn("alice")).id);
        const start = performance.now();
        let isRevoking = true;
        const revoking = manager!.revokeAll("alice").finally(() => {
          isRevoking = false;
        });
        while (isRevoking) {
          await new Visitor(elsewhere!).logIn("alice");
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        const ended = await revoking;
        const took = Math.round(performance.now() - start);
        const left = new Set(await store!.idsOf({ userId: "alice" }));
        const missed = [...left].filter((id) => id.startsWith("many-") || before.includes(id));
        console.info(
          `${name}: revokeAll ended ${ended} sessions in ${took} ms, ${left.size} logins came later, ${missed.length} missed`,
        );
        expect(missed).toEqual([]);
        expect(ended).toBeGreaterThanOrEqual(sessions + before.length);
      }),
    60_000,
  );

  test(
    "several nodes sweep at once, without removing what is valid or keeping what is not",
    () =>
      withNodes(3, async (stores, { fill }) => {
        const count = fill ? 20_000 : 5_000;
        if (fill) for (const values of expiredRows(count)) await fill(values);
        else for (let index = 0; index < count; index++) await stores[0]!.insert(aRow({ expiresAt: 1_000 }), forEver);
        const valid = aRow();
        await stores[0]!.insert(valid, forEver);
        const removed = [0, 0, 0];
        let slowest = 0;
        const start = performance.now();
        const sweeping = stores.map((store, node) => {
          const sweep = async () => {
            const batchStart = performance.now();
            const batch = await store.removeExpired(Date.now(), 500);
            slowest = Math.max(slowest, performance.now() - batchStart);
            removed[node]! += batch;
            return batch;
          };
          return sweepRegularly({ sweep }, { every: "0.2s", limit: 500 });
        });
        while (removed.reduce((sum, each) => sum + each) < count)
          await new Promise((resolve) => setTimeout(resolve, 20));
        await Promise.all(sweeping.map((stop) => stop()));
        const took = Math.round(performance.now() - start);
        console.info(
          `${name}: ${count} expired rows by 3 nodes (${removed.join(" + ")}) in ${took} ms, slowest batch ${Math.round(slowest)} ms`,
        );
        expect(removed.reduce((sum, each) => sum + each)).toBe(count);
        expect(await stores[0]!.scan(null, 10)).toEqual([valid]);
      }),
    60_000,
  );
});

test("a sweep passes over rows that another transaction holds, instead of waiting for it", async () => {
  const [onPg, onMaria] = [await postgresDeployment(postgres, "pg"), await mysqlDeployment(mysql, "mysql2")];
  const [holder, mariaHolder] = [
    new Pool({ connectionString: postgres.url.href, max: 1, options: `-c search_path=${onPg.schema}` }),
    createMysql2Pool({ ...partsOf(mysql.url), database: onMaria.database, connectionLimit: 1 }),
  ];
  const connections = await Promise.all([onPg.connect(), onMaria.connect()]);
  const lock = "SELECT id FROM sojourn_sessions WHERE id = 'held' FOR UPDATE";
  const hold = [
    async () => void (await holder.query(`BEGIN; ${lock}`)),
    async () => {
      await mariaHolder.query("START TRANSACTION");
      await mariaHolder.query(lock);
    },
  ];
  for (const [index, { store }] of connections.entries()) {
    for (const id of ["held", "free"]) await store.insert(aRow({ id, expiresAt: 1_000 }), forEver);
    await hold[index]!();
    expect(await store.removeExpired(Date.now(), 10), store.name).toBe(1);
    expect(await store.find("held" as SessionId)).not.toBe(null);
  }
  await Promise.all([holder.end(), mariaHolder.end(), ...connections.map((connection) => connection.close())]);
  await Promise.all([onPg.close(), onMaria.close()]);
});

test("two nodes whose clocks are ten minutes apart neither lose nor revive a session", async () => {
  for (const { deploy } of places) {
    const place = await deploy();
    const [here, ahead] = await Promise.all([place.connect(), place.connect()]);
    const clockOf = (offset: number) => ({
      now: () => Date.now() + offset,
      after: (wait: number, action: () => void) => {
        const timer = setTimeout(action, wait);
        return () => clearTimeout(timer);
      },
    });
    const manager = createSessionManager({ store: here.store, clock: clockOf(0) });
    const fast = createSessionManager({ store: ahead.store, clock: clockOf(600_000) });
    const alice = new Visitor(manager);
    await alice.logIn("alice");
    expect(await fast.sweep()).toBe(0);
    expect((await alice.open()).kind).toBe("authenticated");
    expect(await fast.list("alice")).toHaveLength(1);
    expect(await fast.revokeAll("alice")).toBe(1);
    expect((await alice.open()).kind).toBe("anonymous");
    await Promise.all([here.close(), ahead.close()]);
    await place.close();
  }
});
