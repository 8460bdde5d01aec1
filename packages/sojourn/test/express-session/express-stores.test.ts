import { afterEach, describe, expect, test } from "vitest";
import { aesGcmCodec } from "../../src/codec/index.ts";
import type { SessionId } from "../../src/core/ids.ts";
import { overExpressStore } from "../../src/express-session/over-express-store.ts";
import { MemoryStore, Store } from "../../src/express-session/store.ts";
import { createSessionManager } from "../../src/index.ts";
import { storeChecks } from "../../src/testing/index.ts";
import { gate } from "./support/gate.ts";
import { done, openSite, type Site } from "./support/site.ts";

const closing: Site[] = [];
afterEach(async () => {
  for (const each of closing.splice(0)) await each.close();
});

/** What such a store cannot keep, and says so: it removes expired sessions by itself. */
const notKept = /^(removeExpired|sweeps|a row is judged|an update may also bring)/;

describe("over a store of express-session, within one process, the contract of a store holds", () => {
  const checks = storeChecks(async () => {
    const store = overExpressStore(new MemoryStore());
    return { stores: [store], close: async () => {} };
  });
  test.each(checks.filter(({ name }) => !notKept.test(name)))("$name", (check) => check.run());
});

class Bare extends Store {}

const row = (id: string, version = 1) => ({
  ...{ id: id.padEnd(22, "x") as SessionId, version, userId: "alice", ref: null, expiresAt: 2e12 },
  body: `1head\n\n${JSON.stringify({ cookie: { expires: null, originalMaxAge: null }, views: version })}`,
});
const later = { indexUntil: 3e12 };

test("of two processes none brings back a session that the other has removed, whenever its write arrives", async () => {
  const memory = new MemoryStore();
  const waiting = gate();
  // The other process: its write is on its way while the session is removed.
  const slow = Object.assign(Object.create(memory) as MemoryStore, {
    get: memory.get.bind(memory),
    destroy: memory.destroy.bind(memory),
    set: (...given: Parameters<MemoryStore["set"]>) => void waiting.pass().then(() => memory.set(...given)),
  });
  const [here, there] = [overExpressStore(memory), overExpressStore(slow)];
  const { id } = row("a");
  await here.insert(row("a"), later);
  const write = there.update(row("a", 2));
  await waiting.reached;
  expect(await here.remove(id)).toBe(true);
  waiting.open();
  await write;
  // The row is in the store again, and nobody reads it.
  expect(await done((callback) => memory.get(id, (_, found) => callback(found ? null : new Error())))).toBeUndefined();
  expect([await here.find(id), await there.find(id)]).toEqual([null, null]);
  expect(await here.update(row("a", 3))).toBe(false);
  expect(await here.insert(row("a"), later)).toBe(false);
});

test("the application's data is where it was for code that looks through the store, and the cookie tells the store when to forget", async () => {
  const memory = new MemoryStore();
  const shop = await openSite(
    { store: memory, cookie: { maxAge: 3_600_000 } },
    {
      "POST /": ({ session }) => {
        session.passport = { user: "alice" };
        return {};
      },
      "GET /": ({ session, sessionID }) => ({ user: session.passport?.user ?? null, id: sessionID }),
    },
  );
  closing.push(shop);
  const visitor = shop.visitor();
  await visitor.post("/");
  const { id } = await visitor.read<{ id: string }>("/");
  const stored = await new Promise((resolve) => void memory.get(id, (_, session) => resolve(session)));
  const hourAfterItsEnd = new Date(shop.clock.now() + 2 * 3_600_000).toISOString();
  expect(stored).toMatchObject({ passport: { user: "alice" }, cookie: { expires: hourAfterItsEnd } });
  const [, secret = ""] = /\.([\w-]{44})\./.exec(decodeURIComponent(visitor.cookies)) ?? [];
  expect(secret).toHaveLength(44);
  expect(JSON.stringify(stored)).not.toContain(secret);
  // As an application logs a user out from outside: by the store it gave, and the id it knows.
  await done((callback) => memory.destroy(id, callback as never));
  expect(await visitor.read("/")).toMatchObject({ user: null });
});

test("a manager finds a user's sessions in a store that has all(), and says so where it has none", async () => {
  const memory = new MemoryStore();
  const shop = await openSite(
    { store: memory },
    {
      "POST /": ({ session }) => {
        session.passport = { user: "alice" };
        return {};
      },
      "GET /": ({ session }) => ({ user: session.passport?.user ?? null }),
    },
  );
  closing.push(shop);
  const visitor = shop.visitor();
  await visitor.post("/");
  const { clock } = shop;
  const manager = createSessionManager({ store: overExpressStore(memory), clock });
  expect(await manager.revokeAll("alice")).toBe(1);
  expect(await visitor.read("/")).toEqual({ user: null });
  const { get, set, destroy } = memory;
  const bare = Object.assign(new Bare(), { get, set, destroy });
  const blind = createSessionManager({ store: overExpressStore(bare), clock });
  await expect(blind.list("alice")).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
});

test("sealed sessions are kept as they are, and opened again", async () => {
  const codec = aesGcmCodec({ keys: [{ id: "2026-01", secret: new Uint8Array(32).fill(1) }] });
  const memory = new MemoryStore();
  const shop = await openSite(
    { store: memory, codec },
    {
      "GET /": ({ session }) => {
        session.views = (session.views ?? 0) + 1;
        return { views: session.views };
      },
    },
  );
  closing.push(shop);
  const visitor = shop.visitor();
  await visitor.get("/");
  expect(await visitor.read("/")).toEqual({ views: 2 });
});

