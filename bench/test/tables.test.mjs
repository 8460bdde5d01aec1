import { expect, test } from "vitest";
import { evidence } from "../lib/tables.mjs";

const machine = { processor: "one", cores: 2, node: "24.0.0" };
const figures = { date: "2026-11-27", machine, seconds: 1, rows: [], verdicts: [] };

test("a target that its interval does not meet is published as missed", () => {
  const verdict = { what: "open", atMost: 2, unit: "x", value: 1.9, low: 1.7, high: 2.1, met: false };
  const text = evidence({ engine: { ...figures, verdicts: [verdict] } });
  expect(text).toContain("| open | at most 2 | 1.9 (1.7 to 2.1) | **missed** |");
});

test("figures of a quick run are not published", () => {
  expect(() => evidence({ engine: { ...figures, quick: true } })).toThrow("quick");
});
