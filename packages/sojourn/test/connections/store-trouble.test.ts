import { describe, expect, test } from "vitest";
import { acceptWebSockets, openConnections } from "../../src/connections/index.ts";
import type { SessionId } from "../../src/core/ids.ts";
import type { StoreChange, StoredUpdate } from "../../src/core/store.ts";
import { createSessionManager } from "../../src/manager.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { nearCache } from "../../src/stores/near-cache.ts";
import { faultyStore, type TestClock } from "../../src/testing/index.ts";
import { Visitor } from "../support/visitor.ts";
import { connect, handshake, liveWorld, settled, shop } from "./support.ts";

/** Lets time pass as it does: whatever falls due is waited for. */
async function pass(clock: TestClock, milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 100) {
    clock.advance(100);
    await settled();
  }
}

/** A store whose feed can be broken, and whose reads can be made to fail. */
function troubledStore() {
  const rows = memoryStore();
  const inner = faultyStore(rows);
  const listeners = new Set<(change: StoreChange) => void>();
  let isBroken = false;
  let fails = false;
  let gate: Promise<void> | null = null;
  return Object.assign(inner, {
    rows,
    async watch(listener: (change: StoreChange) => void) {
      if (isBroken) throw new Error("no feed");
      const stop = await rows.watch((change) => {
        if (!isBroken) listener(change);
      });
      listeners.add(listener);
      return async () => {
        listeners.delete(listener);
        await stop();
      };
    },
    breakFeed() {
      isBroken = true;
      for (const listener of [...listeners]) listener({ kind: "gap" });
    },
    mendFeed() {
      isBroken = false;
    },
    failReads(isOn: boolean) {
      fails = isOn;
    },
    /** Reads from now on find what is there and are answered when the returned function is called. */
    holdReads(): () => void {
      let release = () => {};
      gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      return () => {
        gate = null;
        release();
      };
    },
    async find(...given: Parameters<typeof inner.find>) {
      if (fails) throw new Error("the store is away");
      const row = await rows.find(...given);
      await gate;
      return row;
    },
  });
}

async function aLine(settings = {}) {
  const store = troubledStore();
  const here = liveWorld({ store }, settings);
  const alice = here.newcomer();
  const { id } = await alice.logIn("alice");
  const line = await connect(here.connections, alice);
  await pass(here.clock, 1_000);
  return { ...here, store, alice, id, line };
}

describe("while the store cannot be asked", () => {
  test("connections of which nothing is heard are kept", async () => {
    const { store, line, clock, connections } = await aLine();
    store.failReads(true);
    await pass(clock, 60_000);
    expect([line.closed(), connections.stats.feed]).toEqual([null, "up"]);
  });

  test("one that something is heard of is kept as long as patience lasts, and closed then", async () => {
    const { store, line, clock, id } = await aLine();
    store.failReads(true);
    await store.rows.remove(id);
    await pass(clock, 9_500);
    expect(line.closed()).toBeNull();
    await pass(clock, 1_000);
    expect(line.closed()).toBe("4503 unavailable");
  });

  test("all are, where the feed is gone too; and patience begins anew once the store has answered", async () => {
    const { store, line, clock } = await aLine({ patience: "5s" });
    store.failReads(true);
    store.breakFeed();
    await pass(clock, 4_000);
    store.failReads(false);
    await pass(clock, 1_000);
    store.failReads(true);
    await pass(clock, 4_500);
    expect(line.closed()).toBeNull();
    await pass(clock, 1_500);
    expect(line.closed()).toBe("4503 unavailable");
  });

  test("nobody new is let in", async () => {
    const { store, alice, connections } = await aLine();
    store.failReads(true);
    await expect(connect(connections, alice)).rejects.toThrow("ERR_STORE_UNAVAILABLE");
  });

  test("a timeout that passes meanwhile closes all the same, when patience is at its end", async () => {
    const { store, line, clock } = await aLine();
    await pass(clock, 29 * 60_000 - 2_000);
    store.failReads(true);
    await pass(clock, 61_000);
    expect(line.closed()).toBeNull();
    await pass(clock, 12_000);
    expect(line.closed()).toBe("4503 unavailable");
  });

  test("activity costs the connection nothing", async () => {
    const { store, line, clock } = await aLine();
    await pass(clock, 61_000);
    store.failReads(true);
    line.connection.activity();
    await pass(clock, 5_000);
    expect(line.closed()).toBeNull();
  });
});

