import { setImmediate } from "node:timers/promises";
import Libsql from "libsql";
import { expect, test } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { createSlices } from "../../src/stores/sqlite-slices.ts";

/** A database that takes `perRow` milliseconds for each row it removes, on a clock of its own. */
function slowDatabase({ rows, perRow }: { rows: number; perRow: number }) {
  let now = 0;
  let left = rows;
  const slices: number[] = [];
  const clock = {
    now: () => now,
    after(_milliseconds: number, action: () => void) {
      queueMicrotask(action);
      return () => {};
    },
  };
  const removeSome = (limit: number) => {
    const removed = Math.min(limit, left);
    left -= removed;
    now += removed * perRow;
    slices.push(removed * perRow);
    return removed;
  };
  return { clock, slices, removeSome };
}

test("a sweep on a slow disk holds up nobody for longer than four milliseconds, once it knows the disk", async () => {
  const { clock, slices, removeSome } = slowDatabase({ rows: 1_000, perRow: 1 });
  expect(await createSlices(clock)(1_000, removeSome)).toBe(1_000);
  expect(Math.max(...slices.slice(1))).toBeLessThanOrEqual(4);
});

test("a disk that has become slow is noticed at the next slice", async () => {
  const fast = slowDatabase({ rows: 5_000, perRow: 0.01 });
  const slow = slowDatabase({ rows: 500, perRow: 1 });
  let database = fast;
  const clock = { ...fast.clock, now: () => database.clock.now() };
  const inSlices = createSlices(clock);
  await inSlices(5_000, fast.removeSome);
  database = slow;
  await inSlices(500, slow.removeSome);
  expect(Math.max(...slow.slices.slice(1))).toBeLessThanOrEqual(4);
});

test("on a fast disk slices grow, so that a sweep of many rows is few statements", async () => {
  const { clock, slices, removeSome } = slowDatabase({ rows: 100_000, perRow: 0.002 });
  const inSlices = createSlices(clock);
  expect(await inSlices(100_000, removeSome)).toBe(100_000);
  expect(slices.length).toBeLessThan(80);
  expect(Math.max(...slices)).toBeLessThanOrEqual(4);
});

test("a sweep removes no more than it may, and ends when nothing is left", async () => {
  const { clock, removeSome } = slowDatabase({ rows: 150, perRow: 0.1 });
  const inSlices = createSlices(clock);
  expect(await inSlices(100, removeSome)).toBe(100);
  expect(await inSlices(100, removeSome)).toBe(50);
  expect(await inSlices(100, removeSome)).toBe(0);
});

test("while a thousand expired rows are removed from a real file, the event loop turns", async () => {
  const store = sqliteStore(new Libsql(":memory:"), { createTable: true });
  for (let at = 0; at < 1_000; at++) {
    const id = `expired-${String(at).padStart(14, "0")}` as SessionId;
    await store.insert({ id, version: 1, userId: null, ref: null, expiresAt: 1, body: "{}" }, { indexUntil: 1 });
  }
  let turns = 0;
  let isSwept = false;
  const others = (async () => {
    for (; !isSwept; turns++) await setImmediate();
  })();
  expect(await store.removeExpired(2, 1_000)).toBe(1_000);
  isSwept = true;
  await others;
  expect(turns).toBeGreaterThan(1);
});
