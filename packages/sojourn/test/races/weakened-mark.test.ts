import { expect, test, vi } from "vitest";
import { badScheduleOf } from "./combinations.ts";
import { poll, writer } from "./programs.ts";

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
