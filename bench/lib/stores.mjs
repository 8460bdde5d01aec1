import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createPool } from "mysql2/promise";
import { Pool } from "pg";
import { createClient, createCluster } from "redis";
import { mysqlSchema, mysqlStore } from "sojourn/mysql";
import { postgresSchema, postgresStore } from "sojourn/postgres";
import { redisStore } from "sojourn/redis";
import { sqliteSchema, sqliteStore } from "sojourn/sqlite";
import { measuredSettings, ownMariadb, ownPostgres, startCluster, startRedisServer } from "./servers.mjs";

/*
 * Each database with the client an application would use, a store on it, and the floor: the read of one row by its key,
 * by the same client, with nothing around it. `statements()` is what the server itself has counted so far.
 */

const columns = "id, version, user_id, ref, expires_at, body";

export async function openRedis() {
  const server = await startRedisServer();
  const client = createClient({ socket: { host: "127.0.0.1", port: server.port } });
  client.on("error", () => {});
  await client.connect();
  return {
    name: "Redis, node-redis",
    client,
    port: server.port,
    store: redisStore(client),
    read: (id) => client.get(`sojourn:s:${id}`),
    statements: async () => countedByRedis([await client.info("commandstats")]),
    async close() {
      client.destroy();
      await server.close();
    },
  };
}

export async function openCluster() {
  const topology = await startCluster();
  const client = createCluster({ rootNodes: topology.ports.map((port) => ({ socket: { host: "127.0.0.1", port } })) });
  client.on("error", () => {});
  await client.connect();
  const masters = () => Promise.all(client.masters.map((master) => client.nodeClient(master)));
  return {
    name: "Redis Cluster, node-redis",
    client,
    ports: topology.ports,
    store: redisStore(client),
    read: (id) => client.get(`sojourn:s:${id}`),
    async statements() {
      return countedByRedis(await Promise.all((await masters()).map((node) => node.info("commandstats"))));
    },
    /** Bytes that the primaries hold, together. */
    async memory() {
      const infos = await Promise.all((await masters()).map((node) => node.info("memory")));
      return infos.reduce((sum, info) => sum + Number(/used_memory:(\d+)/.exec(info)[1]), 0);
    },
    async close() {
      await client.destroy();
      await topology.close();
    },
  };
}

export async function openPostgres() {
  const server = await ownPostgres();
  const connectionString = server.url.href;
  const admin = new Pool({ connectionString, max: 1 });
  await admin.query(`CREATE DATABASE bench`);
  const database = new URL(connectionString);
  database.pathname = "/bench";
  const newPool = () => new Pool({ connectionString: database.href, max: 10 });
  const pool = newPool();
  await pool.query(postgresSchema);
  const text = `SELECT ${columns} FROM sojourn_sessions WHERE id = $1`;
  return {
    name: "PostgreSQL, pg",
    pool,
    store: postgresStore(pool),
    read: (id) => pool.query({ name: "bench-floor", text, values: [id] }),
    /** A backend hands in its counts when it ends, so what is counted runs on a pool of its own. */
    async counted(work) {
      const transactions = async () =>
        Number(
          (await admin.query("SELECT xact_commit FROM pg_stat_database WHERE datname = 'bench'")).rows[0].xact_commit,
        );
      const own = newPool();
      const store = postgresStore(own);
      // The first use of a store looks at its schema once.
      await store.find("a".repeat(22));
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const before = await transactions();
      await work(store);
      await own.end();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return (await transactions()) - before;
    },
    async close() {
      await pool.end();
      await admin.end();
      await server.close();
    },
  };
}

export async function openMariadb() {
  const server = await ownMariadb();
  const { hostname: host, port, username, password } = server.url;
  const address = { host, port: Number(port), user: username, password: decodeURIComponent(password) };
  const setUp = createPool({ ...address, multipleStatements: true });
  await setUp.query(`CREATE DATABASE bench; USE bench; ${mysqlSchema}`);
  await setUp.end();
  const pool = createPool({ ...address, database: "bench", connectionLimit: 10 });
  const text = `SELECT ${columns} FROM sojourn_sessions WHERE id = ?`;
  return {
    name: "MariaDB, mysql2",
    store: mysqlStore(pool),
    read: (id) => pool.execute(text, [id]),
    async statements() {
      const [rows] = await pool.query("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'");
      return Number(rows[0].Value);
    },
    async close() {
      await pool.end();
      await server.close();
    },
  };
}

export async function openSqlite() {
  const folder = mkdtempSync(join(tmpdir(), "sojourn-bench-"));
  const db = new DatabaseSync(join(folder, "sessions.db"));
  db.exec(measuredSettings);
  db.exec(sqliteSchema);
  const floor = db.prepare(`SELECT ${columns} FROM sojourn_sessions WHERE id = ?`);
  return {
    name: "SQLite, node:sqlite",
    db,
    store: sqliteStore(db),
    // Awaited as every store is.
    read: async (id) => floor.get(id),
    async close() {
      db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function countedByRedis(infos) {
  const counts = infos.flatMap((info) => [...info.matchAll(/cmdstat_(\w+)[^:]*:calls=(\d+)/g)]);
  return counts.filter(([, name]) => name !== "info").reduce((sum, [, , calls]) => sum + Number(calls), 0);
}
