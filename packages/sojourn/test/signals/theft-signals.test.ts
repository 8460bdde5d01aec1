import { describe, expect, test } from "vitest";
import { keptHalf } from "./corpus/kept-half.ts";
import { tuningHalf } from "./corpus/tuning-half.ts";
import { sum, table, tallies } from "./judge-half.ts";

describe.each([
  ["the half the weights were chosen on", tuningHalf],
  ["the half that was kept apart", keptHalf],
])("%s", (name, half) => {
  const ordinary = tallies(half.ordinary, "every");
  const thefts = tallies(half.thefts, "last");
  console.log(`${name}\n\n${table(ordinary)}\n\n${table(thefts)}`);

  test("at most one in a hundred ordinary stories locks or ends a session", () => {
    expect(sum(ordinary, "stories")).toBeGreaterThanOrEqual(1_000);
    expect(sum(ordinary, "stopped") / sum(ordinary, "stories")).toBeLessThanOrEqual(0.01);
  });

  test("thefts are told by kind, and a copy of every header is not noticed", () => {
    expect(sum(thefts, "stories")).toBeGreaterThanOrEqual(100);
    const stopped = Object.fromEntries(thefts.map((line) => [line.kind, line.stopped / line.stories]));
    expect(stopped).toMatchObject({ "another browser on the same system": 1, "a script under its own name": 1 });
    expect(stopped["another system"]).toBeGreaterThan(0.9);
    expect(stopped["every header copied, the same network"]).toBe(0);
  });
});
