import { expect, test } from "vitest";
import { meetAll, pairsOf } from "./combinations.ts";
import { indexApart, oneTable } from "./explorer/shelf.ts";

/* An index apart and a lost answer at once take longer: `npm run test:long`. */
const classes = (["signed in", "visitor"] as const).flatMap((where) => [
  { where, lost: 0, model: oneTable } as const,
  { where, lost: 0, model: indexApart } as const,
  { where, lost: 1, model: oneTable } as const,
]);

test.for(classes)(
  "no order of the steps of two programs breaks a promise: $where, $model.name, answers lost: $lost",
  { timeout: 120_000 },
  async ({ where, lost, model }) => {
    expect(await meetAll("pairs", { selections: pairsOf(where), where, lost, model })).toEqual([]);
  },
);
