import { expect, test } from "vitest";
import { SojournError } from "../../src/core/errors.ts";
import type { SessionId } from "../../src/core/ids.ts";
import type { StoredSession, StoredUpdate } from "../../src/core/store.ts";
import { anonymous, said } from "../support/kinds.ts";
import { type World, type WorldOptions, world } from "../support/world.ts";

const unavailable = { name: "SojournError", code: "ERR_STORE_UNAVAILABLE", status: 503 };

async function alice(options: WorldOptions = {}) {
  const here = world(options);
  const browser = here.newcomer();
  const session = await browser.logIn("alice");
  here.news();
  return { ...here, browser, session, id: session.id };
}

test("a store that does not answer is an error after two seconds, not an anonymous visitor, not a hang", async () => {
  const { browser, store, clock, whileTimePasses, news } = await alice();
  const { token } = browser;
  const start = clock.now();
  store.loseRequest("find");
  const attempt = whileTimePasses(browser.open());
  await expect(attempt).rejects.toMatchObject(unavailable);
  await expect(attempt).rejects.toThrow('The memory store did not answer "find" within 2000 ms');
  expect(clock.now() - start).toBe(2_000);
  expect(browser.response.cookies.size).toBe(0);
  expect(browser.token).toBe(token);
  expect(news()).toEqual([]);
  expect(said(await browser.open())).toBe("authenticated, alice");
});

test("a store that fails is an error with its cause", async () => {
  const { browser, store } = await alice();
  const cause = new Error("connect ECONNREFUSED");
  store.failNext("find", cause);
  const attempt = browser.open();
  await expect(attempt).rejects.toMatchObject({ ...unavailable, cause });
  await expect(attempt).rejects.toThrow('The memory store failed at "find"');
});

test("a store that throws instead of rejecting is no different", async () => {
  const { browser, store, node } = await alice();
  const thrown = {
    ...store,
    find: () => {
      throw new Error("not connected");
    },
  };
  await expect(browser.at(node({ store: thrown })).open()).rejects.toMatchObject(unavailable);
});

test("an error that a store says in the library's words is passed on as it is", async () => {
  const { browser, store } = await alice();
  const missing = new SojournError("ERR_STORE_SCHEMA", "The table is missing");
  store.failNext("find", missing);
  await expect(browser.open()).rejects.toBe(missing);
});

test("deadlines are options, one for reading and one for writing", async () => {
  const { manager, newcomer, store, clock, whileTimePasses } = await alice({
    deadlines: { read: "0.5s", write: "3s" },
  });
  let start = clock.now();
  store.loseRequest("idsOf");
  await expect(whileTimePasses(manager.list("alice"))).rejects.toThrow('"idsOf" within 500 ms');
  expect(clock.now() - start).toBe(500);
  start = clock.now();
  for (let times = 0; times < 3; times++) store.loseRequest("insert");
  await expect(whileTimePasses(newcomer().logIn("bob"))).rejects.toMatchObject(unavailable);
  expect(clock.now() - start).toBe(9_000);
});

test("an answer in time leaves no timer behind", async () => {
  const { browser, manager, clock, session } = await alice();
  await browser.open();
  await session.update(() => undefined);
  await manager.list("alice");
  await manager.revokeAll("alice");
  await manager.sweep();
  expect(clock.pendingTimers).toBe(0);
});

test("an answer after the deadline is nobody's any more", async () => {
  const { browser, store, whileTimePasses } = await alice();
  const held = store.hold("find", { on: "answer" });
  const attempt = whileTimePasses(browser.open());
  await expect(attempt).rejects.toMatchObject(unavailable);
  held.release();
  expect(said(await browser.open())).toBe("authenticated, alice");
});

test.each(["revokeAll", "list", "privilegesChanged"] as const)(
  "%s does not take a silent index for an empty one",
  async (verb) => {
    const { manager, store, whileTimePasses } = await alice();
    store.loseRequest("idsOf");
    const attempt: Promise<unknown> = manager[verb]("alice");
    await expect(whileTimePasses(attempt)).rejects.toMatchObject(unavailable);
  },
);

