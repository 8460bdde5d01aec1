import { expect, test } from "vitest";
import { meetAll, selections } from "../races/combinations.ts";
import { indexApart } from "../races/explorer/shelf.ts";
import { signedInPrograms, visitorPrograms } from "../races/programs.ts";

test.for(["signed in", "visitor"] as const)(
  "no order of the steps of two programs on a store whose index is apart, one answer lost, breaks a promise: %s",
  { timeout: 600_000 },
  async (where) => {
    const pairs = selections(where === "visitor" ? visitorPrograms : signedInPrograms, 2);
    expect(await meetAll("pairs", { selections: pairs, where, lost: 1, model: indexApart })).toEqual([]);
  },
);
