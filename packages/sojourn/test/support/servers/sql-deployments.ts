import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import Libsql from "libsql";
import { createPool as createMariadbPool } from "mariadb";
import { createConnection, createPool as createMysql2Pool } from "mysql2/promise";
import { Client, Pool } from "pg";
import postgres from "postgres";
import type { PollableStore, ScannableStore, WatchableStore } from "../../../src/core/store.ts";
import { mysqlSchema, mysqlStore } from "../../../src/stores/mysql.ts";
import { postgresSchema, postgresStore, postgresWatchSchema } from "../../../src/stores/postgres.ts";
import { sqliteSchema, sqliteStore } from "../../../src/stores/sqlite.ts";
import type { DatabaseServer } from "./database-server.ts";
import type { Connection, Deployment } from "./deployment.ts";

export type SqlStore = ScannableStore & PollableStore;
export type SqlDeployment = Deployment<SqlStore>;

export interface SqlDeploymentOptions {
  /** Default 5 connections for a process of the application. */
  readonly connections?: number;
  /** Default `true`. */
  readonly prepare?: boolean;
  /** Without the tables. Default `false`. */
  readonly bare?: boolean;
}

/** A PostgreSQL schema of its own, as processes with `client` use it. */
export async function postgresDeployment(
  server: DatabaseServer,
  client: "pg" | "postgres",
  { connections = 5, prepare = true, bare = false }: SqlDeploymentOptions = {},
): Promise<Deployment<SqlStore & WatchableStore> & { readonly schema: string; urlOf(port?: number): string }> {
  const schema = ownName();
  await asPostgres(
    server,
    `CREATE SCHEMA ${schema}; SET search_path = ${schema}; ${bare ? "" : postgresSchema + postgresWatchSchema}`,
  );
  const urlOf = (port?: number) => {
    const url = at(server.url, port);
    url.searchParams.set("search_path", schema);
    return url.href;
  };
  const connect = {
    pg(port?: number) {
      const connectionString = at(server.url, port).href;
      const pool = new Pool({ connectionString, max: connections, options: `-c search_path=${schema}` });
      return { store: postgresStore(pool, { prepare, listen: pool }), close: () => pool.end() };
    },
    postgres(port?: number) {
      const sql = postgres(at(server.url, port).href, {
        max: connections,
        fetch_types: false,
        connection: { search_path: schema },
        onnotice: () => {},
      });
      return { store: postgresStore(sql, { prepare, listen: sql }), close: () => sql.end({ timeout: 1 }) };
    },
  }[client];
  return {
    name: `postgresql, ${client}`,
    schema,
    urlOf,
    connect: async ({ port } = {}) => connect(port),
    close: () => asPostgres(server, `DROP SCHEMA IF EXISTS ${schema} CASCADE`),
  };
}

/** PostgreSQL inside this process, in memory: one connection, which everybody shares. */
export async function pgliteDeployment(): Promise<Deployment<SqlStore & WatchableStore> & { empty(): Promise<void> }> {
  const db = await PGlite.create();
  await db.exec(postgresSchema + postgresWatchSchema);
  return {
    name: "postgresql, pglite",
    connect: async () => ({ store: postgresStore(db, { listen: db }), close: async () => {} }),
    async empty() {
      await db.exec("TRUNCATE sojourn_sessions");
    },
    close: () => db.close(),
  };
}

/** A database of its own on MySQL or MariaDB, as processes with `client` use it. */
export async function mysqlDeployment(
  server: DatabaseServer,
  client: "mysql2" | "mariadb",
  { connections = 5, prepare = true, bare = false }: SqlDeploymentOptions = {},
): Promise<SqlDeployment & { readonly database: string }> {
  const database = ownName();
  await asMysql(server, `CREATE DATABASE ${database}; USE ${database}; ${bare ? "" : mysqlSchema}`);
  const connect = {
    mysql2(port?: number) {
      const pool = createMysql2Pool({ ...partsOf(at(server.url, port)), database, connectionLimit: connections });
      return { store: mysqlStore(pool, { prepare }), close: () => pool.end() };
    },
    mariadb(port?: number) {
      const pool = createMariadbPool({ ...partsOf(at(server.url, port)), database, connectionLimit: connections });
      return { store: mysqlStore(pool, { prepare }), close: () => pool.end() };
    },
  }[client];
  return {
    name: `${server.control ? "mariadb" : "MYSQL_URL"}, ${client}`,
    database,
    connect: async ({ port } = {}) => connect(port),
    close: () => asMysql(server, `DROP DATABASE IF EXISTS ${database}`),
  };
}

/** A SQLite file, as processes on this machine use it. `durable`: what it acknowledged survives a loss of power. Default `true`. */
export async function sqliteDeployment({ durable = true } = {}): Promise<SqlDeployment & { readonly file: string }> {
  const folder = await mkdtemp(join(tmpdir(), "sojourn-sqlite-"));
  const file = join(folder, "sessions.db");
  const first = new Libsql(file);
  first.exec("PRAGMA journal_mode = WAL");
  first.exec(sqliteSchema);
  first.close();
  return {
    name: "sqlite, libsql",
    file,
    async connect(): Promise<Connection<SqlStore>> {
      const db = new Libsql(file);
      if (!durable) db.exec("PRAGMA synchronous = OFF");
      return { store: sqliteStore(db), close: async () => void db.close() };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs statements as the administrator. */
export async function asPostgres(server: DatabaseServer, statements: string): Promise<void> {
  const client = new Client({ connectionString: server.url.href });
  await client.connect();
  try {
    await client.query(statements);
  } finally {
    await client.end();
  }
}

/** Runs statements as the administrator. */
export async function asMysql(server: DatabaseServer, statements: string): Promise<void> {
  const connection = await createConnection({ ...partsOf(server.url), multipleStatements: true });
  try {
    await connection.query(statements);
  } finally {
    await connection.end();
  }
}

export function partsOf(url: URL) {
  return {
    host: url.hostname,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

function at(given: URL, port?: number): URL {
  const url = new URL(given);
  if (port === undefined) return url;
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return url;
}

function ownName(): string {
  return `sojourn_test_${randomBytes(6).toString("hex")}`;
}