test("lists and revocations need every row: one that cannot be read is an error", async () => {
  const { manager, store, id } = await alice();
  store.failNext("find");
  await expect(manager.list("alice")).rejects.toMatchObject(unavailable);
  store.failNext("find");
  await expect(manager.revoke({ id, of: { userId: "alice" } })).rejects.toMatchObject(unavailable);
  expect(await manager.list("alice")).toHaveLength(1);
});

test("a revocation that three times gets no answer is thrown and reported", async () => {
  const { manager, store, id, whileTimePasses, events, browser } = await alice();
  for (let times = 0; times < 3; times++) store.loseRequest("remove");
  const attempt = whileTimePasses(manager.revoke({ id, of: "any user" }));
  await expect(attempt).rejects.toMatchObject(unavailable);
  expect(store.calls.remove).toBe(3);
  expect(events.at(-1)).toMatchObject({
    type: "store_failed",
    severity: "critical",
    operation: "revoke",
    sessionId: id,
  });
  expect(said(await browser.open())).toBe("authenticated, alice");
});

test("an unconfirmed removal is asked for once: asking again would not confirm it", async () => {
  const { manager, store, id } = await alice();
  store.failNext("remove", new SojournError("ERR_STORE_UNCONFIRMED", "one replica is missing"));
  await expect(manager.revoke({ id, of: "any user" })).rejects.toMatchObject({ code: "ERR_STORE_UNCONFIRMED" });
  expect(store.calls.remove).toBe(1);
});

test("a revocation that was not confirmed and is tried again has it confirmed, though the row is gone", async () => {
  const { store, id, rows, node, events } = await alice();
  await rows.remove(id);
  const outcomes = [Promise.reject(new SojournError("ERR_STORE_UNCONFIRMED", "one replica is missing")), undefined];
  const manager = node({ store: { ...rows, confirm: async () => outcomes.shift() } });
  const revoke = () => manager.revoke({ id, of: { userId: "alice" } });
  await expect(revoke()).rejects.toMatchObject({ code: "ERR_STORE_UNCONFIRMED" });
  expect(events.at(-1)).toMatchObject({ type: "store_failed", operation: "revoke", code: "ERR_STORE_UNCONFIRMED" });
  expect(await revoke()).toBe(false);
  expect(outcomes).toEqual([]);
  expect(store.calls.remove).toBe(0);
});

test("a removal of what is not there is asked once", async () => {
  const { manager, store, id, rows } = await alice();
  const held = store.hold("remove");
  const revoking = manager.revoke({ id, of: "any user" });
  await held.reached;
  await rows.remove(id);
  held.release();
  await revoking;
  expect(store.calls.remove).toBe(1);
});

test("a login whose answer was lost has one session, found by its own mark", async () => {
  const { newcomer, store, whileTimePasses, rowsNow } = world();
  const browser = newcomer();
  store.loseAnswer("insert");
  const session = await whileTimePasses(browser.logIn("alice"));
  expect((await rowsNow()).map(({ id }) => id)).toEqual([session.id]);
  expect(said(await browser.open())).toBe("authenticated, alice");
});

test("a login whose request was lost is sent again", async () => {
  const { newcomer, store, whileTimePasses, rowsNow } = world();
  store.loseRequest("insert");
  store.failNext("insert");
  await whileTimePasses(newcomer().logIn("alice"));
  expect(store.calls).toMatchObject({ insert: 3, find: 2 });
  expect(await rowsNow()).toHaveLength(1);
});

test("a login that the store never answers is an error; no cookie is set", async () => {
  const { newcomer, store, whileTimePasses, events } = world();
  const browser = newcomer();
  for (let times = 0; times < 3; times++) store.loseRequest("insert");
  const attempt = whileTimePasses(browser.logIn("alice"));
  await expect(attempt).rejects.toMatchObject({ ...unavailable, cause: { code: "ERR_STORE_UNAVAILABLE" } });
  await expect(attempt).rejects.toThrow("The memory store did not add a session");
  expect(store.calls.insert).toBe(3);
  expect(browser.response.cookies.size).toBe(0);
  expect(events).toEqual([]);
});

