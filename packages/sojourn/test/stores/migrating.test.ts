import { describe, expect, test } from "vitest";
import { OptionsError } from "../../src/core/errors.ts";
import type { SessionId } from "../../src/core/ids.ts";
import type { SessionStore, StoreChange, StoredSession } from "../../src/core/store.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { type MigratingOptions, migrating } from "../../src/stores/migrating.ts";
import { storeChecks, testClock } from "../../src/testing/index.ts";

const day = 86_400_000;

function aRow(facts: Partial<StoredSession> = {}): StoredSession {
  return { id: "s1" as SessionId, version: 3, userId: "alice", ref: "op 1", expiresAt: 40 * day, body: "{}", ...facts };
}

/** Two processes over the same two stores. */
function fleet(options: Partial<MigratingOptions>[] = [{}, {}]) {
  const [from, to] = [memoryStore(), memoryStore()];
  const clock = testClock(0);
  return { from, to, clock, nodes: options.map((each) => migrating({ from, to, clock, ...each })) };
}

/** The row as `from` held it before the migration began. */
async function left(from: SessionStore, row = aRow()): Promise<StoredSession> {
  await from.insert({ ...row, version: 1 }, { indexUntil: row.expiresAt });
  for (let version = 2; version <= row.version; version++) await from.update({ ...row, version });
  return row;
}

const fleets: { readonly [name: string]: () => readonly SessionStore[] } = {
  "from is empty": () => fleet().nodes,
  "prepared, not moving": () => fleet([{ phase: "prepare" }, { phase: "prepare" }]).nodes,
  "one process moves already": () => startingInFrom([{ phase: "prepare" }, { phase: "move" }]),
  "the row is in from": () => startingInFrom([{}, {}]),
};

/** Every new row is put into `from`, as if it had been there before the migration began. */
function startingInFrom(options: Partial<MigratingOptions>[]): readonly SessionStore[] {
  const { from, to, nodes } = fleet(options);
  return nodes.map((node) => ({
    ...node,
    insert: async (row, indexing) => (await to.find(row.id)) === null && from.insert(row, indexing),
  }));
}

for (const [name, stores] of Object.entries(fleets)) {
  describe(`store contract: memory to memory, ${name}`, () => {
    const checks = storeChecks(async () => ({ stores: stores(), close: async () => {} }));
    for (const check of checks) test(check.name, () => check.run());
  });
}

test("a session moves when it is used, as it was, and is in one place after that", async () => {
  const { from, to, nodes } = fleet();
  const row = await left(from);
  expect(await nodes[0]?.find(row.id)).toEqual(row);
  expect([await from.find(row.id), await to.find(row.id)]).toEqual([null, row]);
});

test("an update moves it first, and is not lost", async () => {
  const { from, to, nodes } = fleet();
  const row = await left(from);
  expect(await nodes[0]?.update({ ...row, version: 4, body: "changed" })).toBe(true);
  expect([await from.find(row.id), (await to.find(row.id))?.body]).toEqual([null, "changed"]);
});

test("while it is prepared nothing moves, and what another process moved is found and changed where it is", async () => {
  const { from, to, nodes } = fleet([{ phase: "prepare" }, { phase: "move" }]);
  const [prepared, moving] = nodes;
  const row = await left(from);
  await prepared?.find(row.id);
  expect(await prepared?.update({ ...row, version: 4, body: "in from" })).toBe(true);
  expect(await to.find(row.id)).toBeNull();
  await moving?.find(row.id);
  expect(await prepared?.update({ ...row, version: 5, body: "in to" })).toBe(true);
  expect((await to.find(row.id))?.body).toBe("in to");
});

test("a logout leaves a tombstone, which outlives the session and is nobody's", async () => {
  const { from, to, nodes, clock } = fleet();
  for (const id of ["unmoved", "moved"] as SessionId[]) {
    const row = await left(from, aRow({ id }));
    if (id === "moved") await nodes[0]?.find(id);
    expect(await nodes[0]?.remove(id)).toBe(true);
    expect(await nodes[1]?.remove(id)).toBe(false);
    expect(await nodes[1]?.insert(row, { indexUntil: row.expiresAt })).toBe(false);
    expect(await nodes[1]?.find(id)).toBeNull();
    expect((await to.find(id))?.expiresAt).toBe(row.expiresAt);
  }
  expect(await to.find("unmoved" as SessionId)).toMatchObject({ userId: null });
  expect(await nodes[0]?.removeExpired(clock.now() + 40 * day, 100)).toBe(2);
  expect(await to.scan(null, 10)).toEqual([]);
});

