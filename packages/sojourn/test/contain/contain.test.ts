import { describe, expect, test } from "vitest";
import { aesGcmCodec } from "../../src/codec/index.ts";
import type { ContainmentQuery, SessionId } from "../../src/index.ts";
import { usedTokens } from "../../src/oidc/used-tokens.ts";
import { locked, said } from "../support/kinds.ts";
import { world } from "../support/world.ts";
import { aShop, kinds, order, type Shop } from "./shop.ts";

test("a preview counts, shows some, and changes nothing", async () => {
  const shop = await aShop();
  const rows = await shop.rowsNow();
  const preview = await shop.manager.contain({ label: "Firefox on Linux" }, { preview: true });
  expect(preview).toMatchObject({
    seen: 5,
    sessions: 2,
    users: 2,
    byLevel: { aal1: 1, aal2: 1, aal3: 0 },
    locked: 0,
    unreadable: 0,
    next: null,
  });
  expect(preview.samples.map(({ userId }) => userId).toSorted()).toEqual(["alice", "bob"]);
  expect(preview.samples.find(({ userId }) => userId === "alice")).toMatchObject({
    id: shop.laptop.id,
    kind: "authenticated",
    level: "aal2",
  });
  expect(await shop.rowsNow()).toEqual(rows);
  expect(shop.news()).toEqual([]);
});

test("samples are few, users are counted once", async () => {
  const { manager, newcomer } = world();
  for (let count = 0; count < 12; count++) await newcomer().logIn(`user ${count % 3}`);
  const preview = await manager.contain({ all: true }, { preview: true });
  expect(preview).toMatchObject({ sessions: 12, users: 3 });
  expect(preview.samples).toHaveLength(10);
});

test("contained sessions serve nothing, their data is kept, and their user opens them with a proof", async () => {
  const shop = await aShop();
  const { manager, laptop, phone, bobs, visitor, events, clock } = shop;
  const result = await manager.contain({ userId: "alice" }, order);
  expect(result).toMatchObject({ seen: 2, changed: 2, already: 0, gone: 0, failed: 0, isComplete: true });
  expect(events.slice(-2)).toMatchObject(
    Array(2).fill({ type: "session_contained", change: "contained", name: "incident 7", userId: "alice" }),
  );
  expect(await kinds(shop)).toEqual(["locked", "locked", "authenticated", "authenticated"]);
  expect(said(await visitor.open())).toBe("anonymous, none");
  expect((await manager.list("alice")).map(({ kind }) => kind)).toEqual(["locked", "locked"]);

  expect(await manager.contain({ all: true }, { preview: true })).toMatchObject({ sessions: 4, locked: 2 });

  const copy = laptop.browser.copy();
  const alice = await locked(await laptop.browser.open()).unlock({ userId: "alice", level: "aal1" });
  expect(alice).toMatchObject({ id: laptop.id, data: { cart: ["alice's book"] } });
  expect(said(await laptop.browser.open())).toBe("authenticated, alice");
  expect(said(await copy.open())).toBe("anonymous, superseded");
  expect(said(await phone.browser.open())).toBe("locked, alice");
  expect(said(await bobs.browser.open())).toBe("authenticated, bob");
  clock.advance("1m");
});

test("undone, they go on as they were: same secret, same data, the time they were locked is no inactivity", async () => {
  const shop = await aShop();
  const { manager, laptop, clock, events, record } = shop;
  await manager.contain({ all: true }, order);
  clock.advance("3h");
  expect(await kinds(shop)).toEqual(["locked", "locked", "locked", "locked"]);
  expect(await manager.undoContainment("incident 7")).toMatchObject({ changed: 4, isComplete: true });
  expect(events.findLast(({ type }) => type === "session_contained")).toMatchObject({
    change: "released",
    severity: "warning",
  });
  expect((await record(laptop.id)).lastSeenAt).toBe(clock.now() - 20 * 60_000);
  const alice = await laptop.browser.signedIn();
  expect(alice.data.cart).toEqual(["alice's book"]);
  expect(await kinds(shop)).toEqual(Array(4).fill("authenticated"));
  expect(await manager.undoContainment("incident 7")).toMatchObject({ changed: 0, wasFound: false });
});

