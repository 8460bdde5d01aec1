import { createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoredSession } from "../../src/core/store.ts";
import type { DatabaseServer } from "../support/servers/database-server.ts";
import { ownMariadb } from "../support/servers/mariadb.ts";
import { asMysql, mysqlDeployment, partsOf } from "../support/servers/sql-deployments.ts";
import { aRow, forEver } from "../support/sql-rows.ts";
import { describeStoreContract } from "../support/store-contract.ts";
import { describeSqlFaults } from "./sql-faults.ts";

const clients = ["mysql2", "mariadb"] as const;

for (const client of clients) {
  describeSqlFaults({
    name: `mariadb, ${client}`,
    stop: "SIGTERM",
    start: () => ownMariadb({ durable: true }),
    deploy: (server, options) => mysqlDeployment(server, client, options),
  });
}

describe("every transaction serializable", () => {
  let server: DatabaseServer;
  beforeAll(async () => {
    server = await ownMariadb({ settings: ["--transaction-isolation=SERIALIZABLE"] });
  });
  afterAll(() => server.close());
  for (const client of clients) {
    describeStoreContract(`mariadb serializable, ${client}`, () => mysqlDeployment(server, client));
  }
});

describe("what other transactions and the server's settings do", () => {
  let server: DatabaseServer;
  beforeAll(async () => {
    server = await ownMariadb({ settings: ["--innodb-lock-wait-timeout=1"] });
  });
  afterAll(() => server.close());

  test.each(clients)(
    "%s: an update that waits too long for a lock is false, a removal is tried again",
    async (client) => {
      const place = await mysqlDeployment(server, client);
      const { store, close } = await place.connect();
      const rows = [aRow(), aRow(), aRow(), aRow()] as const;
      for (const row of rows) await store.insert(row, forEver);
      const other = await createConnection({ ...partsOf(server.url), database: place.database });
      const held = async (use: () => Promise<unknown>) => {
        await other.query("START TRANSACTION");
        await other.query("UPDATE sojourn_sessions SET body = 'held'");
        const waiting = use();
        const answer = await Promise.race([waiting, new Promise((resolve) => setTimeout(() => resolve("waits"), 300))]);
        expect(answer).toBe("waits");
        return { waiting, release: () => other.query("ROLLBACK") };
      };
      const update = await held(() => store.update({ ...rows[0], version: 2 }));
      expect(await update.waiting).toBe(false);
      await update.release();
      expect(await store.find(rows[0].id)).toEqual(rows[0]);

      const removal = await held(() => store.remove(rows[1].id));
      await removal.release();
      expect(await removal.waiting).toBe(true);

      const given = await held(() => store.remove(rows[2].id));
      await expect(given.waiting).rejects.toMatchObject({
        code: "ERR_STORE_UNAVAILABLE",
        message: expect.stringContaining('The mysql store gave "remove" up'),
      });
      await given.release();
      expect(await store.remove(rows[2].id)).toBe(true);
      await other.end();
      await close();
      await place.close();
    },
  );

  test.each(clients)("%s: an update that loses in a deadlock is false, a removal is done after it", async (client) => {
    const place = await mysqlDeployment(server, client);
    const { store, close } = await place.connect();
    const [changed, removed] = [aRow(), aRow()];
    for (const row of [changed, removed]) await store.insert(row, forEver);
    // The store's statement takes a row, then waits for a table of the other transaction, which then wants that row.
    const waits = "FOR EACH ROW SELECT COUNT(*) INTO @seen FROM held FOR UPDATE";
    await asMysql(
      server,
      `USE ${place.database}; CREATE TABLE held (id INTEGER PRIMARY KEY);
       CREATE TRIGGER on_update BEFORE UPDATE ON sojourn_sessions ${waits};
       CREATE TRIGGER on_delete BEFORE DELETE ON sojourn_sessions ${waits};`,
    );
    const inDeadlock = async <Answer>(row: StoredSession, use: () => Promise<Answer>): Promise<Answer> => {
      const other = await createConnection({ ...partsOf(server.url), database: place.database });
      await other.query("START TRANSACTION");
      // Whoever changed more survives.
      await other.query("INSERT INTO held SELECT seq FROM seq_1_to_1000");
      const using = use();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await other.query("SELECT id FROM sojourn_sessions WHERE id = ? FOR UPDATE", [row.id]);
      await other.query("ROLLBACK");
      await other.end();
      return using;
    };
    const before = await deadlocks();
    expect(await inDeadlock(changed, () => store.update({ ...changed, version: 2 }))).toBe(false);
    expect(await inDeadlock(removed, () => store.remove(removed.id))).toBe(true);
    expect((await deadlocks()) - before).toBeGreaterThanOrEqual(2);
    expect(await store.find(changed.id)).toEqual(changed);
    await close();
    await place.close();
  });

  test.each(clients)(
    "%s: many that insert, change, remove and sweep at once end in deadlocks at worst, which nobody sees",
    async (client) => {
      const place = await mysqlDeployment(server, client);
      const connections = await Promise.all([place.connect(), place.connect()]);
      const before = await deadlocks();
      await Promise.all(
        Array.from({ length: 400 }, async (_, index) => {
          const { store } = connections[index % 2]!;
          const row = aRow({ userId: "alice", ref: "ref", expiresAt: Date.now() + (index % 3 === 0 ? -1 : 3_600_000) });
          expect(await store.insert(row, forEver)).toBe(true);
          await Promise.all([
            store.update({ ...row, version: 2 }),
            store.removeExpired(Date.now(), 50),
            store.remove(row.id),
          ]);
        }),
      );
      console.info(`mariadb, ${client}: ${(await deadlocks()) - before} deadlocks among 1,600 statements, none shown`);
      expect(await connections[0]!.store.scan(null, 1_000)).toEqual([]);
      await Promise.all(connections.map((connection) => connection.close()));
      await place.close();
    },
  );

  async function deadlocks(): Promise<number> {
    const connection = await createConnection(partsOf(server.url));
    const [rows] = await connection.query("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'");
    await connection.end();
    return Number((rows as { Value: string }[])[0]?.Value);
  }

  test.each(clients)("%s: a server that only reads", async (client) => {
    const place = await mysqlDeployment(server, client);
    // A session has the setting of the moment when it began.
    await asMysql(server, "SET GLOBAL tx_read_only = 1");
    try {
      const reading = await place.connect();
      expect(await reading.store.find(aRow().id)).toBe(null);
      await expect(reading.store.insert(aRow(), forEver)).rejects.toMatchObject({
        code: "ERR_STORE_UNAVAILABLE",
        message: expect.stringContaining("the server is read-only (a replica?): connect to the primary"),
      });
      await reading.close();
    } finally {
      await asMysql(server, "SET SESSION tx_read_only = 0; SET GLOBAL tx_read_only = 0");
    }
    const { store, close } = await place.connect();
    expect(await store.insert(aRow(), forEver)).toBe(true);
    await close();
    await place.close();
  });
});
