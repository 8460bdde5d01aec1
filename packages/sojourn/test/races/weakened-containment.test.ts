import { expect, test, vi } from "vitest";
import { badScheduleOf } from "./combinations.ts";
import { containment, poll, writer } from "./programs.ts";

/* Weakened: a request that was at work when its session was locked may still write. */
vi.mock("../../src/core/judge.ts", async (original) => {
  const real = await original<typeof import("../../src/core/judge.ts")>();
  const judge: typeof real.judge = ({ contained: _contained, ...record }, now, rules) => real.judge(record, now, rules);
  return { ...real, judge };
});

test("without the lock being judged, a request that begins after a containment is served", async () => {
  const bad = await badScheduleOf(
    { programs: [containment, poll] },
    /was locked, or its secret was replaced, was served/,
  );
  console.log(bad);
  expect(bad).toMatch(/^ {2}=> /m);
});

test("without the lock being judged, a locked session's data is changed", async () => {
  const bad = await badScheduleOf({ programs: [containment, writer] }, /the data of locked session .* was changed/);
  console.log(bad);
  expect(bad).toMatch(/^ {2}=> /m);
});
