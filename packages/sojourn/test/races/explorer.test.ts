import { expect, test } from "vitest";
import { selections } from "./combinations.ts";
import type { Answer } from "./explorer/calls.ts";
import { judgeStep } from "./explorer/invariants.ts";
import { withReadable } from "./explorer/parallel-reads.ts";
import { factsUntil, firstScene, type Performance, perform, seeded } from "./explorer/script.ts";
import { playOn, rolesOf } from "./explorer/search.ts";
import { foundIn, oneTable } from "./explorer/shelf.ts";
import { effectOf, type Move, movesOf, type State } from "./explorer/state.ts";
import { pendingThief, signedInPrograms } from "./programs.ts";
import { longAway, startOf } from "./starts.ts";

/*
 * The search plays each program by itself and puts schedules together from what it has seen. Here whole schedules are
 * played at once, all programs in one process on one store: they must ask and tell exactly what the search says.
 */
test("what the search puts together is what happens when all programs run at once", { timeout: 60_000 }, async () => {
  const random = seeded("schedules");
  const pick = (many: readonly Move[]) => many[(random(new Uint8Array(1))[0] ?? 0) % many.length] as Move;
  for (const programs of selections(signedInPrograms, 3).filter((_, at) => at % 3 === 0)) {
    const world = programs.includes(pendingThief) ? "a new secret handed out" : "signed in";
    const start = startOf(world, 1).state;
    const search = { programs, model: oneTable, longAway, reduced: true };
    const roles = rolesOf(search, start.now);
    const scenes = await Promise.all(roles.map(firstScene));
    const live = await Promise.all(roles.map(perform));
    let state: State = withReadable({ ...start, scenes }, search);
    for (let moves = movesOf(state, search); moves.length > 0; moves = movesOf(state, search)) {
      const move = pick(moves);
      const effect = effectOf(move, state, search);
      const answered = {
        ...effect.state,
        ...(effect.answer !== undefined && (await playOn(move, effect.answer, effect.state))),
      };
      if (answered.scenes !== effect.state.scenes) await playLive(move, effect.answer ?? null, effect.state, live);
      const { past } = judgeStep(state, answered, move, search);
      state = withReadable({ ...answered, past }, search);
      expect(live.map((each) => each.waiting())).toEqual(state.scenes.map(({ waiting }) => waiting));
      expect(live.map((each) => each.facts())).toEqual(state.scenes.map(factsUntil));
    }
    expect(live.every((each) => each.isDone())).toBe(true);
  }
});

/** Gives the running program of `move` what it waited for: rows as they are, where the search shows a glance of them. */
async function playLive(
  move: Move,
  answer: Answer | null,
  { answered, now, shelf }: State,
  live: readonly Performance[],
): Promise<void> {
  const { program, call } = move;
  const performance = live[program] as Performance;
  const real = new Map(performance.waiting().map(({ ordinal }) => [ordinal, answered.get(`${program}.${ordinal}`)]));
  real.set(call.ordinal, answer);
  if (move.kind === "readings") {
    for (const earlier of move.earlier) real.set(earlier.call.ordinal, earlier.answer);
    real.set(call.ordinal, foundIn(shelf, move.call.id));
  }
  const answers = performance.waiting().map((each) => ({ call: each, answer: real.get(each.ordinal) ?? null }));
  await performance.answer({ answers, now });
}