test("a misspelt name does not look undone", async () => {
  const { manager } = await aShop();
  await manager.contain({ userId: "alice" }, order);
  expect(await manager.undoContainment("incident 77")).toMatchObject({ seen: 5, changed: 0, wasFound: false });
  expect(await manager.undoContainment("incident 7")).toMatchObject({ seen: 5, changed: 2, wasFound: true });
});

test("a used logout token is no session: neither looked at nor unreadable", async () => {
  const { manager, rows, clock } = await aShop();
  await usedTokens({ store: rows, issuer: "https://login.example", clock }).add("t1", clock.now() + 60_000);
  const counts = { seen: 5, unreadable: 0 };
  expect(await manager.contain({ all: true }, { preview: true })).toMatchObject({ ...counts, sessions: 4 });
  expect(await manager.contain({ all: true }, order)).toMatchObject({ ...counts, changed: 4 });
});

test("whoever is contained is told so, and so is whoever lists their sessions", async () => {
  const { manager, laptop, bobs } = await aShop();
  await manager.contain({ userId: "alice" }, order);
  expect(locked(await laptop.browser.open()).because).toBe("contained");
  expect((await manager.list("alice")).map(({ lockedFor }) => lockedFor)).toEqual(["contained", "contained"]);
  await bobs.browser.open();
  expect((await manager.list("bob")).map(({ lockedFor }) => lockedFor)).toEqual([null]);
});

test("the absolute limit goes on while they are locked, and is the end of undoing", async () => {
  const { manager, bobs, clock, row } = await aShop();
  await manager.contain({ all: true }, order);
  expect((await row(bobs.id)).expiresAt).toBe(clock.now() + 9 * 3_600_000);
  clock.advance("8h");
  expect(said(await bobs.browser.open())).toBe("anonymous, absolute");
  expect(await manager.undoContainment("incident 7", { userId: "bob" })).toMatchObject({ seen: 1, changed: 0 });
});

test("who unlocks a contained session has proved what they prove now, and nothing that was proved before", async () => {
  const { manager, laptop } = await aShop();
  const atWork = await laptop.browser.signedIn();
  expect([atWork.level, atWork.isFresh({ within: "1h", level: "aal2" })]).toEqual(["aal2", true]);
  await manager.contain({ userId: "alice" }, order);
  // A thief who has the cookie and the password, and not the second factor.
  const session = await locked(await laptop.browser.open()).unlock({ userId: "alice", level: "aal1" });
  expect([session.level, session.isFresh({ within: "1h", level: "aal2" })]).toEqual(["aal1", false]);
  expect(session.isFresh({ within: "1m" })).toBe(true);
  await session.elevate("aal2");
  expect((await laptop.browser.signedIn()).level).toBe("aal2");
});

test("undoing a containment leaves level and proofs as they were", async () => {
  const { manager, laptop } = await aShop();
  await manager.contain({ userId: "alice" }, order);
  await manager.undoContainment(order.name);
  const session = await laptop.browser.signedIn();
  expect([session.level, session.isFresh({ within: "1h", level: "aal2" })]).toEqual(["aal2", true]);
});

test("undo releases whom their user has not opened, and leaves others' locks alone", async () => {
  const shop = await aShop();
  const { manager, laptop, phone } = shop;
  await manager.contain({ userId: "alice" }, order);
  await locked(await laptop.browser.open()).unlock({ userId: "alice", level: "aal1" });
  await manager.contain({ all: true }, { ...order, name: "incident 8" });
  expect(await manager.undoContainment("incident 7")).toMatchObject({ changed: 1 });
  expect(said(await phone.browser.open())).toBe("locked, alice");
  expect(await manager.undoContainment("incident 8", { userId: "alice" })).toMatchObject({ seen: 2, changed: 2 });
  expect(await kinds(shop)).toEqual(["authenticated", "authenticated", "locked", "locked"]);
});

