import type { SessionId } from "../../../src/core/ids.ts";
import { encodeRecord } from "../../../src/core/record.ts";
import type { StoredSession } from "../../../src/core/store.ts";
import { StoredData } from "../../../src/core/stored-data.ts";
import type { LineageHash, SecretHash } from "../../../src/core/token.ts";
import { type Answer, asRow, type Call } from "./calls.ts";
import type { Scene } from "./script.ts";
import { foundIn } from "./shelf.ts";
import type { Combination, Effect, Move, State } from "./state.ts";

/*
 * Several rows read at the same time: by a login under a limit, which looks through all sessions of its user. It acts when
 * the last answer is there, and reading changes nothing. So each of the reads may have happened at any moment since it was
 * asked for, independently of the others, but one of them, the last, which happens at the moment the login acts. Instead
 * of one step a read there is one step for all of them: what each of the rows has been since is remembered, and the step is
 * tried with every choice.
 */

/** All of several parallel reads: `earlier` were answered at some moment since they were asked for, `call` is now. */
export interface Readings {
  readonly kind: "readings";
  readonly call: Find;
  readonly earlier: readonly { readonly call: Find; readonly answer: Answer }[];
}

type Find = Call & { readonly verb: "find"; readonly id: SessionId };

/** What this program reads at the same time; nothing where it waits on something else. */
export function parallelReads({ waiting }: Scene): readonly Find[] {
  return waiting.length > 1 && waiting.every(isFind) ? waiting : [];
}

/** `state` with the answers to the reads that were earlier; what else they could have found is forgotten. */
export function withReadings(state: State, { program, earlier }: Readings & { readonly program: number }): State {
  const answered = new Map(state.answered);
  for (const { call, answer } of earlier) answered.set(`${program}.${call.ordinal}`, glance(answer));
  const readable = new Map([...state.readable].filter(([key]) => !key.startsWith(`${program}.`)));
  return { ...state, answered, readable };
}

/** What parallel reads have found, once this step answers the last of them, and what the store holds then; else `null`. */
export function foundTogether({ program, call }: Move, { state, answer }: Effect): string | null {
  const calls = parallelReads(state.scenes[program] as Scene);
  const answers = calls.map((each) =>
    each.ordinal === call.ordinal ? answer : state.answered.get(`${program}.${each.ordinal}`),
  );
  if (calls.length === 0 || !answers.every(isThere)) return null;
  const found = calls.map(({ id }, at) => `${id} ${keyOfGlance(answers[at] ?? undefined)}`);
  const rows = [...state.shelf.rows.values()].map(({ no }) => no).sort();
  return `program ${program} found ${found} where ${rows} stood at ${state.now}`;
}

const isThere = (answer: Answer | null | undefined): boolean => answer !== null && answer !== undefined;

const isFind = (call: Call): call is Find => call.verb === "find";

/** `state`, knowing what each parallel read can have found from the moment it was asked for until now. */
export function withReadable(state: State, { reduced }: Combination): State {
  if (!reduced) return state;
  let readable: Map<string, readonly Answer[]> | null = null;
  for (const [program, scene] of state.scenes.entries()) {
    for (const { ordinal, id } of parallelReads(scene)) {
      const key = `${program}.${ordinal}`;
      const before = state.readable.get(key) ?? [];
      const now = foundIn(state.shelf, id);
      const look = glance(now).key;
      if (before.some((answer) => glance(answer).key === look)) continue;
      readable ??= new Map(state.readable);
      readable.set(key, [...before, now]);
    }
  }
  return readable === null ? state : { ...state, readable };
}

/** Every choice of what the reads of `program` found, of which at least one finds the row as it is now. */
export function readingsOf(state: State, program: number): readonly Move[] {
  const calls = parallelReads(state.scenes[program] as Scene);
  const options = calls.map((call) => state.readable.get(`${program}.${call.ordinal}`) ?? []);
  return choicesOf(options).flatMap((found) => {
    const last = calls.findIndex((call, at) => keyOfGlance(found[at]) === glance(foundIn(state.shelf, call.id)).key);
    if (last === -1) return [];
    const earlier = calls.flatMap((call, at) => (at === last ? [] : [{ call, answer: found[at] as Answer }]));
    return [{ kind: "readings", program, call: calls[last] as Find, earlier }];
  });
}

function choicesOf<T>(options: readonly (readonly T[])[]): readonly (readonly T[])[] {
  return options.reduce<readonly (readonly T[])[]>(
    (choices, each) => choices.flatMap((choice) => each.map((option) => [...choice, option])),
    [[]],
  );
}

const keyOfGlance = (answer: Answer | undefined): string | null => (answer ? glance(answer).key : null);

const glances = new Map<string, Answer>();

/**
 * What looking through many rows shows of one: whose it is, whether it is sealed or over, and when its login was. The
 * rest is blanked, so that rows which differ there are one; a program that used it would act otherwise than it does when
 * whole schedules are played with the real rows, and explorer.test.ts would see that.
 */
export function glance(answer: Answer): Answer {
  // What a read is answered: a row, or that there is none.
  const known = glances.get(answer.key);
  if (known) return known;
  const made = answer.value === null ? answer : blanked(answer.value as StoredSession);
  glances.set(answer.key, made);
  return made;
}

const blank = "A".repeat(43);

function blanked(stored: StoredSession): Answer {
  const { record } = asRow(stored);
  const { startedAt, lastSeenAt, level, loginOrder, sealed } = record;
  const body = encodeRecord({
    lineage: blank.slice(0, 22) as LineageHash,
    current: blank as SecretHash,
    currentSince: startedAt,
    startedAt,
    lastSeenAt,
    level,
    proofs: {},
    loginOrder,
    ...(sealed && { sealed }),
    marks: [],
    data: new StoredData("{}"),
    dataVersion: 0,
  });
  const row = asRow({ id: stored.id, version: 1, userId: stored.userId, ref: null, expiresAt: 0, body });
  return { key: `glance ${row.no}`, value: row.stored };
}
