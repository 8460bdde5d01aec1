import express from "express";
import { Pool } from "pg";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expressSessions } from "../../src/adapters/express.ts";
import type { SessionEvent } from "../../src/core/events.ts";
import { createSessionManager, type SessionManager } from "../../src/manager.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { postgresSchema, postgresStore } from "../../src/stores/postgres.ts";
import { type RedisClient, redisStore } from "../../src/stores/redis.ts";
import { liveUpgrade } from "../../src/upgrade/index.ts";
import { listen } from "../adapters/applications/listen.ts";
import type { DatabaseServer } from "../support/servers/database-server.ts";
import { postgresServer } from "../support/servers/postgres.ts";
import { connectClient } from "../support/servers/redis-clients.ts";
import { type RedisTopology, startRedis } from "../support/servers/redis-topologies.ts";
import {
  type EarlierApplication,
  onBetterAuth,
  onConnectPgSimple,
  onConnectRedis,
  onCookieSession,
  onIronSession,
} from "./support/earlier-applications.ts";
import type { Jar } from "./support/jar.ts";
import { type Libraries, libraries } from "./support/libraries.ts";

let earlierLibraries: Libraries;
let redis: RedisTopology;
let postgres: DatabaseServer;
let pool: Pool;
const clients: { close(): Promise<void>; client: RedisClient }[] = [];
beforeAll(async () => {
  [earlierLibraries, redis, postgres] = await Promise.all([libraries(), startRedis(), postgresServer()]);
  pool = new Pool({ connectionString: postgres.url.href, max: 5 });
  await pool.query(postgresSchema);
  for (const name of ["node-redis", "ioredis"] as const) clients.push(await connectClient(name, redis));
});
afterAll(async () => {
  for (const { close } of clients) await close();
  await pool.end();
  await Promise.all([redis.close(), postgres.close()]);
});
const redisUrl = () => `redis://127.0.0.1:${redis.ports[0]}`;
const client = (at: number) => clients[at]!.client;

const kinds: { readonly [name: string]: () => Promise<EarlierApplication> } = {
  "express-session, connect-redis, through node-redis": () => onConnectRedis(earlierLibraries, client(0), redisUrl()),
  "express-session, connect-redis, through ioredis": () => onConnectRedis(earlierLibraries, client(1), redisUrl()),
  "express-session, connect-pg-simple": () => onConnectPgSimple(earlierLibraries, pool),
  "cookie-session": () => onCookieSession(earlierLibraries),
  "iron-session": () => onIronSession(earlierLibraries),
  "iron-session over several cookies": () => onIronSession(earlierLibraries, { chunk: true }),
  "better-auth": () => onBetterAuth(earlierLibraries, pool),
};
const stores = {
  memory: () => memoryStore(),
  redis: () => redisStore(client(0)),
  postgres: () => postgresStore(pool),
};

describe.each(Object.keys(kinds))("from %s", (kind) => {
  let earlier: EarlierApplication;
  let now: { readonly origin: string; close(): Promise<void> };
  let manager: SessionManager<{ cart?: string[] }>;
  let events: SessionEvent[];
  let passed: number;

  beforeEach(async () => {
    events = [];
    passed = 0;
    earlier = await kinds[kind]!();
    const clock = { now: () => Date.now() + passed, after: later };
    const store = stores[kind.includes("ioredis") ? "redis" : kind.includes("pg") ? "postgres" : "memory"]();
    manager = createSessionManager<{ cart?: string[] }>({
      store,
      clock,
      onEvent: (event) => events.push(event),
      liveUpgrade: liveUpgrade({ sources: [earlier.source()], until: new Date(Date.now() + 30 * 86_400_000) }),
    });
    const sessions = expressSessions(manager);
    const app = express();
    app.use(sessions.middleware);
    app.get("/", (request, response) => {
      const { userId, data } = sessions.of(request) as { readonly userId: string | null; readonly data: object };
      response.json({ userId, data });
    });
    app.post("/logout", async (request, response) => {
      await sessions.of(request).end();
      response.end();
    });
    now = await listen(app);
    await manager.revokeAll("alice");
    events.length = 0;
  });
  afterEach(async () => {
    await now.close();
    await earlier.close();
  });
  const opened = async (jar: Jar, loses = false) =>
    (await (await jar.fetch(now.origin, { loses })).json()) as {
      readonly userId: string | null;
      readonly data: object;
    };

  test("whoever is logged in there is logged in here, and no longer there", async () => {
    const jar = await earlier.logIn("alice");
    const before = jar.copy();
    const user = await earlier.whoIs(jar);
    expect(user).not.toBe("");
    const { userId, data } = await opened(jar);
    expect(userId).toBe(user);
    if (kind !== "better-auth") expect(data).toEqual({ cart: ["book"] });
    expect([...jar.cookies.keys()]).toEqual(["__Host-Http-id"]);
    if (earlier.rows) {
      expect(await earlier.rows()).toBe(0);
      expect(await earlier.whoIs(before)).toBe("");
    }
    expect((await opened(jar)).userId).toBe(user);
    const moved = { type: "session_moved", source: earlier.source().name, userId: user };
    expect(events.filter(({ type }) => type === "session_moved")).toEqual([expect.objectContaining(moved)]);
  });

  test("ten requests at once, some with their answers lost, make one session", async () => {
    const jar = await earlier.logIn("alice");
    const copies = Array.from({ length: 10 }, () => jar.copy());
    const answers = await Promise.all(copies.map((copy, at) => opened(copy, at % 2 === 0)));
    const users = new Set(answers.map(({ userId }) => userId));
    expect(users.size).toBe(1);
    const [user] = users;
    expect(user).not.toBe(null);
    expect((await opened(jar)).userId).toBe(user);
    expect(await manager.list(user as string)).toHaveLength(1);
    await manager.revokeAll(user as string);
  });

  test("a copy of the cookie is worth nothing a minute later, nor once its user has logged out", async () => {
    const jar = await earlier.logIn("alice");
    const [late, copy] = [jar.copy(), jar.copy()];
    await opened(jar);
    passed = 61_000;
    expect((await opened(late)).userId).toBe(null);
    passed = 0;
    const { status } = await jar.fetch(`${now.origin}/logout`, {
      method: "POST",
      headers: { "sec-fetch-site": "same-origin" },
    });
    expect(status).toBe(200);
    expect((await opened(copy)).userId).toBe(null);
  });

  test("a cookie that was changed by a letter is nobody's", async () => {
    const jar = await earlier.logIn("alice");
    for (const [name, value] of jar.cookies) {
      if (/session_data|\.1$/.test(name)) continue;
      for (const at of [0, Math.floor(value.length / 3), Math.floor(value.length / 2)]) {
        const forged = jar.copy();
        forged.cookies.set(name, `${value.slice(0, at)}${value[at] === "a" ? "b" : "a"}${value.slice(at + 1)}`);
        expect((await opened(forged)).userId).toBe(null);
      }
    }
    expect((await opened(jar)).userId).not.toBe(null);
  });

  test("who had logged out there is not logged in here", async () => {
    const jar = await earlier.logIn("alice");
    await earlier.logOut(jar);
    // Where the cookie is all there is, nobody can know: the page on that library says so.
    if (earlier.rows) expect((await opened(jar)).userId).toBe(null);
    expect(await earlier.rows?.()).toBe(earlier.rows ? 0 : undefined);
  });
});

