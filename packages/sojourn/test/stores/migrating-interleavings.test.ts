import { afterAll, expect, test } from "vitest";
import type { SessionStore } from "../../src/core/store.ts";
import { tombstone } from "../../src/stores/migrating/bodies.ts";
import { asPublished, type Build, type MigrationActor, migrationActors } from "./interleavings/migration-actors.ts";
import {
  halfMoved,
  id,
  leftOver,
  migrationModel,
  placeOn,
  unmoved,
  type World,
} from "./interleavings/migration-model.ts";
import { explore } from "./interleavings/search.ts";

/*
 * Every order in which processes that find, move, update, remove and log out everywhere can come at one session and its
 * two stores, with answers lost and processes dying between any two steps: nobody comes back who was removed, no update
 * that was acknowledged is lost or applied twice, and the session never stands in both stores at once.
 */
const starts: { readonly [start: string]: World } = { unmoved, "half moved": halfMoved, "left over": leftOver };
const all = migrationActors();
const totals = { combinations: 0, states: 0, schedules: 0n };

async function searchAll(groups: readonly (readonly MigrationActor[])[], faults: number): Promise<void> {
  for (const actors of groups) {
    for (const [start, world] of Object.entries(starts)) {
      const { states, schedules, bad } = await explore({ model: migrationModel, actors, world, faults });
      totals.combinations++;
      totals.states += states;
      totals.schedules += schedules;
      expect(bad, `${start}: ${actors.map(({ name }) => name).join(", ")}`).toBeNull();
    }
  }
}

test("any two processes, one fault", { timeout: 60_000 }, async () => {
  const actors = Object.values(all);
  const pairs = actors.flatMap((first, at) => actors.slice(at).map((second) => [first, second]));
  // A writer's mark tells whether its update was applied once: two need two marks.
  await searchAll(
    pairs.filter(([first, second]) => first !== second || !first?.name.includes("writer")),
    1,
  );
});

test("any two of those that write and remove, two faults", { timeout: 60_000 }, async () => {
  const { writer, preparedWriter, remover, mortal } = all;
  await searchAll(
    [
      [writer, remover],
      [preparedWriter, remover],
      [mortal, remover],
      [writer, preparedWriter],
    ],
    2,
  );
});

test("three processes at once", { timeout: 60_000 }, async () => {
  const { reader, writer, secondWriter, remover, mover, preparedWriter, preparedReader } = all;
  await searchAll(
    [
      [mover, writer, remover],
      [mover, preparedWriter, remover],
      [reader, mover, remover],
      [mover, writer, secondWriter],
      [mover, preparedWriter, writer],
      [mover, mover, remover],
      [preparedReader, mover, remover],
    ],
    0,
  );
});

const weakened: { readonly [weakness: string]: { readonly build: Build; readonly violated: RegExp } } = {
  "a row that is not sealed before it moves": {
    build: (line, phase) => asPublished({ ...line, ask: withoutSeals(line.ask) }, phase),
    violated: /stands in both stores/,
  },
  "a logout that removes from `from` before it leaves a tombstone": {
    build: (line, phase) => ({ ...asPublished(line, phase), remove: () => removedBeforeTombstone(line) }),
    violated: /removed session is found/,
  },
  "a logout without a tombstone": {
    build(line, phase) {
      const remove = async () => (await placeOn(line, "from").remove(id)) || placeOn(line, "to").remove(id);
      return { ...asPublished(line, phase), remove };
    },
    violated: /removed session (is|was) found/,
  },
};

for (const [weakness, { build, violated }] of Object.entries(weakened)) {
  test(`the search finds what goes wrong with ${weakness}`, { timeout: 60_000 }, async () => {
    const { mortal, preparedWriter, remover } = migrationActors(build);
    const groups = [
      [mortal, preparedWriter],
      [mortal, remover],
    ];
    const found = [];
    for (const actors of groups) {
      found.push((await explore({ model: migrationModel, actors, world: unmoved, faults: 1 })).bad);
    }
    const bad = found.find((each) => each !== null && violated.test(each.violated));
    console.info(`${weakness}:\n  ${bad?.steps.join("\n  ")}\n  => ${bad?.violated}`);
    expect(bad).toBeDefined();
  });
}

/** Says that it sealed, and did not. */
function withoutSeals(ask: Parameters<Build>[0]["ask"]): Parameters<Build>[0]["ask"] {
  return async (wish) => (wish.verb === "update" && wish.row.body.startsWith("~sojourn:moving~") ? true : ask(wish));
}

async function removedBeforeTombstone(line: Parameters<Build>[0]): Promise<boolean> {
  const [from, to]: readonly SessionStore[] = [placeOn(line, "from"), placeOn(line, "to")];
  const removed = (await from?.remove(id)) || (await to?.remove(id)) || false;
  await to?.insert(tombstone(id, { expiresAt: 0, now: 0 }), { indexUntil: 0 });
  return removed;
}

afterAll(() => {
  const { combinations, states, schedules } = totals;
  console.info(`migrating: ${combinations} combinations, ${states} states, ${schedules} schedules, none bad`);
});
