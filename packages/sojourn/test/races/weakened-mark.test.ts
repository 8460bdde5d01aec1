import { expect, test, vi } from "vitest";
import { badScheduleOf } from "./combinations.ts";
import { poll, resendingWriter, writer } from "./programs.ts";
import { compareAll, pairsWith } from "./reduction.ts";

/* Weakened: a write leaves no mark that its writer could find again. */
vi.mock("../../src/core/marks.ts", async (original) => ({
  ...(await original<typeof import("../../src/core/marks.ts")>()),
  isMarkedWith: () => false,
}));

test("without a write mark, an increment whose answer was lost is made twice", async () => {
  const bad = await badScheduleOf(
    { programs: [writer, poll], lost: 1 },
    /at most 1 increments of .* were made, 2 are there/,
  );
  console.log(bad);
  expect(bad).toMatch(/^ {2}=> /m);
});

test("the reduced search of two programs finds every promise that this breaks", { timeout: 300_000 }, async () => {
  // A re-sending writer would never learn that it has written, and write on and on.
  const pairs = pairsWith({ lost: 1 }).filter(({ programs }) => !programs.includes(resendingWriter));
  const { broken, differing } = await compareAll(pairs);
  expect(broken).toBeGreaterThan(0);
  expect(differing).toEqual([]);
});
