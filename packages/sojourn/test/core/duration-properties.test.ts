import fc from "fast-check";
import { expect, test } from "vitest";
import { milliseconds, parseDuration } from "../../src/core/duration.ts";
import { anyText } from "../support/texts.ts";

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const unit = fc.constantFrom<keyof typeof units>("s", "m", "h", "d");

test("a whole number with a unit is that many of it", () => {
  fc.assert(
    fc.property(fc.nat({ max: 999_999_999 }), unit, (count, letter) => {
      expect(milliseconds(`${count}${letter}`)).toBe(count * units[letter]);
    }),
  );
});

test("a number with decimals is within half a millisecond", () => {
  fc.assert(
    fc.property(fc.nat({ max: 9_999 }), fc.integer({ min: 0, max: 999 }), unit, (whole, thousandths, letter) => {
      const parsed = milliseconds(`${whole}.${String(thousandths).padStart(3, "0")}${letter}` as `${number}s`);
      expect(Math.abs(parsed - (whole + thousandths / 1_000) * units[letter])).toBeLessThanOrEqual(0.5);
    }),
  );
});

test("any other text is no duration, and no crash", () => {
  const form = /^\d{1,9}(\.\d{1,3})?[smhd]$/;
  const nearly = fc.string({ unit: fc.constantFrom(..."0123456789.smhd -+e\n"), maxLength: 14 });
  fc.assert(
    fc.property(fc.oneof(anyText(), nearly), (text) => {
      expect(parseDuration(text) === null).toBe(!form.test(text));
    }),
    { numRuns: 1_000 },
  );
});

test("what is no text is no duration, and no crash", () => {
  fc.assert(
    fc.property(
      fc.anything().filter((value) => typeof value !== "string"),
      (value) => parseDuration(value) === null,
    ),
  );
});
