import { expect, test } from "vitest";
import { badScheduleOf } from "./combinations.ts";
import { indexApart, named, type StoreModel } from "./explorer/shelf.ts";
import { limitedLogin, login, revokeAll } from "./programs.ts";
import { compareAll, pairsWith } from "./reduction.ts";

/** Weakened: whoever reads the index throws out every name that has no row, also one whose row is about to come. */
const prunedByExistence: StoreModel = {
  ...indexApart,
  name: "index pruned by existence",
  perform(shelf, call, phase) {
    if (call.verb !== "idsOf") return indexApart.perform(shelf, call, phase);
    const index = new Map([...shelf.index].filter(([id]) => shelf.rows.has(id)));
    const pruned = { ...shelf, index };
    return { shelf: pruned, answer: named(indexApart.ids(pruned, call.userId)) };
  },
};

test.for([
  { name: "log out everywhere", other: revokeAll },
  { name: "a login under a limit", other: limitedLogin },
])("with an index pruned by existence, $name makes it lose a live session", async ({ other }) => {
  const bad = await badScheduleOf({ programs: [login, other], model: prunedByExistence }, /the index misses session/);
  console.log(bad);
  expect(bad).toMatch(/^ {2}=> /m);
});

test("the reduced search of two programs finds every promise that this breaks", { timeout: 300_000 }, async () => {
  const { broken, differing } = await compareAll(pairsWith({ model: prunedByExistence }));
  expect(broken).toBeGreaterThan(0);
  expect(differing).toEqual([]);
});
