import { expect, test } from "vitest";
import { systemClock } from "../../src/core/clock.ts";

test("the machine's clock shows the machine's time, waits as long as asked, and can be called off", async () => {
  const before = Date.now();
  const shown = systemClock.now();
  expect(shown).toBeGreaterThanOrEqual(before);
  expect(shown).toBeLessThanOrEqual(Date.now());
  const done: string[] = [];
  const callOff = systemClock.after(1, () => done.push("called off"));
  systemClock.after(1, () => done.push("first"));
  systemClock.after(2, () => done.push("second"));
  callOff();
  await expect.poll(() => done.length).toBe(2);
  expect(done).toEqual(["first", "second"]);
});
