import type { SessionToken } from "../../../src/core/ids.ts";
import { cookieName, type Program } from "./actor.ts";
import { type Answer, type Call, isWrite } from "./calls.ts";
import { glance, parallelReads, type Readings, readingsOf, withReadings } from "./parallel-reads.ts";
import { keyOfPast, type Past } from "./past.ts";
import type { Scene } from "./script.ts";
import { foundIn, type Shelf, type StoreModel } from "./shelf.ts";

/** The honest browser's cookies of the session's name: its own, and one that a subdomain planted. */
export interface Jar {
  readonly own: SessionToken | null;
  readonly tossed: SessionToken | null;
}

/** Where everything stands between two steps of a schedule. */
export interface State {
  readonly shelf: Shelf;
  readonly jar: Jar;
  readonly now: number;
  readonly scenes: readonly Scene[];
  /** How far verbs of several steps have come, by `<program>.<ordinal>`. */
  readonly phases: ReadonlyMap<string, string>;
  /**
   * Answers that wait until the others the program asked for at the same time are there, by `<program>.<ordinal>`. The
   * engine acts on such a batch when all of it is answered, so the order within it shows in what the store said alone.
   */
  readonly answered: ReadonlyMap<string, Answer | null>;
  /** What parallel reads can have found since they were asked for, by `<program>.<ordinal>`. */
  readonly readable: ReadonlyMap<string, readonly Answer[]>;
  /** Requests whose caller gave up waiting, and which the store may still perform. */
  readonly strays: readonly { readonly call: Call; readonly program: number }[];
  readonly faultsLeft: number;
  readonly past: Past;
}

/** What is looked into. */
export interface Combination {
  readonly programs: readonly Program[];
  readonly model: StoreModel;
  /** How much time `wait` lets pass: more than grace and clock tolerance together. */
  readonly longAway: number;
  /** Whether what makes no difference is left out: the order of parallel reads, and how a program came to its end. */
  readonly reduced: boolean;
}

/** What can happen next. */
export type Move = { readonly program: number; readonly call: Call } & (
  | { readonly kind: "perform" }
  /**
   * The caller's deadline passes and it sees silence. The request is on its way: from here on it may be performed at any
   * time (at once: its answer is lost), or never (it was lost itself).
   */
  | { readonly kind: "silence" }
  /** The request of a caller that gave up is performed after all. */
  | { readonly kind: "stray" }
  | Readings
);

const shortNames = new Map<string, number>();

/** A number for a long text: states are kept by the million. */
function short(text: string | null): number {
  if (text === null) return -1;
  const known = shortNames.get(text) ?? shortNames.size;
  shortNames.set(text, known);
  return known;
}

const wishes = new WeakMap<Call, number>();

/** A stray is what it asks for: when its program asked is of no account any more. */
function numberOfWish(call: Call): number {
  const { ordinal: _ordinal, ...wish } = call;
  const number = wishes.get(call) ?? short(JSON.stringify(wish));
  wishes.set(call, number);
  return number;
}

const glanceNo = (answer: Answer): number => short(glance(answer).key);

export function keyOfState(state: State): string {
  const rows = [...state.shelf.rows.values()].map(({ no }) => no).sort((a, b) => a - b);
  const index = [...state.shelf.index.keys()].map(short).sort();
  const phases = [...state.phases].map(([call, phase]) => `${call}=${short(phase)}`).sort();
  const answered = [...state.answered].map(([call, answer]) => `${call}=${short(answer?.key ?? null)}`).sort();
  const readable = [...state.readable].map(([call, found]) => `${call}=${found.map(glanceNo).sort()}`).sort();
  const strays = state.strays.map(({ call, program }) => `${program}.${numberOfWish(call)}`).sort();
  const scenes = state.scenes.map(({ identity }) => identity);
  const { own, tossed } = state.jar;
  const past = short(keyOfPast(state.past));
  return [
    scenes,
    rows,
    index,
    short(own),
    short(tossed),
    state.now,
    phases,
    answered,
    readable,
    strays,
    state.faultsLeft,
    past,
  ].join("|");
}

