import type { RandomSource } from "../../../src/core/random.ts";
import { type Actor, actorOn, type Program } from "./actor.ts";
import type { Answer, Call } from "./calls.ts";
import type { Fact } from "./facts.ts";
import { futureOf } from "./future.ts";

/*
 * A program is a deterministic function of the answers it gets: its randomness is seeded, its clock shows the time of the
 * last answer. So where it stands is known by its answers alone, and the real engine needs to run a given history once,
 * however many schedules lead through it.
 */

/** Where a program stands after one history of answers. */
export interface Scene {
  /**
   * Equal identities go on alike. Histories differ in more than matters once a program is done, or nearly so: from there
   * on it is what it has told, and all that it can still do.
   */
  readonly identity: string;
  /** What it waits on; nothing once it is done. */
  readonly waiting: readonly Call[];
  /** What it told since the scene before. */
  readonly facts: readonly Fact[];
  readonly before: Scene | null;
  readonly isDone: boolean;
  /** Whether a request of the honest browser is on its way, or its response. */
  readonly inFlight: boolean;
  /** The scene after these answers. */
  after(step: Step): Promise<Scene>;
  /** The same, if it has been played before. */
  known(step: Step): Scene | undefined;
}

/** The answers to all a program waits on, in the order in which it asked. */
export interface Step {
  readonly answers: readonly {
    readonly call: Call;
    /** `null`: silence, which the engine sees as a store that did not answer. */
    readonly answer: Answer | null;
  }[];
  readonly now: number;
}

/** A program at work, which can be given one answer at a time. */
export interface Performance {
  readonly program: Program;
  waiting(): readonly Call[];
  facts(): readonly Fact[];
  isDone(): boolean;
  /** What its clock shows. */
  now(): number;
  answer(step: Step): Promise<void>;
}

let scenes = 0;

/** How many different scenes the engine has played so far. */
export const scenesPlayed = (): number => scenes;

export interface Role {
  readonly program: Program;
  /** Tells several instances of a program apart. */
  readonly seat: number;
  /** What its clock shows at first. */
  readonly now: number;
  /** Whether scenes with one past to tell and one future are one. */
  readonly listsFuture: boolean;
}

/** The first scene of a program. */
export async function firstScene(role: Role): Promise<Scene> {
  const { listsFuture } = role;
  const begin = () => perform(role);
  return scene({ live: await begin(), begin, listsFuture, steps: [], before: null });
}

interface Making {
  readonly live: Performance;
  readonly begin: () => Promise<Performance>;
  readonly listsFuture: boolean;
  readonly steps: readonly Step[];
  readonly before: Scene | null;
}

async function scene({ live, begin, listsFuture, steps, before }: Making): Promise<Scene> {
  const nexts = new Map<string, Scene>();
  // The performance that made this scene goes on into the first scene after it; the others play the history again.
  let reusable: Performance | null = live.isDone() ? null : live;
  const told = live.facts();
  const earlier = steps.length === 0 ? 0 : countFacts(before);
  scenes++;
  const number = scenes;
  const playOn = (more: readonly Step[]) => replay(begin, [...steps, ...more]);
  const future = live.isDone() ? "nothing" : listsFuture ? await futureOf(live, playOn) : null;
  const made: Scene = {
    identity: future === null ? `${number}` : `told ${numberOf(JSON.stringify(told))}, will ${numberOf(future)}`,
    waiting: live.waiting(),
    facts: told.slice(earlier),
    before,
    isDone: live.isDone(),
    inFlight: isInFlight(told, live),
    known: (step) => nexts.get(keyOf(step)),
    async after(step) {
      const played = reusable ?? (await replay(begin, steps));
      reusable = null;
      await played.answer(step);
      const next = await scene({ live: played, begin, listsFuture, steps: [...steps, step], before: made });
      nexts.set(keyOf(step), next);
      return next;
    },
  };
  return made;
}

const numbers = new Map<string, number>();

function numberOf(text: string): number {
  const known = numbers.get(text) ?? numbers.size;
  numbers.set(text, known);
  return known;
}

function countFacts(scene: Scene | null): number {
  return scene === null ? 0 : scene.facts.length + countFacts(scene.before);
}

/** Everything a program told up to this scene, in order. */
export function factsUntil(scene: Scene | null): readonly Fact[] {
  return scene === null ? [] : [...factsUntil(scene.before), ...scene.facts];
}

function keyOf({ answers, now }: Step): string {
  return `${answers.map(({ answer }) => (answer ? answer.key : "silence")).join(";")}@${now}`;
}

function isInFlight(told: readonly Fact[], live: Performance): boolean {
  const last = told.findLast((fact) => fact.kind === "asked");
  const isAtRest = live.isDone() || live.waiting().some(({ verb }) => verb === "send");
  return last?.kind === "asked" && last.by === "browser" && !isAtRest;
}

async function replay(begin: () => Promise<Performance>, steps: readonly Step[]): Promise<Performance> {
  const played = await begin();
  for (const step of steps) await played.answer(step);
  return played;
}

/** Starts a program and lets it run until it waits. */
export async function perform({
  program,
  seat,
  now: start,
}: Pick<Role, "program" | "seat" | "now">): Promise<Performance> {
  interface Open {
    readonly call: Call;
    readonly resolve: (value: unknown) => void;
    readonly reject: (error: Error) => void;
  }
  const open = new Map<number, Open>();
  const told: Fact[] = [];
  let now = start;
  let asked = 0;
  let isDone = false;
  let crash: unknown = null;
  const actor: Actor = actorOn(
    {
      ask: (wish) =>
        new Promise((resolve, reject) => {
          const call = { ...wish, ordinal: asked++ };
          open.set(call.ordinal, { call, resolve, reject });
        }),
      tell: (fact) => told.push(fact),
      now: () => now,
      random: seeded(`${program.name} ${seat}`),
    },
    program,
  );
  program.run(actor).then(
    () => {
      isDone = true;
    },
    (error: unknown) => {
      crash = error;
    },
  );
  await untilItWaits();
  if (crash !== null) throw crash;
  return {
    program,
    waiting: () => [...open.values()].map(({ call }) => call),
    facts: () => [...told],
    isDone: () => isDone,
    now: () => now,
    async answer(step) {
      now = step.now;
      for (const { call, answer } of step.answers) {
        const { resolve, reject } = open.get(call.ordinal) as Open;
        open.delete(call.ordinal);
        if (answer) resolve(answer.value);
        else reject(new Error("no answer"));
      }
      await untilItWaits();
      if (crash !== null) throw crash;
    },
  };
}

/** By the next turn of the event loop all that can run without an answer has run. */
function untilItWaits(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Randomness that is the same in every performance of the same program in the same seat, and differs between seats. */
export function seeded(seed: string): RandomSource {
  let state = 2_166_136_261;
  for (const character of seed) state = Math.imul(state ^ character.charCodeAt(0), 16_777_619);
  return (bytes) => {
    for (let at = 0; at < bytes.length; at++) {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      bytes[at] = (mixed ^ (mixed >>> 14)) >>> 0;
    }
    return bytes;
  };
}
