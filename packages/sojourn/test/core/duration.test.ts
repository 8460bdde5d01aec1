import { expect, test } from "vitest";
import { type Duration, milliseconds, parseDuration } from "../../src/core/duration.ts";

test.each([
  ["30s", 30_000],
  ["15m", 900_000],
  ["8h", 28_800_000],
  ["30d", 2_592_000_000],
  ["0s", 0],
  ["1.5h", 5_400_000],
  ["0.0015s", null],
  ["0.125s", 125],
  ["999999999d", 86_399_999_913_600_000],
])("%s is %s milliseconds", (written, expected) => {
  expect(parseDuration(written)).toBe(expected);
});

test.each([
  [""],
  ["30"],
  ["m"],
  ["-5m"],
  ["+5m"],
  ["5 m"],
  [" 5m"],
  ["5m "],
  ["5m\n"],
  [".5m"],
  ["5.m"],
  ["5w"],
  ["5M"],
  ["1e3s"],
  ["Infinitys"],
  ["1m30s"],
  ["9999999999s"],
])("%j is not a duration", (written) => {
  expect(parseDuration(written)).toBeNull();
});

test.each([[30], [null], [undefined], [["30m"]], [{ toString: () => "30m" }]])(
  "%j is not a duration, being no string",
  (value) => {
    expect(parseDuration(value)).toBeNull();
  },
);

test("a duration that was checked before becomes milliseconds", () => {
  expect(milliseconds("30m")).toBe(1_800_000);
});

test("a wrong duration is an error that says what to write instead", () => {
  expect(() => milliseconds("soon" as Duration)).toThrow(
    new TypeError('Not a duration: write a number and a unit, like "30m"; got soon'),
  );
});
