import { expect, test } from "vitest";
import { meetAll } from "../races/combinations.ts";
import { oneTable } from "../races/explorer/shelf.ts";
import { triplesOf } from "../races/triples.ts";

test.for(["signed in", "visitor"] as const)(
  "no order of the steps of three programs breaks a promise where several log in under a limit: %s",
  { timeout: 10_000_000 },
  async (where) => {
    const selections = triplesOf(where).longer;
    expect(await meetAll("triples under a limit", { selections, where, lost: 0, model: oneTable })).toEqual([]);
  },
);
