import { expect, test } from "vitest";
import { meetAll, selections } from "./combinations.ts";
import { indexApart, oneTable } from "./explorer/shelf.ts";
import { signedInPrograms, visitorPrograms } from "./programs.ts";

const pairs = { "signed in": selections(signedInPrograms, 2), visitor: selections(visitorPrograms, 2) } as const;

const classes = (["signed in", "visitor"] as const).flatMap((where) =>
  ([0, 1] as const).flatMap((lost) => [oneTable, indexApart].map((model) => ({ where, lost, model }))),
);

test.for(classes)(
  "no order of the steps of two programs breaks a promise: $where, $model.name, $lost lost answers",
  { timeout: 120_000 },
  async ({ where, lost, model }) => {
    expect(await meetAll("pairs", { selections: pairs[where], where, lost, model })).toEqual([]);
  },
);