test("a login of which neither writing nor looking is answered is an error", async () => {
  const { newcomer, store } = world();
  const cause = new Error("no connection");
  store.failNext("insert", cause);
  store.failNext("find", cause);
  await expect(newcomer().logIn("alice")).rejects.toMatchObject({ ...unavailable, cause });
});

test("a client library that sends twice by itself gets `taken` for its own success: that is seen", async () => {
  const here = world();
  const twice = {
    ...here.store,
    insert: async (row: StoredSession, options: { readonly indexUntil: number }) => {
      await here.rows.insert(row, options);
      return here.rows.insert(row, options);
    },
  };
  const session = await here
    .newcomer()
    .at(here.node({ store: twice }))
    .logIn("alice");
  expect((await here.rowsNow()).map(({ id }) => id)).toEqual([session.id]);
});

/** A store in which every new id belongs to somebody else, for the first `times` insertions. */
function crowded(here: World, times: number, body?: string) {
  const taken: SessionId[] = [];
  const store = {
    ...here.store,
    insert: async (row: StoredSession, options: { readonly indexUntil: number }) => {
      if (taken.length < times) {
        const foreign = body ?? row.body.replace(/ [\w-]{8}\n/, " foreign-\n");
        await here.rows.insert({ ...row, body: foreign, userId: "mallory" }, options);
        taken.push(row.id);
      }
      return here.rows.insert(row, options);
    },
  };
  return { taken, store };
}

test.each<[string, string | undefined]>([
  ["belongs to another session", undefined],
  ["belongs to a row that cannot be read", "damaged"],
])("an id that %s is never taken over: another one is drawn", async (_, body) => {
  const here = world();
  const { taken, store } = crowded(here, 2, body);
  const session = await here.newcomer().at(here.node({ store })).logIn("alice");
  expect(taken).not.toContain(session.id);
  expect(await Promise.all(taken.map(async (id) => (await here.row(id)).userId))).toEqual(["mallory", "mallory"]);
});

test("a store in which every id is taken is broken, and is said to be", async () => {
  const here = world();
  const { taken, store } = crowded(here, 9);
  const attempt = here.newcomer().at(here.node({ store })).logIn("alice");
  await expect(attempt).rejects.toMatchObject(unavailable);
  await expect(attempt).rejects.toThrow("The memory store did not add a session");
  expect(taken).toHaveLength(3);
});

test("a store that adds nothing and says so is asked three times", async () => {
  const here = world();
  let asked = 0;
  const refusing = {
    ...here.store,
    insert: async () => {
      asked++;
      return false;
    },
  };
  const attempt = here
    .newcomer()
    .at(here.node({ store: refusing }))
    .logIn("alice");
  await expect(attempt).rejects.toThrow("The memory store did not add a session");
  await expect(attempt).rejects.toMatchObject({ ...unavailable, cause: undefined });
  expect(asked).toBe(3);
});

/** A near cache that remembers each row as it was first seen. */
function cached(here: World) {
  const seen = new Map<SessionId, StoredSession | null>();
  const asked: ("cache" | "fresh")[] = [];
  const store = {
    ...here.store,
    mayBeStale: true,
    find: async (id: SessionId, options?: { readonly fresh?: boolean }) => {
      asked.push(options?.fresh ? "fresh" : "cache");
      if (options?.fresh) return here.rows.find(id);
      if (!seen.has(id)) seen.set(id, await here.rows.find(id));
      return seen.get(id) ?? null;
    },
    update: (row: StoredUpdate) => here.rows.update(row),
  };
  return { asked, manager: here.node({ store }) };
}

test("what may be out of date may say yes, without a cookie", async () => {
  const here = world();
  const { asked, manager } = cached(here);
  const browser = here.newcomer().at(manager);
  await browser.logIn("alice");
  for (let requests = 0; requests < 3; requests++) expect(said(await browser.open())).toBe("authenticated, alice");
  expect(asked).toEqual(["cache", "cache", "cache"]);
});

