import { expect, test } from "vitest";
import { meetAll, triplesOf } from "./combinations.ts";
import { oneTable } from "./explorer/shelf.ts";

test.for(["signed in", "visitor"] as const)(
  "no order of the steps of three programs breaks a promise: %s, half 2 of two",
  { timeout: 900_000 },
  async (where) => {
    const selections = triplesOf(where).filter((_, at) => at % 2 === 1);
    expect(await meetAll("triples, half 2", { selections, where, lost: 0, model: oneTable })).toEqual([]);
  },
);
