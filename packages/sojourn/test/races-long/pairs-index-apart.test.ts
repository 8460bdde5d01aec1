import { expect, test } from "vitest";
import { meetAll, pairsOf } from "../races/combinations.ts";
import { indexApart } from "../races/explorer/shelf.ts";

test.for(["signed in", "visitor"] as const)(
  "no order of the steps of two programs on a store whose index is apart, one answer lost, breaks a promise: %s",
  { timeout: 600_000 },
  async (where) => {
    expect(await meetAll("pairs", { selections: pairsOf(where), where, lost: 1, model: indexApart })).toEqual([]);
  },
);
