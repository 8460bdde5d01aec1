import { afterAll, expect, test } from "vitest";
import { type CacheCombination, searchCache, titleOf } from "./interleavings/cache-search.ts";

/*
 * Every order in which the requests of one node, their answers, changes made elsewhere, and the news of them can come:
 * once a node has heard of a change, it serves nothing older, and no read that was under way brings it back.
 */
const tasks: readonly CacheCombination["tasks"][] = [
  ["find", "find"],
  ["find", "find fresh"],
  ["find", "find another"],
  ["find", "update"],
  ["find", "remove"],
];
const changes: readonly CacheCombination["changes"][] = [["remove"], ["update"], ["update", "remove"]];
const combinations: readonly CacheCombination[] = [
  ...tasks.flatMap((each) => changes.map((change) => ({ tasks: each, changes: change }))),
  { tasks: ["find"], changes: ["cut", "remove"] },
  { tasks: ["find", "find"], changes: ["cut"] },
  { tasks: ["find", "find"], changes: ["cut", "remove"] },
];
const totals = { states: 0, schedules: 0n };

test.each(combinations.map((each) => ({ ...each, title: titleOf(each) })))(
  "$title",
  { timeout: 120_000 },
  async (combination) => {
    const { states, schedules, bad } = await searchCache(combination);
    totals.states += states;
    totals.schedules += schedules;
    expect(bad).toBeNull();
  },
);

afterAll(() => {
  const { states, schedules } = totals;
  console.info(`near cache: ${combinations.length} combinations, ${states} states, ${schedules} schedules, none bad`);
});