test("a session that had locked for idleness is locked for idleness again when its containment is undone", async () => {
  const { manager, laptop, clock } = await aShop({
    policy: { onIdle: "lock", remembered: { idle: "1d", absolute: "2d" } },
  });
  clock.advance("1h");
  expect(said(await laptop.browser.open())).toBe("locked, alice");
  await manager.contain({ userId: "alice" }, order);
  expect(locked(await laptop.browser.open()).because).toBe("contained");
  clock.advance("1h");
  await manager.undoContainment("incident 7");
  expect(locked(await laptop.browser.open()).because).toBe("idle");
  expect(said(await laptop.browser.open())).toBe("locked, alice");
});

test("ended, they are gone, with a reason", async () => {
  const shop = await aShop();
  expect(await shop.manager.contain({ userId: "alice" }, { name: "incident 7", action: "end" })).toMatchObject({
    changed: 2,
    isComplete: true,
  });
  expect(shop.events.at(-1)).toMatchObject({ type: "session_expired", reason: "contained", userId: "alice" });
  expect(await kinds(shop)).toEqual(["anonymous", "anonymous", "authenticated", "authenticated"]);
  expect(await shop.rowsNow()).toHaveLength(3);
});

describe("what a query means", () => {
  const start = Date.UTC(2026, 0, 1);
  const minutes = (count: number) => start + count * 60_000;
  test.each<[ContainmentQuery | ((shop: Shop) => ContainmentQuery), string]>([
    [{ all: true }, "laptop phone bobs carols"],
    [{ userId: "alice" }, "laptop phone"],
    [{ userId: "nobody" }, ""],
    [{ ref: "https://login.example s1" }, "bobs"],
    [{ issuer: "https://login.example" }, "bobs"],
    [{ loggedIn: { to: minutes(10) } }, "laptop"],
    [{ loggedIn: { from: minutes(10), to: minutes(20) } }, "phone"],
    [{ loggedIn: { from: minutes(20) } }, "bobs carols"],
    [{ lastSeen: { to: minutes(1) } }, "laptop"],
    [{ level: "aal1" }, "phone bobs carols"],
    [{ label: "Firefox on Linux" }, "laptop bobs"],
    [{ method: "otp" }, "laptop"],
    [{ remembered: true }, "phone"],
    [{ remembered: false }, "laptop bobs carols"],
    [{ credentialVersion: "1" }, "phone"],
    [{ bound: false }, "laptop phone bobs carols"],
    [{ containedBy: "incident 7" }, ""],
    [{ label: "Firefox on Linux", level: "aal1" }, "bobs"],
    [{ userId: "alice", remembered: false }, "laptop"],
    [({ laptop, bobs }) => ({ all: true, except: [laptop.id, bobs.id] }), "phone carols"],
  ])("%j: %s", async (query, meant) => {
    const shop = await aShop();
    const asked = typeof query === "function" ? query(shop) : query;
    const preview = await shop.manager.contain(asked, { preview: true });
    const names = (["laptop", "phone", "bobs", "carols"] as const).filter((name) => meant.split(" ").includes(name));
    expect(preview.samples.map(({ id }) => id).toSorted()).toEqual(names.map((name) => shop[name].id).toSorted());
    expect(await shop.manager.contain(asked, order)).toMatchObject({ changed: names.length });
    expect((await kinds(shop)).filter((kind) => kind === "locked")).toHaveLength(names.length);
  });

  test.each<[unknown, string]>([
    [undefined, "write { userId }, or { all: true }"],
    [{}, "asks for nothing"],
    [{ except: [] }, "asks for nothing"],
    [{ userId: undefined }, "asks for nothing"],
    [{ user: "alice" }, "did you mean userId?"],
    [{ all: false }, "contain({ all }): write true"],
    [{ userId: "" }, "contain({ userId }): write a text"],
    [{ userId: null }, "contain({ userId }): write a text"],
    [{ level: "aal4" }, 'contain({ level }): write "aal1"'],
    [{ loggedIn: 7 }, "contain({ loggedIn }): write { from, to }"],
    [{ loggedIn: {} }, "contain({ loggedIn }): write { from, to }"],
    [{ loggedIn: { before: 7 } }, "contain({ loggedIn }): write { from, to }"],
    [{ lastSeen: { from: "yesterday" } }, "contain({ lastSeen }): write { from, to }"],
    [{ remembered: "yes" }, "contain({ remembered }): write true or false"],
    [{ all: true, except: ["mine"] }, "contain({ except }): write a list of session ids"],
    [{ all: true, except: ["AAAAAAAAAAAAAAAAAAAAAA", "mine"] }, "contain({ except }): write a list of session ids"],
    [{ all: true, except: [7] }, "contain({ except }): write a list of session ids"],
    [{ loggedIn: null }, "contain({ loggedIn }): write { from, to }"],
    [{ loggedIn: { from: 1, form: 2 } }, "contain({ loggedIn }): write { from, to }"],
    [{ sealedWith: 7 }, "contain({ sealedWith }): write the id of a sealing key, or null for rows that are not sealed"],
    [{ sealedWith: "2026" }, "needs a codec that tells its keys"],
  ])("%j is none", async (query, problem) => {
    const { manager, store } = await aShop();
    await expect(manager.contain(query as never, { preview: true })).rejects.toThrow(problem);
    await expect(manager.contain(query as never, order)).rejects.toThrow(problem);
    await expect(manager.contain(query as never, order)).rejects.toThrow(TypeError);
    expect(store.calls.update).toBe(4);
  });

  test.each<[object, string]>([
    [{ action: "lock" }, "contain(query, { name }) is missing: name the incident, or write { preview: true }"],
    [{ name: "", action: "lock" }, "contain(query, { name })"],
    [{ name: "x" }, 'write "lock" or "end"'],
    [{ name: "x", action: "look" }, 'write "lock" or "end"'],
    [{ name: "x", action: "end", previw: true }, "does not exist"],
    [{ preview: true, name: "x" }, "contain({ name }) does not exist"],
  ])("and %j no order", async (given, problem) => {
    const { manager } = await aShop();
    await expect(manager.contain({ all: true }, given as never)).rejects.toThrow(problem);
  });

  test("nor is undoing nothing", async () => {
    const { manager } = await aShop();
    await expect(manager.undoContainment("")).rejects.toThrow(TypeError);
    await expect(manager.undoContainment("")).rejects.toThrow("undoContainment({ containedBy })");
    await expect(manager.undoContainment("x", { user: "alice" } as never)).rejects.toThrow(
      "undoContainment({ user }) does not exist",
    );
  });
});

