import type { Program } from "./actor.ts";
import type { Answer, Call } from "./calls.ts";
import { type Judge, judgeStep } from "./invariants.ts";
import { settled } from "./past.ts";
import { firstScene, type Scene, scenesPlayed } from "./script.ts";
import { type Combination, effectOf, keyOfState, type Move, movesOf, type State, withoutDeadStrays } from "./state.ts";

/** One step of a schedule, as it is printed. */
export interface Taken {
  readonly move: Move;
  readonly answer: Answer | null | undefined;
}

export interface BadSchedule {
  readonly programs: readonly Program[];
  readonly violated: string;
  readonly steps: readonly Taken[];
  readonly end: State;
}

export interface Findings {
  readonly states: number;
  /** How many different orders of steps lead through those states. */
  readonly schedules: bigint;
  readonly bad: readonly BadSchedule[];
}

export interface Search extends Combination {
  /** Everything before the first step; its programs are not on stage yet. */
  readonly start: Omit<State, "scenes">;
  readonly judgeEnd: Judge;
}

const stages = new Map<string, Promise<Scene>>();
let scenesBefore = 0;
const scenesKept = 50_000;

/** The scenes of a program are shared by all combinations it is in, and forgotten before they fill the memory. */
function staged(program: Program, seat: number, now: number): Promise<Scene> {
  const key = `${program.name} ${seat}`;
  const known = stages.get(key) ?? firstScene(program, seat, now);
  stages.set(key, known);
  return known;
}

/**
 * Every order of the steps of `programs`: depth first, each state once. Two schedules that lead to the same state go on
 * alike, because a program is a function of its answers and the invariants of the state; so a state's schedules are the
 * sum of those of its next states, and none is left out by looking at it once.
 */
export async function explore(search: Search): Promise<Findings> {
  if (scenesPlayed() - scenesBefore > scenesKept) {
    stages.clear();
    scenesBefore = scenesPlayed();
  }
  const { programs, start } = search;
  const seats = programs.map((program, at) => programs.slice(0, at).filter((other) => other === program).length);
  const scenes = await Promise.all(programs.map((program, at) => staged(program, seats[at] ?? 0, start.now)));
  const counted = new Map<string, bigint>();
  const bad: BadSchedule[] = [];
  const path: Taken[] = [];

  async function visit(state: State): Promise<bigint> {
    const key = keyOfState(state);
    const known = counted.get(key);
    if (known !== undefined) return known;
    let schedules = 0n;
    if (state.scenes.every(({ isDone }) => isDone)) {
      schedules = 1n;
      const violated = await search.judgeEnd(state, search);
      if (violated !== null) report(violated, state);
    }
    for (const move of movesOf(state)) {
      const effect = effectOf(move, state, search);
      path.push({ move, answer: effect.answer });
      const next = effect.answer === undefined ? effect.state : await playOn(move, effect.answer, effect.state);
      const { past, violated } = judgeStep(state, next, move, search);
      const reached = withoutDeadStrays({ ...next, past: settled(past, next) });
      if (violated === null) schedules += await visit(reached);
      else {
        schedules += 1n;
        report(violated, reached);
      }
      path.pop();
    }
    counted.set(key, schedules);
    return schedules;
  }

  function report(violated: string, end: State): void {
    bad.push({ programs, violated, steps: [...path], end });
  }

  const schedules = await visit({ ...start, scenes });
  return { states: counted.size, schedules, bad };
}

/** The state once the program of `move` has its answer: it goes on when all it waits for is answered. */
export async function playOn({ program, call }: Move, answer: Answer | null, state: State): Promise<State> {
  const scene = state.scenes[program] as Scene;
  const answered = new Map(state.answered).set(`${program}.${call.ordinal}`, answer);
  const answers = scene.waiting.map((each) => ({ call: each, answer: answered.get(`${program}.${each.ordinal}`) }));
  if (!answers.every(isAnswered)) return { ...state, answered };
  for (const { ordinal } of scene.waiting) answered.delete(`${program}.${ordinal}`);
  const step = { answers, now: state.now };
  const next = scene.known(step) ?? (await scene.after(step));
  return { ...state, answered, scenes: state.scenes.with(program, next) };
}

interface Replied {
  readonly call: Call;
  readonly answer: Answer | null | undefined;
}

function isAnswered(replied: Replied): replied is Replied & { readonly answer: Answer | null } {
  return replied.answer !== undefined;
}
