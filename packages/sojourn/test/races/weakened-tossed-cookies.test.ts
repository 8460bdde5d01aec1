import { expect, test, vi } from "vitest";
import { badScheduleOf } from "./combinations.ts";
import { renewal, tossing } from "./programs.ts";
import { compareAll, pairsWith } from "./reduction.ts";

/* Weakened: of two cookies under one name both are cleared, and the visitor goes on without. */
vi.mock("../../src/core/refuse.ts", async (original) => {
  const real = await original<typeof import("../../src/core/refuse.ts")>();
  const refuse: typeof real.refuse = async (because, presented, visit) => {
    if (because === "ambiguous") visit.engine.transport.withdraw(visit.sink);
    return real.refuse(because, presented, visit);
  };
  return { ...real, refuse };
});

test("with both tossed cookies cleared, the victim is handed the attacker's session", async () => {
  const bad = await badScheduleOf({ programs: [renewal, tossing] }, /served the attacker's session/);
  console.log(bad);
  expect(bad).toMatch(/^ {2}=> /m);
});

test("the reduced search of two programs finds every promise that this breaks", { timeout: 300_000 }, async () => {
  const { broken, differing } = await compareAll(pairsWith({}));
  expect(broken).toBeGreaterThan(0);
  expect(differing).toEqual([]);
});
