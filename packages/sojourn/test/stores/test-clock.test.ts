import { expect, test } from "vitest";
import { testClock } from "../../src/testing/index.ts";

test("a test clock stands still until it is moved", () => {
  const clock = testClock(1_000);
  expect(clock.now()).toBe(1_000);
  clock.advance(500);
  clock.advance("2m");
  expect(clock.now()).toBe(121_500);
  clock.set(200_000);
  expect(clock.now()).toBe(200_000);
  expect(new Date(testClock().now()).toISOString()).toBe("2026-01-01T00:00:00.000Z");
});

test("what falls due on the way runs in order, each at its own instant, also what was begun on the way", () => {
  const clock = testClock(0);
  const diary: string[] = [];
  const note = (what: string) => () => diary.push(`${clock.now()} ${what}`);
  clock.after(30, note("third"));
  clock.after(10, note("first"));
  clock.after(10, note("second"));
  clock.after(20, () => clock.after(15, note("begun at 20")));
  clock.after(101, note("not yet"));
  clock.set(100);
  expect(diary).toEqual(["10 first", "10 second", "30 third", "35 begun at 20"]);
  expect(clock.now()).toBe(100);
  expect(clock.pendingTimers).toBe(1);
});

test("what was called off does not run, and is no longer pending", () => {
  const clock = testClock();
  let ran = 0;
  const callOff = clock.after(10, () => ran++);
  clock.after(20, () => ran++);
  expect(clock.pendingTimers).toBe(2);
  callOff();
  expect(clock.pendingTimers).toBe(1);
  clock.advance(1_000);
  expect(ran).toBe(1);
  expect(clock.pendingTimers).toBe(0);
});

test("a clock that is turned back shows an earlier time, and who waits waits no longer for it", () => {
  const clock = testClock(10_000);
  const rangAt: number[] = [];
  clock.after(100, () => rangAt.push(clock.now()));
  clock.set(5_000);
  expect(rangAt).toEqual([]);
  clock.advance(99);
  expect(rangAt).toEqual([]);
  clock.advance(1);
  expect(rangAt).toEqual([5_100]);
});

test("time does not pass backward", () => {
  expect(() => testClock().advance(-1)).toThrow(TypeError);
  expect(() => testClock().advance(Number.NaN)).toThrow(TypeError);
});
