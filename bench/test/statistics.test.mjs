import { expect, test } from "vitest";
import { turned } from "../lib/rounds.mjs";
import { differenceInterval, meanInterval, percentile, ratioInterval, studentT95 } from "../lib/statistics.mjs";
import { atLeast, atMost } from "../lib/verdict.mjs";

test("the interval of a mean is that of a worked example", () => {
  // NIST/SEMATECH e-Handbook 1.3.5.2, by hand for five values: mean 3, s = 1.5811, t(4) = 2.776.
  const { value, low, high } = meanInterval([1, 2, 3, 4, 5]);
  expect(value).toBe(3);
  expect(low).toBeCloseTo(3 - 1.9629, 3);
  expect(high).toBeCloseTo(3 + 1.9629, 3);
});

test("what disturbs both alike does not widen the interval of their difference", () => {
  const left = [11, 21, 31, 41];
  expect(differenceInterval(left, [1, 11, 21, 31])).toMatchObject({ value: 10, low: 10, high: 10 });
});

test("a ratio that is the same in every round is known exactly", () => {
  const { value, low, high } = ratioInterval([1, 2, 3, 4], [2, 4, 6, 8]);
  for (const bound of [value, low, high]) expect(bound).toBeCloseTo(0.5, 9);
});

test("at the ends of a ratio's interval the paired differences just touch zero", () => {
  const ours = [9.8, 10.4, 10.1, 9.9, 10.6, 10.2];
  const theirs = [61, 58, 60.5, 59, 62, 60];
  const { low, high } = ratioInterval(ours, theirs);
  const differences = (ratio) => meanInterval(ours.map((value, round) => value - ratio * theirs[round]));
  expect(differences(high).high).toBeCloseTo(0, 9);
  expect(differences(low).low).toBeCloseTo(0, 9);
});

test("a peer that adds nothing measurable bounds no ratio", () => {
  expect(ratioInterval([5, 6, 5, 6], [1, -1, 1, -1]).high).toBe(Number.POSITIVE_INFINITY);
});

test("fewer rounds need a wider interval, and one round gives none", () => {
  expect(studentT95(11)).toBe(2.201);
  expect(studentT95(1)).toBeGreaterThan(studentT95(2));
  expect(studentT95(45)).toBeGreaterThanOrEqual(2.0141);
  expect(() => studentT95(0)).toThrow(RangeError);
});

test("a percentile is a value that was measured", () => {
  const samples = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect(percentile(samples, 0.99)).toBe(99);
  expect(percentile(samples, 1)).toBe(100);
  expect(percentile([7], 0.5)).toBe(7);
});

test("a target is met only if the whole interval meets it", () => {
  const interval = { value: 0.1, low: 0.05, high: 0.2, rounds: 12 };
  expect(atMost("cost", 0.2, interval).met).toBe(true);
  expect(atMost("cost", 0.15, interval).met).toBe(false);
  expect(atLeast("speed", 0.05, interval).met).toBe(true);
  expect(atLeast("speed", 0.08, interval).met).toBe(false);
});

test("an unbounded interval meets nothing, and can be written as JSON", () => {
  const verdict = atMost("cost", 1, { value: 1, low: 0, high: Number.POSITIVE_INFINITY, rounds: 12 });
  expect(verdict.met).toBe(false);
  expect(JSON.parse(JSON.stringify(verdict)).high).toBeNull();
});

test("over the rounds, every contestant runs first, and last, and after every other", () => {
  const names = ["a", "b", "c"];
  const orders = [0, 1, 2, 3, 4, 5].map((round) => turned(names, round).join(""));
  expect(orders).toEqual(["abc", "cba", "bca", "acb", "cab", "bac"]);
});