test("every refusal is read again: what the cache missed is served", async () => {
  const here = world();
  const { asked, manager } = cached(here);
  const [elsewhere, browser] = [here.newcomer(), here.newcomer()];
  await anonymous(await browser.open()).csrfToken();
  await browser.at(manager).open();
  await elsewhere.logIn("alice");
  const stale = elsewhere.at(manager);
  await stale.open();
  await (await elsewhere.signedIn()).elevate("aal2");
  asked.length = 0;
  expect(said(await stale.open())).toBe("authenticated, alice");
  expect(asked).toEqual(["cache", "fresh"]);
});

test("a value that another node has just left is found, although the cache has not heard of it", async () => {
  const here = world<{ flash: string }>();
  const { manager } = cached(here as unknown as World);
  const browser = here.newcomer();
  await browser.logIn("alice");
  const stale = browser.at(manager as unknown as typeof here.manager);
  await stale.open();
  await (await browser.signedIn()).update((draft) => {
    draft.flash = "welcome";
  });
  expect(await (await stale.signedIn()).take("flash")).toBe("welcome");
  expect(await (await stale.signedIn()).take("flash")).toBeUndefined();
});

test("a refusal that is confirmed by a fresh look stands", async () => {
  const here = world();
  const { asked, manager } = cached(here);
  const browser = here.newcomer();
  await browser.logIn("alice");
  await browser.at(manager).open();
  here.clock.advance("1h");
  asked.length = 0;
  expect(said(await browser.at(manager).open())).toBe("anonymous, idle");
  expect(asked).toEqual(["cache", "fresh"]);
});

test("every touch and every new cookie is decided on a fresh look", async () => {
  const here = world();
  const { asked, manager } = cached(here);
  const browser = here.newcomer().at(manager);
  await browser.logIn("alice");
  await browser.open();
  here.clock.advance("1m");
  asked.length = 0;
  await browser.open();
  expect(asked).toEqual(["cache", "fresh"]);
  here.clock.advance("15m");
  await browser.request();
  asked.length = 0;
  const again = await browser.request({ activity: false });
  expect(again.response.cookies.size).toBe(1);
  expect(asked).toEqual(["cache", "fresh"]);
});

test("a store that answers from the truth is asked for it once", async () => {
  const here = world();
  const asked: unknown[] = [];
  const listening = {
    ...here.store,
    find: (id: SessionId, options?: { readonly fresh?: boolean }) => {
      asked.push(options);
      return here.rows.find(id);
    },
  };
  const browser = here.newcomer().at(here.node({ store: listening }));
  await browser.logIn("alice");
  here.clock.advance("1h");
  await browser.open();
  expect(asked).toEqual([{ fresh: true }]);
});

test("a session whose insertion met silence and was revoked meanwhile does not come back: the next try is another session", async () => {
  const here = world();
  let inserts = 0;
  const store = {
    ...here.store,
    // The first answer is lost; before anybody looks, an administrator revokes everything of Alice's.
    async insert(row: StoredSession, options: { readonly indexUntil: number }) {
      const added = await here.rows.insert(row, options);
      if (++inserts > 1) return added;
      await here.manager.revokeAll("alice");
      throw new Error("connection reset");
    },
  };
  const browser = here.newcomer().at(here.node({ store }));
  const { id } = await browser.logIn("alice");
  expect(inserts).toBe(2);
  expect((await here.rowsNow()).map((row) => row.id)).toEqual([id]);
  expect(here.events.filter(({ type }) => type === "session_expired")).not.toContainEqual(
    expect.objectContaining({ sessionId: id }),
  );
});

test("a new cookie is never handed out by what may be out of date, even where nothing is written", async () => {
  const here = world();
  const browser = here.newcomer();
  await browser.logIn("alice");
  here.clock.advance("15m");
  await browser.request();
  const { asked, manager } = cached(here);
  const again = await browser.at(manager).request({ activity: false });
  expect(again.response.cookies.size).toBe(1);
  expect(asked).toEqual(["cache", "fresh"]);
});

test("a login whose answer was lost looks past caches and replicas", async () => {
  const here = world();
  const { asked, manager } = cached(here);
  here.store.loseAnswer("insert", { as: "error" });
  await here.newcomer().at(manager).logIn("alice");
  expect(asked).toEqual(["fresh"]);
});