describe("patience", () => {
  test("is for all alike where nobody is answered, also for those that still wait to be asked about", async () => {
    const { store, connections, newcomer, clock } = await aLine({ patience: "3s" });
    const lines = [];
    for (let user = 0; user < 200; user++) {
      const visitor = newcomer();
      await visitor.logIn(`user ${user}`);
      lines.push(await connect(connections, visitor));
    }
    await pass(clock, 1_000);
    store.holdReads();
    store.breakFeed();
    await pass(clock, 6_500);
    expect(new Set(lines.map((line) => line.closed()))).toEqual(new Set(["4503 unavailable"]));
  });

  test("is not used up by an outage that is over, whoever met it", async () => {
    const { store, connections, line, newcomer, clock, manager } = await aLine();
    const bob = newcomer();
    await bob.logIn("bob");
    const other = await connect(connections, bob);
    await pass(clock, 1_000);
    store.failReads(true);
    await store.rows.remove(line.connection.sessionId);
    await pass(clock, 500);
    line.connection.release();
    store.failReads(false);
    await pass(clock, 20_000);
    const answer = store.holdReads();
    manager.privilegesChanged("bob").catch(() => {});
    await store.rows.update(await changed(store.rows, other.connection.sessionId));
    await pass(clock, 1_000);
    expect(other.closed()).toBeNull();
    answer();
  });

  test("begins anew with the first connection after the last was gone", async () => {
    const { store, connections, line, newcomer, clock } = await aLine();
    store.failReads(true);
    await store.rows.remove(line.connection.sessionId);
    await settled();
    line.connection.release();
    store.failReads(false);
    await pass(clock, 20_000);
    const bob = newcomer();
    await bob.logIn("bob");
    const admission = await connections.admit(handshake(bob));
    const answer = store.holdReads();
    const codes: number[] = [];
    if (admission.admitted) admission.hold(({ code }) => codes.push(code));
    await pass(clock, 1_000);
    expect(codes).toEqual([]);
    answer();
  });
});

test("an answer that comes after a later one says nothing any more", async () => {
  const { store, line, clock, alice, id } = await aLine();
  await pass(clock, 15 * 60_000);
  const late = store.holdReads();
  await store.rows.update(await changed(store.rows, id));
  await settled();
  // Whoever asks from now on is answered at once: of the renewal, after whose grace the connection's secret is an old one.
  store.holdReads()();
  await alice.open();
  await alice.open();
  await pass(clock, 1_000);
  late();
  await pass(clock, 4 * 60_000);
  expect(line.closed()).toBe("4409 superseded");
});

test("an answer from before the news does not settle it", async () => {
  const { store, line, clock, id } = await aLine();
  const answer = store.holdReads();
  await store.rows.update(await changed(store.rows, id));
  await settled();
  store.failReads(true);
  await store.rows.remove(id);
  answer();
  await pass(clock, 1_000);
  expect(line.closed()).toBeNull();
  store.failReads(false);
  await pass(clock, 1_000);
  expect(line.closed()).toBe("4401 ended");
});

async function changed(rows: ReturnType<typeof memoryStore>, id: SessionId): Promise<StoredUpdate> {
  const row = await rows.find(id);
  if (row === null) throw new Error(`There is no ${id}`);
  const { userId: _userId, ref: _ref, ...rest } = row;
  return { ...rest, version: row.version + 1 };
}