test("a store that fails, throws, rejects or says ENOENT is heard", async () => {
  const failing = (get: () => unknown) => {
    const store = Object.assign(new Bare(), { get, set() {}, destroy() {} });
    return overExpressStore(store as never).find(row("a").id);
  };
  const problem = new Error("down");
  const noFile = Object.assign(new Error("no such file"), { code: "ENOENT" });
  type Answered = (error: unknown) => void;
  const calls = (error: unknown) => ((_: string, callback: Answered) => callback(error)) as never;
  await expect(failing(calls(problem))).rejects.toBe(problem);
  await expect(failing(() => Promise.reject(problem))).rejects.toBe(problem);
  await expect(
    failing(() => {
      throw problem;
    }),
  ).rejects.toBe(problem);
  expect(await failing(calls(noFile))).toBeNull();
});

test("a database that is not reached by its Unix socket is no missing session, and what such a store did not write is not written", async () => {
  const down = Object.assign(new Error("connect ENOENT /run/db.sock"), { code: "ENOENT", syscall: "connect" });
  const noFolder = Object.assign(new Error("ENOENT, open"), { code: "ENOENT", syscall: "open" });
  type Answered = (error: unknown, value?: unknown) => void;
  const storeWith = (verbs: object) => {
    const found = (_: string, callback: Answered) => callback(null, null);
    const works = (...given: unknown[]) => (given.at(-1) as Answered)(null);
    return overExpressStore(Object.assign(new Bare(), { get: found, set: works, destroy: works }, verbs) as never);
  };
  const fails =
    (error: unknown) =>
    (...given: unknown[]) =>
      (given.at(-1) as Answered)(error);
  await expect(storeWith({ get: fails(down) }).find(row("a").id)).rejects.toBe(down);
  for (const error of [down, noFolder]) {
    await expect(storeWith({ set: fails(error) }).insert(row("a"), later)).rejects.toBe(error);
  }
  const memory = new MemoryStore();
  await overExpressStore(memory).insert(row("a"), later);
  const get = memory.get.bind(memory);
  await expect(storeWith({ get, destroy: fails(down) }).remove(row("a").id)).rejects.toBe(down);
  expect(await storeWith({ get, destroy: fails(noFolder) }).remove(row("a").id)).toBe(true);
});

test("what such a store holds of express-session itself is no session of ours", async () => {
  const memory = new MemoryStore();
  const { id } = row("old");
  await done((callback) => memory.set(id, { cookie: {}, views: 1 } as never, callback as never));
  expect(await overExpressStore(memory).find(id)).toBeNull();
});

test("a store class is derived from Store in either of the ways there are, and tells of itself by events", () => {
  class Modern extends Store {}
  function Old(this: object) {
    (Store as unknown as (this: object) => void).call(this);
  }
  Object.setPrototypeOf(Old.prototype, Store.prototype);
  for (const store of [new Modern(), new (Old as never as new () => Modern)()]) {
    const heard: string[] = [];
    store.on("connect", () => heard.push("connect"));
    store.emit("connect");
    expect([store instanceof Store, heard]).toEqual([true, ["connect"]]);
  }
});

describe("req.sessionStore", () => {
  const ask = <T>(call: (callback: (error?: unknown, value?: T | null) => void) => unknown) =>
    new Promise<T | null | undefined>((resolve, reject) => {
      call((error, value) => (error ? reject(error) : resolve(value)));
    });

  test.each(["a store of Sojourn", "a store of express-session"])("shows and ends sessions, over %s", async (kind) => {
    const store = kind === "a store of Sojourn" ? {} : { store: new MemoryStore() };
    const shop = await openSite(store, {
      "POST /": ({ session }) => {
        session.views = 1;
        return {};
      },
      "GET /": ({ session, sessionID }) => ({ views: session.views ?? null, id: sessionID }),
      "GET /all": async ({ sessionStore, sessionID }) => {
        const all = (await ask((callback) => sessionStore.all?.(callback))) as Record<string, { views?: number }>;
        return {
          ids: Object.keys(all),
          views: Object.values(all).map(({ views }) => views),
          length: await ask((callback) => sessionStore.length?.(callback)),
          own: await ask((callback) => sessionStore.get(sessionID, callback)),
          touched: await ask((callback) => sessionStore.touch?.(sessionID, {}, callback)),
        };
      },
      "POST /set": ({ sessionStore, query }) =>
        ask((callback) => sessionStore.set(String(query.id), { views: 7 } as never, callback)).then(
          () => ({}),
          ({ code }) => ({ code }),
        ),
      "POST /end": ({ sessionStore, query }) =>
        ask((callback) => sessionStore.destroy(String(query.id), callback)).then(() => ({})),
      "POST /clear": ({ sessionStore }) => ask((callback) => sessionStore.clear?.(callback)).then(() => ({})),
    });
    closing.push(shop);
    const [one, two] = [shop.visitor(), shop.visitor()];
    await one.post("/");
    await two.post("/");
    const { id } = await two.read<{ id: string }>("/");
    const all = await one.read<{ ids: string[] }>("/all");
    expect(all).toMatchObject({ views: [1, 1], length: 2, own: { views: 1 }, touched: null });
    expect(all.ids).toContain(id);
    await one.post(`/set?id=${id}`);
    expect(await two.read("/")).toMatchObject({ views: 7 });
    await one.post(`/end?id=${id}`);
    expect(await two.read("/")).toMatchObject({ views: null });
    expect(await (await one.post(`/set?id=${id}`)).json()).toEqual({ code: "ERR_SESSION_ENDED" });
    expect(await two.read("/")).toMatchObject({ views: null });
    await two.post("/clear");
    expect(await one.read("/")).toMatchObject({ views: null });
  });
});
