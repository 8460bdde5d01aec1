import { expect, test, vi } from "vitest";
import { badScheduleOf } from "./combinations.ts";
import { poll, renewal } from "./programs.ts";
import { compareAll, pairsWith } from "./reduction.ts";

/* Weakened: whoever finds renewal due draws a successor of its own, instead of handing out the one in the row again. */
vi.mock("../../src/core/assess.ts", async (original) => {
  const real = await original<typeof import("../../src/core/assess.ts")>();
  const { isSame, secretHash } = await import("../../src/core/token.ts");
  const assess: typeof real.assess = (record, token, circumstances) => {
    const { pending, ...rest } = record;
    const isShown = pending !== undefined && isSame(pending.hash, secretHash(token));
    return real.assess(isShown ? record : rest, token, circumstances);
  };
  return { ...real, assess };
});

test("with a pending secret drawn anew by each request, renewal signs the honest browser out", async () => {
  const bad = await badScheduleOf(
    { programs: [renewal, poll] },
    /honest request was refused as superseded|honest browser is signed out/,
  );
  console.log(bad);
  expect(bad).toMatch(/^ {2}=> /m);
});

test("the reduced search of two programs finds every promise that this breaks", { timeout: 300_000 }, async () => {
  const { broken, differing } = await compareAll(pairsWith({}));
  expect(broken).toBeGreaterThan(0);
  expect(differing).toEqual([]);
});