describe("where changes are not told", () => {
  test("a feed that is lost: the store is asked instead, within a second", async () => {
    const { store, line, clock, manager, connections } = await aLine();
    store.breakFeed();
    await pass(clock, 1_000);
    await manager.revokeAll("alice");
    await pass(clock, 1_000);
    expect([line.closed(), connections.stats.feed]).toEqual(["4401 ended", "down"]);
  });

  test("what happened while nobody listened is found when the feed is up again, and after that nothing is asked any more", async () => {
    const { store, line, clock, connections, alice, manager } = await aLine();
    store.breakFeed();
    store.mendFeed();
    await store.rows.remove(line.connection.sessionId);
    await pass(clock, 1_000);
    expect([line.closed(), connections.stats.feed]).toEqual(["4401 ended", "up"]);
    await alice.logIn("alice");
    const next = await connect(connections, alice);
    await pass(clock, 2_000);
    const waiting = clock.pendingTimers;
    await pass(clock, 10_000);
    expect([next.closed(), clock.pendingTimers]).toEqual([null, waiting]);
    await manager.revokeAll("alice");
    await settled();
    expect(next.closed()).toBe("4401 ended");
  });

  test("a feed that cannot even be started: `ready` says why, and the store is asked", async () => {
    const store = troubledStore();
    store.breakFeed();
    const { connections, newcomer, manager, clock } = liveWorld({ store });
    await expect(connections.ready()).rejects.toThrow("no feed");
    const alice = newcomer();
    await alice.logIn("alice");
    const line = await connect(connections, alice);
    await manager.revokeAll("alice");
    await pass(clock, 1_000);
    expect(line.closed()).toBe("4401 ended");
  });

  test("a store that can be asked for versions is, in one call for all sessions", async () => {
    const { rows } = liveWorld();
    const asked: number[] = [];
    const store = {
      ...faultyStore(rows),
      async versionsOf(ids: readonly string[]) {
        asked.push(ids.length);
        const found = await Promise.all(ids.map(async (id) => rows.find(id as never)));
        return new Map(found.flatMap((row) => (row ? [[row.id, row.version] as const] : [])));
      },
    };
    const { connections, newcomer, manager, clock } = liveWorld({ store });
    const lines = [];
    for (const name of ["alice", "bob", "carol"]) {
      const visitor = newcomer();
      await visitor.logIn(name);
      lines.push(await connect(connections, visitor));
    }
    await pass(clock, 2_000);
    const reads = store.calls.find;
    await pass(clock, 2_000);
    expect([store.calls.find, asked.at(-1)]).toEqual([reads, 3]);
    await manager.revokeAll("bob");
    await pass(clock, 500);
    expect(lines.map((line) => line.closed())).toEqual([null, "4401 ended", null]);
  });

  test("a store that can do neither is asked about every session", async () => {
    const rows = memoryStore();
    const { connections, newcomer, manager, clock } = liveWorld({ store: faultyStore(rows) });
    const alice = newcomer();
    await alice.logIn("alice");
    const line = await connect(connections, alice);
    await pass(clock, 5_000);
    expect([line.closed(), connections.stats.feed]).toEqual([null, "off"]);
    await manager.revokeAll("alice");
    await pass(clock, 500);
    expect(line.closed()).toBe("4401 ended");
  });

  test("behind a near cache the store's own feed is heard, and its memory is not believed", async () => {
    const rows = memoryStore();
    const store = nearCache(rows, { entries: 100, maxAge: "1m" });
    const { connections, newcomer, process, clock } = liveWorld({ store });
    const alice = newcomer();
    await alice.logIn("alice");
    const line = await connect(connections, alice);
    await pass(clock, 1_000);
    expect(connections.stats.feed).toBe("up");
    await process({ store: rows }).manager.revokeAll("alice");
    await settled();
    expect(line.closed()).toBe("4401 ended");
    await store.close();
  });
});

test("many sessions are asked about some at a time", async () => {
  const store = troubledStore();
  const { connections, newcomer, clock } = liveWorld({ store });
  const alice = newcomer();
  await alice.logIn("alice");
  await connect(connections, alice);
  await pass(clock, 1_000);
  let underWay = 0;
  let most = 0;
  const find = store.find;
  store.find = async (...given) => {
    most = Math.max(most, ++underWay);
    await settled();
    underWay--;
    return find(...given);
  };
  const visitors = Array.from({ length: 300 }, () => newcomer());
  for (const [at, visitor] of visitors.entries()) {
    await visitor.logIn(`user ${at}`);
    await connect(connections, visitor);
  }
  store.breakFeed();
  await pass(clock, 1_000);
  expect(most).toBeLessThanOrEqual(65);
  expect(connections.stats.sessions).toBe(301);
});

test("wrong options are refused with what to write instead", () => {
  const { manager } = liveWorld();
  const problemsOf = (options: unknown) => {
    try {
      openConnections(manager, options as never);
    } catch (error) {
      return (error as { problems: readonly string[] }).problems;
    }
    return [];
  };
  expect(problemsOf({ perSession: 0, pollEvery: "2m", patience: 3, pollevery: "1s" })).toEqual([
    "openConnections.pollevery does not exist: did you mean pollEvery?",
    "perSession is 0: write a whole number from 1, like 20",
    'pollEvery is "2m": write a number and a unit, like "0.3s", at most "60s"',
    'patience is 3: write a number and a unit, like "10s", at most "1d"',
  ]);
  expect(problemsOf(null)).toEqual(["options is of type null: write an object"]);
  expect(() => openConnections(undefined as never)).toThrow(
    "manager is none: write what createSessionManager returned",
  );
  expect(() => acceptWebSockets(manager as never, {} as never, undefined as never)).toThrow(
    /connections is none: write openConnections\(manager\).*new WebSocketServer\(\{ noServer: true \}\).*onConnection is none/s,
  );
  expect(shop).toBe(manager.settings.origins[0]);
});

test("nothing that watches keeps a process alive which has no connections any more", async () => {
  const manager = createSessionManager({ store: memoryStore(), origins: [shop] });
  const connections = openConnections(manager);
  const alice = new Visitor(manager);
  await alice.logIn("alice");
  const before = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  await connect(connections, alice);
  await settled();
  expect(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length).toBe(before);
  await connections.close();
});
