import { expect, test } from "vitest";
import { selections } from "./combinations.ts";
import { judgeStep } from "./explorer/invariants.ts";
import { factsUntil, firstScene, type Performance, perform, seeded } from "./explorer/script.ts";
import { playOn } from "./explorer/search.ts";
import { oneTable } from "./explorer/shelf.ts";
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
    const seats = programs.map((program, at) => programs.slice(0, at).filter((other) => other === program).length);
    const scenes = await Promise.all(programs.map((each, at) => firstScene(each, seats[at] ?? 0, start.now)));
    const live = await Promise.all(programs.map((each, at) => perform(each, seats[at] ?? 0, start.now)));
    let state: State = { ...start, scenes };
    for (let moves = movesOf(state); moves.length > 0; moves = movesOf(state)) {
      const move = pick(moves);
      const effect = effectOf(move, state, { programs, model: oneTable, longAway });
      const answered = {
        ...effect.state,
        ...(effect.answer !== undefined && (await playOn(move, effect.answer, effect.state))),
      };
      if (answered.scenes !== effect.state.scenes) await playLive(move, effect.answer ?? null, effect.state, live);
      state = { ...answered, past: judgeStep(state, answered, move, { programs, model: oneTable, longAway }).past };
      expect(live.map((each) => each.waiting())).toEqual(state.scenes.map(({ waiting }) => waiting));
      expect(live.map((each) => each.facts())).toEqual(state.scenes.map(factsUntil));
    }
    expect(live.every((each) => each.isDone())).toBe(true);
  }
});

/** Gives the running program of `move` what it waited for. */
async function playLive(
  { program, call }: Move,
  answer: Awaited<Parameters<typeof playOn>[1]>,
  { answered, now }: State,
  live: readonly Performance[],
): Promise<void> {
  const performance = live[program] as Performance;
  const answers = performance.waiting().map((each) => ({
    call: each,
    answer: each.ordinal === call.ordinal ? answer : (answered.get(`${program}.${each.ordinal}`) ?? null),
  }));
  await performance.answer({ answers, now });
}