test("rows under a sealing key that leaked, of all that are in use", async () => {
  const key = (id: string) => ({ id, secret: new Uint8Array(32).fill(id.length) });
  const here = world({ codec: aesGcmCodec({ keys: [key("old")] }) });
  const rotated = here.node({ codec: aesGcmCodec({ keys: [key("newer"), key("old")] }) });
  await here.newcomer().logIn("alice");
  await here.newcomer().at(rotated).logIn("bob");
  const preview = await rotated.contain({ sealedWith: "old" }, { preview: true });
  expect(preview.samples.map(({ userId }) => userId)).toEqual(["alice"]);
  expect(await rotated.contain({ sealedWith: null }, { preview: true })).toMatchObject({ sessions: 0 });
  expect(await rotated.contain({ sealedWith: "old" }, order)).toMatchObject({ changed: 1 });
  // Locking wrote it anew, under the new key; by its name it is found all the same.
  expect(await rotated.contain({ sealedWith: "old" }, order)).toMatchObject({ seen: 2, changed: 0 });
  expect(await here.manager.contain({ all: true }, { preview: true })).toMatchObject({ sessions: 0, unreadable: 2 });
  expect(await rotated.undoContainment("incident 7")).toMatchObject({ changed: 1 });
});

test("sessions a device is bound to, and those it is not", async () => {
  const { manager, laptop, clock, rewrite } = await aShop();
  const since = clock.now();
  const key = { kty: "EC", crv: "P-256", x: "x", y: "y" } as const;
  const binding = { algorithm: "ES256", key, nonce: "n", cookies: [], since, confirmedAt: since } as const;
  await rewrite(laptop.id, (record) => ({ ...record, binding }));
  const bound = await manager.contain({ bound: true }, { preview: true });
  expect(bound.samples.map(({ id }) => id)).toEqual([laptop.id]);
  expect(await manager.contain({ bound: false }, { preview: true })).toMatchObject({ sessions: 3 });
});

