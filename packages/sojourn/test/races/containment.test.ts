import { expect, test } from "vitest";
import { meetAll, selections } from "./combinations.ts";
import { indexApart, oneTable } from "./explorer/shelf.ts";
import { containment, release, signedInPrograms, visitorPrograms } from "./programs.ts";

/* Containing, and undoing it, beside everything else that can be done to the same sessions. */

const casts = { "signed in": signedInPrograms, visitor: visitorPrograms };
const mine = [containment, release];

const classes = (["signed in", "visitor"] as const).flatMap((where) => [
  { where, lost: 0, model: oneTable } as const,
  { where, lost: 0, model: indexApart } as const,
  { where, lost: 1, model: oneTable } as const,
]);

test.for(classes)(
  "no order of the steps of two programs, one of them a containment, breaks a promise: $where, $model.name, answers lost: $lost",
  { timeout: 240_000 },
  async ({ where, lost, model }) => {
    const pairs = mine.flatMap((program) => [...mine, ...casts[where]].map((other) => [program, other]));
    expect(await meetAll("pairs with a containment", { selections: pairs, where, lost, model })).toEqual([]);
  },
);

test.for(["signed in", "visitor"] as const)(
  "no order of the steps of a containment and two other programs breaks a promise: %s",
  { timeout: 900_000 },
  async (where) => {
    const triples = selections(casts[where], 2).map((pair) => [containment, ...pair]);
    expect(
      await meetAll("triples with a containment", { selections: triples, where, lost: 0, model: oneTable }),
    ).toEqual([]);
  },
);
