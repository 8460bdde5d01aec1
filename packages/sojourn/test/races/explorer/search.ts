import type { Program } from "./actor.ts";
import type { Answer, Call } from "./calls.ts";
import { type Judge, judgeStep } from "./invariants.ts";
import { foundTogether, withReadable } from "./parallel-reads.ts";
import { settled } from "./past.ts";
import { firstScene, type Role, type Scene, scenesPlayed } from "./script.ts";
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
  /** How many different orders of steps lead through those states; parallel reads are one step where `reduced`. */
  readonly schedules: bigint;
  readonly bad: readonly BadSchedule[];
}

export interface Search extends Combination {
  /** Everything before the first step; its programs are not on stage yet. */
  readonly start: Omit<State, "scenes">;
  readonly judgeEnd: Judge;
  readonly witness?: Witness;
}

/** What a search came through, for whoever compares two of them. */
export interface Witness {
  /** The states in which everybody was done, by their keys. */
  readonly ends: Set<string>;
  /** What each parallel reading found, and what was in the store when its last answer came. */
  readonly readings: Set<string>;
}

const stages = new Map<string, Promise<Scene>>();
let scenesBefore = 0;
const scenesKept = 50_000;

/** The scenes of a program are shared by all combinations it is in, and forgotten before they fill the memory. */
function staged(role: Role): Promise<Scene> {
  const key = `${role.program.name} ${role.seat} ${role.listsFuture}`;
  const known = stages.get(key) ?? firstScene(role);
  stages.set(key, known);
  return known;
}

/** Who plays what. Where time can pass on the way, what a program can still do cannot be listed. */
export function rolesOf(
  { programs, reduced }: Pick<Combination, "programs" | "reduced">,
  now: number,
): readonly Role[] {
  const listsFuture = reduced && !programs.some(({ traits }) => traits.pauses);
  return programs.map((program, at) => {
    const seat = programs.slice(0, at).filter((other) => other === program).length;
    return { program, seat, now, listsFuture };
  });
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
  const scenes = await Promise.all(rolesOf(search, start.now).map(staged));
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
      search.witness?.ends.add(key);
      const violated = await search.judgeEnd(state, search);
      if (violated !== null) report(violated, state);
    }
    for (const move of movesOf(state, search)) {
      const effect = effectOf(move, state, search);
      if (search.witness) testify(search.witness.readings, foundTogether(move, effect));
      path.push({ move, answer: effect.answer });
      const next = effect.answer === undefined ? effect.state : await playOn(move, effect.answer, effect.state);
      const { past, violated } = judgeStep(state, next, move, search);
      const reached = withReadable(withoutDeadStrays({ ...next, past: settled(past, next) }), search);
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

  const schedules = await visit(withReadable({ ...start, scenes }, search));
  return { states: counted.size, schedules, bad };
}

function testify(seen: Set<string>, what: string | null): void {
  if (what !== null) seen.add(what);
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
