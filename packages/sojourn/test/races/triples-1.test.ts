import { expect, test } from "vitest";
import { meetAll, triplesOf } from "./combinations.ts";
import { oneTable } from "./explorer/shelf.ts";

test.for(["signed in", "visitor"] as const)(
  "no order of the steps of three programs breaks a promise: %s, half 1 of two",
  { timeout: 900_000 },
  async (where) => {
    const selections = triplesOf(where).filter((_, at) => at % 2 === 0);
    expect(await meetAll("triples, half 1", { selections, where, lost: 0, model: oneTable })).toEqual([]);
  },
);
