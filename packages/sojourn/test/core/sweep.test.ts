import { setImmediate } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { OptionsError } from "../../src/core/errors.ts";
import { type SweepProgress, sweepRegularly } from "../../src/sweep.ts";
import { testClock } from "../../src/testing/index.ts";
import { world } from "../support/world.ts";

const day = 86_400_000;

/** Lets `milliseconds` pass and everything that falls due meanwhile be done. */
async function pass(clock: ReturnType<typeof testClock>, milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 50) {
    clock.advance(50);
    for (let turn = 0; turn < 5; turn++) await setImmediate();
  }
}

async function withExpired(count: number, options: Parameters<typeof world>[0] = {}) {
  const { clock, rows, store, manager, events } = world(options);
  for (let index = 0; index < count; index++) {
    const row = { id: `s${index}` as never, version: 1, userId: null, ref: null, expiresAt: clock.now() - 1, body: "" };
    await rows.insert(row, { indexUntil: clock.now() + day });
  }
  return { clock, rows, store, manager, events };
}

test("a round removes everything that has expired, a batch after the other, and tells how far it is", async () => {
  const { clock, rows, manager } = await withExpired(25);
  const told: SweepProgress[] = [];
  const stop = sweepRegularly(manager, {
    every: "10s",
    limit: 10,
    clock,
    onProgress: (progress) => told.push(progress),
  });
  expect(await rows.scan(null, 100)).toHaveLength(25);
  await pass(clock, 11_000);
  expect(told).toEqual([
    { removed: 10, isDone: false },
    { removed: 20, isDone: false },
    { removed: 25, isDone: true },
    ...told.slice(3),
  ]);
  expect(await rows.scan(null, 100)).toEqual([]);
  await stop();
});

test("between two batches there is a pause, so that others get their turn", async () => {
  const { clock, manager } = await withExpired(25);
  const at: number[] = [];
  const stop = sweepRegularly(manager, { every: "10s", limit: 10, clock, onProgress: () => at.push(clock.now()) });
  await pass(clock, 11_000);
  expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(50);
  await stop();
});

test("rounds follow each other at an interval that varies, so that nodes that started together spread out", async () => {
  const starts = await Promise.all(
    [0, 0.5, 1].map(async (chance) => {
      vi.spyOn(Math, "random").mockReturnValue(chance);
      const { clock, manager } = await withExpired(0);
      const start = clock.now();
      const rounds: number[] = [];
      const stop = sweepRegularly(manager, { every: "10s", clock, onProgress: () => rounds.push(clock.now() - start) });
      // Each node draws its own numbers, so one node at a time.
      return { clock, rounds, stop, chance };
    }),
  );
  for (const { clock, rounds, stop, chance } of starts) {
    vi.spyOn(Math, "random").mockReturnValue(chance);
    await pass(clock, 40_000);
    await stop();
    const gaps = rounds.slice(1).map((round, index) => round - rounds[index]!);
    for (const gap of gaps) expect(gap).toBeCloseTo(10_000 * (0.5 + chance), -3);
    expect(gaps.length).toBeGreaterThan(0);
  }
  vi.restoreAllMocks();
});

test("a store that fails is an event and a line of progress, and the next round goes on", async () => {
  const { clock, rows, store, manager, events } = await withExpired(3);
  const told: SweepProgress[] = [];
  store.failNext("removeExpired");
  const stop = sweepRegularly(manager, { every: "10s", clock, onProgress: (progress) => told.push(progress) });
  await pass(clock, 30_000);
  expect(told[0]).toMatchObject({ removed: 0, isDone: true, error: { code: "ERR_STORE_UNAVAILABLE" } });
  expect(events).toMatchObject([{ type: "store_failed", operation: "removeExpired", code: "ERR_STORE_UNAVAILABLE" }]);
  expect(await rows.scan(null, 100)).toEqual([]);
  await stop();
});

test("a display that breaks ends no clean-up", async () => {
  const { clock, rows, manager } = await withExpired(3);
  const broken = () => {
    throw new Error("the terminal is gone");
  };
  const stop = sweepRegularly(manager, { every: "10s", limit: 1, clock, onProgress: broken });
  await pass(clock, 12_000);
  expect(await rows.scan(null, 100)).toEqual([]);
  await stop();
});

test("after it was stopped nothing is removed and no timer waits", async () => {
  const { clock, rows, manager } = await withExpired(3);
  const stop = sweepRegularly(manager, { every: "10s", clock });
  expect(clock.pendingTimers).toBe(1);
  await stop();
  expect(clock.pendingTimers).toBe(0);
  await pass(clock, 20_000);
  expect(await rows.scan(null, 100)).toHaveLength(3);
});

test("stopping waits for the batch that is under way", async () => {
  const clock = testClock();
  let finish = () => {};
  const isSwept = new Promise<number>((resolve) => {
    finish = () => resolve(0);
  });
  const stop = sweepRegularly({ sweep: () => isSwept }, { every: "1s", clock });
  clock.advance("1s");
  let isStopped = false;
  const stopping = stop().then(() => {
    isStopped = true;
  });
  await setImmediate();
  expect(isStopped).toBe(false);
  finish();
  await stopping;
  expect(clock.pendingTimers).toBe(0);
});

test("options that make no sense are refused together", () => {
  const wrong = { every: "2d", limit: 0, onProgress: 1, clock: {}, evry: 1 };
  expect(() => sweepRegularly({} as never, wrong as never)).toThrow(OptionsError);
  expect(() => sweepRegularly({} as never, wrong as never)).toThrow(/^sweepRegularly: 6 problems/);
});