export function movesOf(state: State, { reduced }: Combination): readonly Move[] {
  const moves: Move[] = [];
  for (const [program, scene] of state.scenes.entries()) {
    if (reduced && parallelReads(scene).length > 0) {
      moves.push(...readingsOf(state, program));
      continue;
    }
    for (const call of scene.waiting) {
      if (state.answered.has(`${program}.${call.ordinal}`)) continue;
      if (call.verb === "wait" && !isQuiet(state)) continue;
      moves.push({ kind: "perform", program, call });
      const isUntouched = !state.phases.has(`${program}.${call.ordinal}`);
      if (state.faultsLeft > 0 && isWrite(call) && isUntouched) moves.push({ kind: "silence", program, call });
    }
  }
  for (const { call, program } of state.strays) moves.push({ kind: "stray", program, call });
  return moves;
}

/** A request that was in flight for longer than the grace may be taken for a replay: section 4 does not promise otherwise. */
function isQuiet({ scenes }: State): boolean {
  return scenes.every(({ inFlight }) => !inFlight);
}

/** The step as the program sees it; `answer` is missing where its verb has not come to its end. */
export interface Effect {
  readonly state: State;
  readonly answer?: Answer | null;
}

const done: Answer = { key: "done", value: undefined };

/** What `move` does to everything but the programs. */
export function effectOf(move: Move, state: State, { model, longAway }: Combination): Effect {
  const { call, program } = move;
  const faultsLeft = state.faultsLeft - 1;
  switch (move.kind) {
    case "silence": {
      const strays = [...state.strays, { call, program }];
      return { state: { ...state, faultsLeft, strays }, answer: null };
    }
    case "stray": {
      const strays = state.strays.filter((stray) => stray.call !== call);
      return { state: { ...state, strays, shelf: performedAtOnce(state.shelf, call, model) } };
    }
    case "readings": {
      const answer = glance(foundIn(state.shelf, move.call.id));
      return { state: withReadings(state, move), answer };
    }
    default:
      return ordinaryEffect(move, state, { model, longAway });
  }
}

/**
 * Without the requests that can change nothing any more, whenever they arrive: their row has moved on, or is gone for
 * good. An insert is never done with: its row may be removed, and it arrives then.
 */
export function withoutDeadStrays(state: State): State {
  if (state.strays.length === 0) return state;
  const { rows } = state.shelf;
  const strays = state.strays.filter(({ call }) => {
    if (call.verb === "update") return rows.get(call.row.id)?.stored.version === call.row.version - 1;
    return call.verb !== "remove" || rows.has(call.id);
  });
  return strays.length === state.strays.length ? state : { ...state, strays };
}

function performedAtOnce(shelf: Shelf, call: Call, model: StoreModel): Shelf {
  let performed = model.perform(shelf, call, null);
  while (performed.phase !== undefined) performed = model.perform(performed.shelf, call, performed.phase);
  return performed.shelf;
}

function ordinaryEffect(
  { call, program }: Move,
  state: State,
  { model, longAway }: Pick<Combination, "model" | "longAway">,
): Effect {
  switch (call.verb) {
    case "send": {
      const header = headerOf(state.jar);
      return { state, answer: { key: `${header}`, value: header } };
    }
    case "receive":
      return { state: { ...state, jar: { ...state.jar, own: call.cookie } }, answer: done };
    case "toss":
      return { state: { ...state, jar: { ...state.jar, tossed: call.cookie } }, answer: done };
    case "wait":
      return { state: { ...state, now: state.now + longAway }, answer: done };
    default: {
      const key = `${program}.${call.ordinal}`;
      const performed = model.perform(state.shelf, call, state.phases.get(key) ?? null);
      const phases = new Map(state.phases);
      if (performed.phase === undefined) phases.delete(key);
      else phases.set(key, performed.phase);
      const next = { ...state, shelf: performed.shelf, phases };
      return performed.answer ? { state: next, answer: performed.answer } : { state: next };
    }
  }
}

export function headerOf({ own, tossed }: Jar): string | null {
  const pairs = [own, tossed].flatMap((cookie) => (cookie === null ? [] : [`${cookieName}=${cookie}`]));
  return pairs.length === 0 ? null : pairs.join("; ");
}