test("stopped and called again, it goes on; told how far it is", async () => {
  const { manager, newcomer } = world();
  for (let count = 0; count < 1_100; count++) await newcomer().logIn(`user ${count}`);
  const told: number[] = [];
  const signal = { aborted: false };
  const stopped = await manager.contain(
    { all: true },
    {
      ...order,
      signal,
      onProgress({ changed }) {
        told.push(changed);
        signal.aborted = true;
      },
    },
  );
  expect(stopped).toMatchObject({ seen: 500, changed: 500, isComplete: false });
  expect(stopped.next).not.toBeNull();
  const rest = await manager.contain({ all: true }, { ...order, resumeAt: stopped.next });
  expect(rest).toMatchObject({ seen: 600, changed: 600, already: 0, isComplete: true });
  expect(await manager.contain({ all: true }, order)).toMatchObject({ seen: 1_100, changed: 0, already: 1_100 });
  expect(told).toEqual([500]);
});

test("a preview can be stopped as well", async () => {
  const { manager, newcomer } = world();
  for (let count = 0; count < 600; count++) await newcomer().logIn("alice");
  const signal = { aborted: false };
  const seen: object[] = [];
  const stop = (progress: object) => {
    seen.push(progress);
    signal.aborted = true;
  };
  const stopped = await manager.contain({ all: true }, { preview: true, signal, onProgress: stop });
  expect([stopped.sessions, stopped.next === null]).toEqual([500, false]);
  expect(await manager.contain({ all: true }, { preview: true, resumeAt: stopped.next })).toMatchObject({
    sessions: 100,
  });
  const next = stopped.next;
  expect(seen).toEqual([{ seen: 500, changed: 0, already: 0, gone: 0, failed: 0, unreadable: 0, next }]);
});

test("where the store fails at one, the others are contained, and the failure is thrown: again, and it is done", async () => {
  const shop = await aShop();
  const { manager, store } = shop;
  const told: object[] = [];
  // The two take turns: the first is lost three times, the second twice.
  for (const _ of [1, 2, 3, 4, 5]) store.loseRequest("update", { as: "error" });
  await expect(
    manager.contain({ userId: "alice" }, { ...order, onProgress: (progress) => told.push(progress) }),
  ).rejects.toMatchObject({ code: "ERR_SESSION_OUTCOME_UNKNOWN" });
  expect(told.at(-1)).toMatchObject({ changed: 1, failed: 1 });
  expect(await manager.contain({ userId: "alice" }, order)).toMatchObject({ changed: 1, already: 1, failed: 0 });
});

test("whoever goes on where it was broken off comes by the sessions at which the store failed", async () => {
  const { manager, newcomer, store } = world();
  for (let count = 0; count < 1_100; count++) await newcomer().logIn("alice");
  const places: (string | null)[] = [];
  const crash = new Error("the process ended");
  const stop = ({ next, seen }: { readonly next: string | null; readonly seen: number }) => {
    places.push(next);
    if (seen === 500) for (let sends = 0; sends < 3 * 32; sends++) store.loseRequest("update", { as: "error" });
    if (seen === 1_000) throw crash;
  };
  await expect(manager.contain({ all: true }, { ...order, onProgress: stop })).rejects.toBe(crash);
  expect(places[1]).toBe(places[0]);
  const rest = await manager.contain({ all: true }, { ...order, resumeAt: places[1] ?? null });
  expect(rest).toMatchObject({ seen: 600, failed: 0, isComplete: true });
  expect(await manager.contain({ all: true }, order)).toMatchObject({ changed: 0, already: 1_100 });
});

test("a store that cannot be walked through still contains by user and by ref", async () => {
  const { manager: _manager, node, rows, bobs, clock } = await aShop();
  const { scan: _scan, watch: _watch, ...plain } = rows;
  const manager = node({ store: plain });
  expect(await manager.contain({ userId: "alice" }, order)).toMatchObject({ changed: 2 });
  expect(await manager.contain({ ref: "https://login.example s1" }, order)).toMatchObject({ changed: 1 });
  expect(said(await bobs.browser.at(manager).open())).toBe("locked, bob");
  await expect(manager.contain({ all: true }, order)).rejects.toThrow("cannot be walked through");
  await expect(manager.undoContainment("incident 7")).rejects.toThrow("cannot be walked through");
  expect(await manager.undoContainment("incident 7", { userId: "bob" })).toMatchObject({ changed: 1 });
  clock.advance("1m");
});

