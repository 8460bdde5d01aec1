import Libsql from "libsql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MigrationCounts, migrateSessions } from "../../src/cli/migrate-sessions.ts";
import type { SessionId } from "../../src/core/ids.ts";
import type { SessionStore, StoredSession } from "../../src/core/store.ts";
import { migrating } from "../../src/stores/migrating.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import type { DatabaseServer } from "../support/servers/database-server.ts";
import type { Deployment } from "../support/servers/deployment.ts";
import { postgresServer } from "../support/servers/postgres.ts";
import { deployRedis } from "../support/servers/redis-deployments.ts";
import { type RedisTopology, startRedis } from "../support/servers/redis-topologies.ts";
import { postgresDeployment, sqliteDeployment } from "../support/servers/sql-deployments.ts";

const sessions = 100_000;
const hour = 3_600_000;

let redis: RedisTopology;
let postgres: DatabaseServer;
beforeAll(async () => {
  [redis, postgres] = await Promise.all([startRedis(), postgresServer()]);
});
afterAll(() => Promise.all([redis.close(), postgres.close()]));

const destinations: { readonly [name: string]: () => Promise<Deployment> } = {
  PostgreSQL: () => postgresDeployment(postgres, "pg"),
  Redis: () => deployRedis(redis, "ioredis"),
};

for (const [name, deploy] of Object.entries(destinations)) {
  test(`${sessions} sessions move from SQLite to ${name} under traffic, stopped twice, and the count adds up`, {
    timeout: 1_200_000,
  }, async () => {
    const deployments = [await sqliteDeployment(), await deploy()] as const;
    const db = new Libsql(deployments[0].file);
    // In WAL mode this waits for no disk with every write, and a loss of power could undo the last ones: there is none.
    db.exec("PRAGMA synchronous = NORMAL");
    const [from, to] = [{ store: sqliteStore(db), close: async () => void db.close() }, await deployments[1].connect()];
    const places = { from: from.store, to: to.store };
    const ids = Array.from(
      { length: sessions },
      (_, number) => `session-${String(number).padStart(6, "0")}` as SessionId,
    );
    db.exec("BEGIN");
    for (const id of ids) await places.from.insert(rowOf(id), { indexUntil: Date.now() + 24 * hour });
    db.exec("COMMIT");

    const traffic = trafficOn(migrating(places), ids);
    const start = performance.now();
    const runs: MigrationCounts[] = [];
    for (const stopAt of [20_000, 60_000, Number.POSITIVE_INFINITY]) {
      const stopping = new AbortController();
      const before = runs.reduce((total, { found }) => total + found, 0);
      const onProgress = ({ found }: { readonly found: number }) => {
        if (before + found >= stopAt) stopping.abort();
      };
      runs.push(await migrateSessions({ ...places, onProgress, signal: stopping.signal }));
    }
    const seconds = (performance.now() - start) / 1_000;
    const { counters, removed, added } = await traffic.stop();

    const total = (count: keyof (typeof runs)[number]) => runs.reduce((sum, run) => sum + run[count], 0);
    let [inTo, wrong, revived] = [0, 0, 0];
    for (const id of [...ids, ...added]) {
      const [there, here] = await Promise.all([migrating(places).find(id, { fresh: true }), places.from.find(id)]);
      if (there) inTo++;
      if (removed.has(id) && there) revived++;
      if (here !== null || (!removed.has(id) && there?.body !== `${counters.get(id) ?? 0}`)) wrong++;
    }
    console.info(
      `SQLite to ${name}: ${sessions} sessions and ${added.length} new logins, ${seconds.toFixed(1)} s, ${Math.round(total("found") / seconds)} a second by the command; ` +
        `meanwhile ${traffic.requests()} requests moved others, with ${[...counters.values()].reduce((a, b) => a + b, 0)} acknowledged updates and ${removed.size} logouts. ` +
        `The command: ${["found", "moved", "ended", "expired", "left", "duplicated", "lost"].map((count) => `${total(count as "found")} ${count}`).join(", ")}. ` +
        `In the end: ${inTo} = ${sessions} + ${added.length} - ${removed.size}; ${revived} revived, ${wrong} lost, changed or in both.`,
    );
    expect([total("lost"), total("duplicated"), total("left"), revived, wrong]).toEqual([0, 0, 0, 0, 0]);
    expect(inTo).toBe(sessions + added.length - removed.size);
    await Promise.all([from.close(), to.close()]);
    await Promise.all(deployments.map((deployment) => deployment.close()));
  });
}

/** Requests that read, count up, log out and log in, eight at a time, until they are told to stop. */
function trafficOn(store: SessionStore, ids: readonly SessionId[]) {
  const counters = new Map<SessionId, number>();
  const removed = new Set<SessionId>();
  const added: SessionId[] = [];
  const busy = new Set<SessionId>();
  let isOver = false;
  let requests = 0;
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed / 0x80000000;
  };

  async function visitor(): Promise<void> {
    while (!isOver) {
      const id = ids[Math.floor(random() * ids.length)] as SessionId;
      if (busy.has(id)) continue;
      busy.add(id);
      const wish = random();
      requests++;
      if (wish < 0.1) {
        const login = `login-${String(added.length).padStart(6, "0")}` as SessionId;
        added.push(login);
        if (!(await store.insert(rowOf(login), { indexUntil: Date.now() + 24 * hour })))
          throw new Error("a new id was taken");
      } else if (wish < 0.2) {
        const was = removed.has(id);
        if ((await store.remove(id)) === was) throw new Error(`${id} was removed ${was ? "twice" : "by nobody"}`);
        removed.add(id);
      } else {
        const row = await store.find(id);
        if ((row === null) !== removed.has(id)) throw new Error(`${id} was ${row ? "revived" : "lost"}`);
        if (row !== null && wish < 0.6) {
          const { version, expiresAt, body } = row;
          if (body !== `${counters.get(id) ?? 0}`) throw new Error(`${id} holds ${body}, not ${counters.get(id)}`);
          if (await store.update({ id, version: version + 1, expiresAt, body: `${Number(body) + 1}` })) {
            counters.set(id, Number(body) + 1);
          } else throw new Error(`${id}: an update was refused, and nobody else was at it`);
        }
      }
      busy.delete(id);
      // The command is to do most of it.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  const visitors = Promise.all(Array.from({ length: 8 }, visitor));
  visitors.catch(() => {});
  return {
    requests: () => requests,
    async stop() {
      isOver = true;
      await visitors;
      return { counters, removed, added };
    },
  };
}

function rowOf(id: SessionId): StoredSession {
  return { id, version: 1, userId: `user ${id.slice(-3)}`, ref: null, expiresAt: Date.now() + 10 * hour, body: "0" };
}
