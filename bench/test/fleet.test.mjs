import { expect, test } from "vitest";
import { missShare, touchesPerSecond } from "../lib/fleet.mjs";
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

test("a cache that holds everything misses each session once, and none of them later", () => {
  const all = { sessions: 100, exponent: 1, perSecond: 100, entries: 100, maxAge: 1e9, requests: 100_000 };
  expect(missShare(all)).toBe(0);
});

test("a cache that may hold nothing longer than until the next request misses always", () => {
  const none = { sessions: 50, exponent: 1, perSecond: 1, entries: 50, maxAge: 1e-9, requests: 1_000 };
  expect(missShare(none)).toBe(1);
});

test("of two sessions that take turns at random, one place in the cache serves every second request", () => {
  const one = { sessions: 2, exponent: 0, perSecond: 1, entries: 1, maxAge: 1e9, requests: 100_000 };
  expect(missShare(one)).toBeCloseTo(0.5, 1);
});

test("a session that never rests is touched once an interval, and one that is seldom used at every request", () => {
  expect(touchesPerSecond({ sessions: 1, exponent: 1, perSecond: 1e9, every: 60 })).toBeCloseTo(1 / 60, 6);
  expect(touchesPerSecond({ sessions: 1, exponent: 1, perSecond: 1e-6, every: 60 })).toBeCloseTo(1e-6, 9);
  const equal = touchesPerSecond({ sessions: 1_000, exponent: 0, perSecond: 10, every: 60 });
  expect(equal).toBeCloseTo(1_000 / (60 + 100), 6);
});
