import { expect, test } from "vitest";
import { memoryStore } from "../../src/stores/memory.ts";
import { jittery } from "./jittery-store.ts";
import { choices } from "./random.ts";
import { runWorkload } from "./run.ts";

test("memory", async () => {
for (let seed=1; seed<15; seed++) {
  const store = memoryStore();
  const findings = await runWorkload({ connections: [jittery(store, choices(1))], operations: 20_000, seed });
  console.info(findings);
  expect(findings.complaints).toEqual([]);
  }
});