test("an iron-session seal in another spelling is the same seal, and moves no second time", async () => {
  const earlier = await onIronSession(earlierLibraries);
  const events: SessionEvent[] = [];
  let passed = 0;
  const manager = createSessionManager({
    store: memoryStore(),
    clock: { now: () => Date.now() + passed, after: later },
    onEvent: (event) => events.push(event),
    liveUpgrade: liveUpgrade({ sources: [earlier.source()], until: new Date(Date.now() + 86_400_000) }),
  });
  const seal = decodeURIComponent((await earlier.logIn("alice")).cookies.get("sealed")!);
  await earlier.close();
  const open = async (value: string) => {
    const sink = { writable: true, setCookie() {}, setHeader() {}, setCaching() {} };
    const header = (name: string) => (name === "cookie" ? `sealed=${encodeURIComponent(value)}` : null);
    return (await manager.open({ method: "GET", url: "https://shop.example/", secure: true, header }, sink)).kind;
  };
  expect(await open(seal)).toBe("authenticated");
  passed = 120_000;
  // Its last characters hold bits that no byte has, and the version after it is outside of what is signed.
  const spellings = [seal.replace(/~2$/, "~3"), seal.replace(/~2$/, ""), `${seal}~2`, seal.replace("*", "%2A")];
  const [body = ""] = seal.split("~");
  for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
    spellings.push(`${body.slice(0, -1)}${letter}~2`);
  }
  for (const spelling of spellings) expect(await open(spelling)).toBe("anonymous");
  expect(events.filter(({ type }) => type === "session_moved")).toHaveLength(1);
});

test("a Redis or a table that is down is a 503 that says which, and moves nobody", async () => {
  const down = createClient({
    url: "redis://127.0.0.1:1",
    disableOfflineQueue: true,
    socket: { reconnectStrategy: false },
  });
  down.on("error", () => {});
  await down.connect().catch(() => {});
  const away = new Pool({ connectionString: "postgres://nobody:secret-of-the-database@127.0.0.1:1/none" });
  const [{ connectPgSimple, connectRedis, expressSession }] = [await import("../../src/upgrade/index.ts")];
  for (const store of [connectRedis(down), connectPgSimple(away)]) {
    const source = expressSession({ secret: "s", store, carry: () => ({ userId: "alice" }) });
    const manager = createSessionManager({
      store: memoryStore(),
      liveUpgrade: liveUpgrade({ sources: [source], until: new Date(Date.now() + 86_400_000) }),
    });
    const { signed } = await import("../support/earlier-app.ts");
    const header = (name: string) => (name === "cookie" ? `connect.sid=${signed("some-id", "s")}` : null);
    const sink = { writable: true, setCookie() {}, setHeader() {}, setCaching() {} };
    const opening = manager.open({ method: "GET", url: "https://shop.example/", secure: true, header }, sink);
    await expect(opening).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE", status: 503 });
    const said = await opening.catch(
      (error: Error) => `${error.message} ${(error.cause as Error | undefined)?.message}`,
    );
    expect(said).toMatch(/redis store failed|table of connect-pg-simple cannot be asked/);
    expect(said).not.toMatch(/some-id|secret-of-the-database/);
  }
  await away.end();
});

function later(milliseconds: number, then: () => void): () => void {
  const timer = setTimeout(then, milliseconds);
  return () => clearTimeout(timer);
}
