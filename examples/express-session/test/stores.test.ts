import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RedisStore } from "connect-redis";
import { Pool } from "pg";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownPostgres } from "../../../packages/sojourn/test/support/servers/postgres.ts";
import { startRedisServer } from "../../../packages/sojourn/test/support/servers/redis-server.ts";
import { alice, openBookshop, ordinary } from "./bookshop.ts";
import { type CreateSession, openSlowSite, sessionOf } from "./slow-site.ts";

/*
 * Existing store classes, as applications have them, under `sojourn/express-session`: each on the real thing, and each
 * twice, as two processes of one application have it.
 */

interface Place {
  /** A store on it, as a process has it. */
  store(): unknown;
  /** Everything that is stored, as text. */
  all(): Promise<string>;
  close(): Promise<unknown>;
}

const require = createRequire(import.meta.url);
const classOf = async (name: string) => require(name)(await sessionOf("sojourn/express-session"));

const places: { readonly [name: string]: () => Promise<Place> } = {
  async "connect-redis"() {
    const server = await startRedisServer();
    const client = await createClient({ url: `redis://127.0.0.1:${server.port}` }).connect();
    return {
      store: () => new RedisStore({ client, prefix: "shop:" }),
      all: async () => JSON.stringify(await client.mGet((await client.keys("*")) as string[])),
      close: async () => [client.destroy(), await server.close()],
    };
  },
  async "connect-pg-simple"() {
    const server = await ownPostgres();
    const pool = new Pool({ connectionString: server.url.href });
    const PgStore = await classOf("connect-pg-simple");
    const ready = new PgStore({ pool, createTableIfMissing: true, pruneSessionInterval: false });
    await new Promise((resolve) => ready.get("none", resolve));
    return {
      store: () => new PgStore({ pool, createTableIfMissing: true, pruneSessionInterval: false }),
      all: async () => JSON.stringify((await pool.query("SELECT * FROM session")).rows),
      close: async () => [await pool.end(), await server.close()],
    };
  },
  async "session-file-store"() {
    const path = mkdtempSync(join(tmpdir(), "sojourn-sessions-"));
    const FileStore = await classOf("session-file-store");
    const store = () => new FileStore({ path, retries: 0, reapInterval: -1, logFn() {} });
    const texts = (files: readonly string[]) =>
      files.map((file) => require("node:fs").readFileSync(join(path, file), "utf8"));
    return {
      store,
      all: async () => JSON.stringify(texts(require("node:fs").readdirSync(path))),
      close: async () => rmSync(path, { recursive: true }),
    };
  },
};

describe.each(Object.entries(places))("%s", (_, open) => {
  let place: Place;
  let session: CreateSession;

  beforeAll(async () => {
    place = await open();
    session = await sessionOf("sojourn/express-session");
  });
  afterAll(() => place.close());

  test("the bookshop works on it: logins, messages, a basket, logouts", async () => {
    const [shop, other] = [await bookshop(), await bookshop()];
    const visitor = shop.visitor();
    await visitor.post("/basket", { book: "Emma" });
    await visitor.post("/login", { ...alice, password: "wrong" });
    expect(await visitor.read("/messages")).toEqual(["Wrong name or password"]);
    await visitor.post("/login", alice);
    for (const book of ["Emma", "Persuasion"]) await visitor.post("/basket", { book });
    expect(await visitor.read("/")).toEqual({ user: "alice", views: 1, basket: ["Emma", "Persuasion"] });
    const copy = visitor.copy();
    await visitor.post("/logout");
    expect([await visitor.read("/whoami"), await copy.read("/whoami")]).toMatchObject([{ user: null }, { user: null }]);
    await Promise.all([shop.close(), other.close()]);
  });

  test("it never holds what the cookie holds", async () => {
    const shop = await bookshop();
    const visitor = shop.visitor();
    await visitor.post("/login", alice);
    const { id } = await visitor.read<{ id: string }>("/whoami");
    const [, secret = ""] = /\.([\w-]{44})\./.exec(decodeURIComponent(visitor.cookies)) ?? [];
    const stored = await place.all();
    expect([secret.length, stored.includes(secret), stored.includes(id)]).toEqual([44, false, true]);
    await shop.close();
  });

  test("requests at once lose nothing within one process", async () => {
    const shop = await bookshop();
    const visitor = shop.visitor();
    await visitor.post("/basket", { book: "0" });
    await Promise.all([1, 2, 3, 4, 5].map((book) => visitor.post("/basket", { book: String(book) })));
    const { basket } = await visitor.read<{ basket: string[] }>("/");
    expect(basket.toSorted()).toEqual(["0", "1", "2", "3", "4", "5"]);
    await shop.close();
  });

  test("a session that one process ends does not come back from a slow request in another", async () => {
    const [here, there] = [await slowSite(), await slowSite()];
    const visitor = here.visitor();
    await visitor.post("/begin");
    const elsewhere = there.visitor(visitor);
    const slow = elsewhere.post("/slow/left");
    await there.at.left?.reached;
    await visitor.copy().post("/logout");
    there.at.left?.open();
    expect((await slow).status).toBe(200);
    expect(await visitor.read("/")).toEqual({});
    await Promise.all([here.close(), there.close()]);
  });

  const bookshop = () => openBookshop("sojourn/express-session", { ...ordinary, store: place.store() });
  const slowSite = () => openSlowSite(session, { store: place.store(), warn: false });
});
