import { expect, test } from "vitest";
import { type Meeting, selections } from "./combinations.ts";
import { indexApart, oneTable } from "./explorer/shelf.ts";
import { limitedLogin, signedInPrograms, visitorPrograms } from "./programs.ts";
import { compareAll, pairsWith } from "./reduction.ts";

/*
 * The search leaves out what makes no difference. Here it meets the full one, which leaves out nothing: the same promises
 * are broken, parallel reads find the same, and the same states are reached in the end. With the engine weakened, see the weakened-*.test.ts.
 */

test.for([
  { lost: 0, model: oneTable },
  { lost: 0, model: indexApart },
  { lost: 1, model: oneTable },
] as const)(
  "the reduced search of two programs finds what the full one does: $model.name, answers lost: $lost",
  { timeout: 300_000 },
  async (world) => {
    const { differing, full, reduced } = await compareAll(pairsWith(world));
    expect(differing).toEqual([]);
    expect(reduced).toBeLessThan(full);
  },
);

test.for([
  { where: "signed in", programs: signedInPrograms },
  { where: "visitor", programs: visitorPrograms },
] as const)(
  "and so it does of three, one of whom logs in under a limit: $where",
  { timeout: 300_000 },
  async ({ where, programs }) => {
    const others = selections(
      programs.filter((each) => each !== limitedLogin),
      2,
    );
    const meetings = others.map(
      (two): Meeting => ({ programs: [...two, limitedLogin], where, lost: 0, model: oneTable }),
    );
    expect((await compareAll(meetings)).differing).toEqual([]);
  },
);

test("and so it does where two of three log in under a limit, for a visitor", { timeout: 300_000 }, async () => {
  const others = visitorPrograms.filter((each) => each !== limitedLogin);
  const meetings = others.map(
    (other): Meeting => ({ programs: [other, limitedLogin, limitedLogin], where: "visitor", lost: 0, model: oneTable }),
  );
  expect((await compareAll(meetings)).differing).toEqual([]);
});