test("what is over, sealed or a visitor's is left alone", async () => {
  const { manager, laptop, phone, clock, rewrite, rowsNow } = await aShop();
  await rewrite(phone.id, (record) => ({ ...record, sealed: true }));
  clock.advance("15m");
  const before = await rowsNow();
  expect(await manager.contain({ userId: "alice" }, order)).toMatchObject({ seen: 2, changed: 0 });
  expect(await rowsNow()).toEqual(before);
  expect(said(await laptop.browser.open())).toBe("anonymous, idle");
});

describe("what races with it", () => {
  /** Alice's request has read its session; then it is contained. */
  async function caught() {
    const shop = await aShop();
    const session = await shop.laptop.browser.signedIn();
    await shop.manager.contain({ userId: "alice" }, order);
    return { ...shop, session };
  }

  test("a request that was at work changes nothing any more", async () => {
    const { session, laptop, record } = await caught();
    const before = await record(laptop.id);
    const refused = { code: "ERR_SESSION_LOCKED", status: 401 };
    await expect(session.update((draft) => void draft.cart?.pop())).rejects.toMatchObject(refused);
    await expect(session.take("cart")).rejects.toMatchObject(refused);
    await expect(session.elevate("aal3")).rejects.toMatchObject(refused);
    await expect(session.privilegesChanged()).rejects.toMatchObject(refused);
    await expect(session.endOthers({ within: "1d" })).rejects.toMatchObject(refused);
    expect(await record(laptop.id)).toEqual(before);
  });

  test("a login takes its place, and carries the data: that is a proof as well", async () => {
    const { session, laptop } = await caught();
    const alice = await session.authenticate({ id: "alice", keep: ["cart"] });
    expect(alice.data.cart).toEqual(["alice's book"]);
    expect(said(await laptop.browser.open())).toBe("authenticated, alice");
  });

  test("a logout ends it", async () => {
    const { session, laptop, manager } = await caught();
    await session.end();
    expect(said(await laptop.browser.open())).toBe("anonymous, none");
    expect(await manager.undoContainment("incident 7")).toMatchObject({ changed: 1 });
  });

  test("a session that ends just before its turn is gone, not brought back", async () => {
    const { manager, store, rows, laptop } = await aShop();
    const held = store.hold("update");
    const containing = manager.contain({ userId: "alice" }, order);
    await held.reached;
    await rows.remove(laptop.id);
    held.release();
    expect(await containing).toMatchObject({ changed: 1, gone: 1 });
    expect(await rows.find(laptop.id)).toBe(null);
  });

  test("a session that its user unlocks just before it is released stays as they made it", async () => {
    const { manager, store, laptop, record } = await aShop();
    await manager.contain({ userId: "alice" }, order);
    const alice = locked(await laptop.browser.open());
    const held = store.hold("update");
    const undoing = manager.undoContainment("incident 7", { userId: "alice" });
    await held.reached;
    await alice.unlock({ userId: "alice", level: "aal2" });
    const unlocked = await record(laptop.id);
    held.release();
    expect(await undoing).toMatchObject({ changed: 1, already: 1, wasFound: true });
    expect(await record(laptop.id)).toEqual(unlocked);
  });

  test("a session that is elevated just before its turn is judged again", async () => {
    const { manager, store, phone } = await aShop();
    const session = await phone.browser.signedIn();
    const held = store.hold("update");
    const containing = manager.contain({ userId: "alice", level: "aal1" }, order);
    await held.reached;
    await session.elevate("aal2");
    held.release();
    expect(await containing).toMatchObject({ changed: 0, already: 1 });
    expect(said(await phone.browser.open())).toBe("authenticated, alice");
  });

  test("ending counts those that somebody else ended first", async () => {
    const { manager, store, rows, laptop } = await aShop();
    const held = store.hold("remove");
    const ending = manager.contain({ userId: "alice" }, { ...order, action: "end" });
    await held.reached;
    await rows.remove(laptop.id as SessionId);
    held.release();
    expect(await ending).toMatchObject({ changed: 1, gone: 1 });
  });
});
