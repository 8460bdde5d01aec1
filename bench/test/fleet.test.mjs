import { expect, test } from "vitest";
import { shares, touchesPerSecond } from "../lib/fleet.mjs";
import { seeded, zipf, zipfSum } from "../lib/zipf.mjs";

test.each([0.6, 1, 1.3])("ranks come as often as Zipf's law with exponent %d says", (exponent) => {
  const draw = zipf({ amount: 1_000, exponent, random: seeded(5) });
  const counts = new Array(1_001).fill(0);
  const draws = 200_000;
  for (let at = 0; at < draws; at++) counts[draw()]++;
  const sum = zipfSum(1_000, exponent);
  for (const rank of [1, 2, 10, 100]) {
    const expected = (draws * rank ** -exponent) / sum;
    expect(Math.abs(counts[rank] - expected)).toBeLessThan(5 * Math.sqrt(expected));
  }
  expect(counts[0]).toBe(0);
});

test.each([0.8, 1, 1.2])("the sum for exponent %d is the one that adding up gives", (exponent) => {
  let sum = 0;
  for (let rank = 1; rank <= 300_000; rank++) sum += rank ** -exponent;
  expect(zipfSum(300_000, exponent) / sum).toBeCloseTo(1, 6);
});

const readShare = (options) => shares(options).reads;

test("a cache that holds everything misses each session once, and none of them later", () => {
  const all = { sessions: 100, exponent: 1, perSecond: 100, entries: 100, maxAge: 1e9, requests: 100_000 };
  expect(readShare(all)).toBe(0);
});

test("a cache that may hold nothing longer than until the next request misses always", () => {
  const none = { sessions: 50, exponent: 1, perSecond: 1, entries: 50, maxAge: 1e-9, requests: 1_000 };
  expect(readShare(none)).toBe(1);
});

test("of two sessions that take turns at random, one place in the cache serves every second request", () => {
  const one = { sessions: 2, exponent: 0, perSecond: 1, entries: 1, maxAge: 1e9, requests: 100_000 };
  expect(readShare(one)).toBeCloseTo(0.5, 1);
});

test("a session that never rests is touched once an interval, and one that is seldom used at every request", () => {
  expect(touchesPerSecond({ sessions: 1, exponent: 1, perSecond: 1e9, every: 60 })).toBeCloseTo(1 / 60, 6);
  expect(touchesPerSecond({ sessions: 1, exponent: 1, perSecond: 1e-6, every: 60 })).toBeCloseTo(1e-6, 9);
  const equal = touchesPerSecond({ sessions: 1_000, exponent: 0, perSecond: 10, every: 60 });
  expect(equal).toBeCloseTo(1_000 / (60 + 100), 6);
});

test("the simulation touches as often as the arithmetic says, wherever a session's requests go", () => {
  const hot = {
    sessions: 200,
    exponent: 0.8,
    perSecond: 100,
    entries: 200,
    maxAge: 1e9,
    touchEvery: 60,
    requests: 400_000,
  };
  const expected = touchesPerSecond({ sessions: 200, exponent: 0.8, perSecond: 100, every: 60 });
  expect((shares(hot).touches * 100) / expected).toBeCloseTo(1, 1);
  const fleet = { ...hot, fleetPerSecond: 1_000 };
  const ofTenProcesses = touchesPerSecond({ sessions: 200, exponent: 0.8, perSecond: 1_000, every: 60 });
  expect((shares(fleet).touches * 1_000) / ofTenProcesses).toBeCloseTo(1, 1);
});

test("a cache that holds everything reads twice for each touch of its own, once for one it missed", () => {
  const busy = {
    sessions: 1,
    exponent: 1,
    perSecond: 10,
    entries: 1,
    maxAge: 1e9,
    touchEvery: 60,
    requests: 1_000_000,
  };
  expect(shares(busy).reads / shares(busy).touches).toBeCloseTo(2, 1);
  // One of a hundred processes: nearly every touch is another's.
  const { reads, touches } = shares({ ...busy, fleetPerSecond: 1_000 });
  expect(reads * 10 * 60).toBeCloseTo(1, 1);
  expect(touches / reads).toBeLessThan(0.05);
});