test("paging shows sessions of both stores once, in order, and neither seals nor tombstones", async () => {
  const { from, to, clock, nodes } = fleet();
  const ids = Array.from({ length: 20 }, (_, at) => `s${at + 10}` as SessionId);
  for (const id of ids) await left(from, aRow({ id }));
  for (const id of ids.filter((_, at) => at % 2 === 0)) await nodes[0]?.find(id);
  await from.update({ ...aRow({ id: ids[1] as SessionId }), version: 4, body: "~sojourn:moving~{}" });
  await nodes[0]?.remove(ids[4] as SessionId);
  await nodes[0]?.remove(ids[5] as SessionId);
  const node = migrating({ from, to, clock });
  const seen: StoredSession[] = [];
  for (let page = await node.scan(null, 3); page.length > 0; page = await node.scan(seen.at(-1)?.id ?? null, 3)) {
    expect(page.length).toBeLessThanOrEqual(3);
    seen.push(...page);
  }
  expect(seen).toEqual(ids.filter((_, at) => at !== 4 && at !== 5).map((id) => aRow({ id })));
});

test("walking through both meets every session, wherever it moves meanwhile, and neither seals nor tombstones", async () => {
  const { from, to, clock } = fleet();
  const ids = Array.from({ length: 20 }, (_, at) => `s${at + 10}` as SessionId);
  for (const id of ids) await left(from, aRow({ id }));
  const node = migrating({ from, to, clock });
  await from.update({ ...aRow({ id: ids[1] as SessionId }), version: 4, body: "~sojourn:moving~{}" });
  const met = new Map<SessionId, StoredSession>();
  let page = await node.walk(null, 3);
  for (let at = 19; ; at--) {
    for (const row of page.rows) met.set(row.id, row);
    if (page.next === null) break;
    // Those that it has not come to move away before its eyes; one ends.
    if (at >= 10) await (at === 15 ? node.remove(ids[at] as SessionId) : node.find(ids[at] as SessionId));
    page = await node.walk(page.next, 3);
  }
  const stayed = ids.filter((_, at) => at !== 15);
  expect([...met.keys()].sort()).toEqual(stayed);
  expect([...met.values()].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(stayed.map((id) => aRow({ id })));
  const { scan: _scan, watch: _watch, ...plain } = memoryStore();
  expect("walk" in migrating({ from: memoryStore(), to: plain })).toBe(false);
});

test("both feeds are one, and ended together", async () => {
  const { from, to, clock } = fleet();
  const row = await left(from);
  const node = migrating({ from, to, clock });
  const changes: StoreChange[] = [];
  const stop = await node.watch((change) => changes.push(change));
  await node.find(row.id);
  await node.update({ ...row, version: 4 });
  await node.remove(row.id);
  // Sealed, gone from `from`; changed, buried: both in `to`.
  expect(changes.map(({ kind }) => kind)).toEqual(["updated", "removed", "updated", "updated"]);
  await stop();
  changes.length = 0;
  await left(to, aRow({ id: "s2" as SessionId }));
  await node.remove("s2" as SessionId);
  expect(changes).toEqual([]);
});

test("versions are those of wherever the session is; one that ended has none", async () => {
  const pollable = (store = memoryStore()) => ({
    ...store,
    versionsOf: async (ids: readonly SessionId[]) =>
      new Map(
        (await store.scan(null, 100)).filter(({ id }) => ids.includes(id)).map(({ id, version }) => [id, version]),
      ),
  });
  const [from, to] = [pollable(), pollable()];
  const node = migrating({ from, to, clock: testClock(0) });
  const ids = ["unmoved", "moved", "ended"] as SessionId[];
  for (const id of ids) await left(from, aRow({ id }));
  await node.find("moved" as SessionId);
  await node.remove("ended" as SessionId);
  expect([...(await node.versionsOf(ids))].sort()).toEqual([
    ["moved", 3],
    ["unmoved", 3],
  ]);
});

test("what two stores cannot both do, they cannot do together", () => {
  const { scan: _scan, watch: _watch, ...plain } = memoryStore();
  const node = migrating({ from: memoryStore(), to: plain });
  expect(["scan", "watch", "versionsOf"].filter((extra) => extra in node)).toEqual([]);
});

test("a session that others keep changing is served from where it is, and moves later", async () => {
  const { from, to, clock } = fleet();
  const row = await left(from);
  const contended = { ...from, update: async () => false };
  expect(await migrating({ from: contended, to, clock }).find(row.id)).toEqual(row);
  expect(await to.find(row.id)).toBeNull();
});

test("every problem of the options is reported at once", () => {
  const store = memoryStore();
  const build = () => migrating({ from: store, to: store, phase: "x", absolute: "soon", too: 1 } as never);
  expect(build).toThrow(OptionsError);
  expect(build).toThrow("4 problems");
  expect(() => migrating({ from: null, to: store } as never)).toThrow("from is of type null");
});
