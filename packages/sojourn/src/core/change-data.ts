import { presentedBy } from "./assess.ts";
import type { Instant } from "./clock.ts";
import { type Change, commit } from "./commit.ts";
import { createAnonymous } from "./create.ts";
import { SojournError } from "./errors.ts";
import { judge } from "./judge.ts";
import { assertNoLock } from "./lock.ts";
import type { SessionRecord } from "./record.ts";
import { isAccepted, standingOf } from "./renewal.ts";
import type { Rules } from "./rules.ts";
import { StoredData } from "./stored-data.ts";
import { secretHash } from "./token.ts";
import { type HandleState, type Held, heldBy, type Visit } from "./visit.ts";

/** Applies `change` to the latest data, creating the session if that leaves something to store. */
export async function updateData<Data extends object>(
  change: (draft: Partial<Data>) => undefined,
  state: HandleState,
  visit: Visit<Data>,
): Promise<void> {
  const held = await heldBy(state);
  if (!held) {
    const draft = changed(noData, change);
    if (Object.keys(draft).length === 0) return;
    // Two updates of one request must not start two sessions: the later one writes to the first one's.
    if (state.creation) return updateData(change, state, visit);
    await createFor(state, draft, visit);
    return;
  }
  await write(held, state, visit, (record) => ({
    record: { ...record, ...visit.engine.data.checked(changed(record.data, change), record) },
    result: null,
  }));
}

/** What this handle holds; where that is nothing, an anonymous session without data is started. */
export async function heldOrCreated<Data extends object>(state: HandleState, visit: Visit<Data>): Promise<Held> {
  const held = await heldBy(state);
  if (held) return held;
  return state.creation ? heldOrCreated(state, visit) : createFor(state, {}, visit);
}

/** Starts the anonymous session of this handle. Whoever comes meanwhile waits for `state.creation`. */
async function createFor<Data extends object>(state: HandleState, data: object, visit: Visit<Data>): Promise<Held> {
  assertMayStart(state);
  const creation = createAnonymous(data, visit);
  state.creation = creation.then(
    () => {},
    () => {},
  );
  try {
    state.held = await creation;
    return state.held;
  } finally {
    state.creation = null;
  }
}

/** A new cookie would overwrite the one that made this request's secret an old one, or hide one of two. */
function assertMayStart({ refused }: HandleState): void {
  if (refused?.because === "superseded") {
    throw new SojournError(
      "ERR_SESSION_SUPERSEDED",
      "This request's secret was replaced: its client has a newer one, try again",
    );
  }
  if (refused?.because === "ambiguous") {
    throw new SojournError(
      "ERR_SESSION_AMBIGUOUS",
      "Two different session cookies came with this request: nothing is stored",
    );
  }
}

/** Removes `key` and returns its value, at most once among all callers. */
export async function takeValue<Data extends object>(
  key: PropertyKey,
  state: HandleState,
  visit: Visit<Data>,
): Promise<unknown> {
  const held = await heldBy(state);
  if (!held) return undefined;
  try {
    const taken = await write(held, state, visit, (record) => {
      const { value: stored } = record.data;
      if (!Object.hasOwn(stored, key)) return null;
      const { [key as string]: value, ...data } = stored;
      return { record: { ...record, ...visit.engine.data.checked(data, record) }, result: { value } };
    });
    return taken?.value;
  } catch (error) {
    if (!(error instanceof SojournError) || error.code !== "ERR_SESSION_ENDED") throw error;
    const { clock, rules } = visit.engine;
    if (judge(held.loaded.record, clock.now(), rules) !== "alive") throw error;
    throw new SojournError(
      "ERR_SESSION_OUTCOME_UNKNOWN",
      "The session ended while a value was taken: it may be gone with it",
      {
        cause: error,
      },
    );
  }
}

/**
 * A request that was at work when its secret was replaced may still write its data. It gains no rights by it: what was
 * proved since then was proved by somebody with another secret.
 */
async function write<Data extends object, Result>(
  held: Held,
  state: HandleState,
  { engine }: Visit<Data>,
  change: Change<Result>,
): Promise<Result | null> {
  let isInForce = false;
  const guarded: Change<Result> = (record) => {
    const now = engine.clock.now();
    assertStands(record, now, engine.rules);
    const token = (state.held ?? held).token;
    const isOwnStep = state.drawn !== null && secretHash(state.drawn) === record.current;
    isInForce = isOwnStep || isAccepted(standingOf(presentedBy(token), record, now, engine.rules));
    return change(record);
  };
  const { loaded, result } = await commit<Result>(held.loaded, guarded, engine);
  // A step-up beside this write may have given the handle a new token meanwhile.
  state.held = { ...(state.held ?? held), loaded };
  if (isInForce) state.rights = loaded.record;
  return result;
}

/** A sealed session's data is on its way into another one; one that is over, or locked, is written no more. */
function assertStands(record: SessionRecord, now: Instant, rules: Rules): void {
  if (record.sealed) {
    throw new SojournError("ERR_SESSION_SUPERSEDED", "A login has carried this session's data into a new session");
  }
  const judgement = judge(record, now, rules);
  if (judgement === "alive") return;
  if (judgement === "locked") assertNoLock(record);
  const timeout = judgement === "absolute" ? "absolute" : "inactivity";
  throw new SojournError(
    "ERR_SESSION_ENDED",
    `The session's ${timeout} timeout has passed while this request was at work`,
  );
}

const noData = new StoredData("{}");

/** A changed copy of `data`. */
function changed<Data extends object>(data: StoredData, change: (draft: Partial<Data>) => undefined): object {
  if (typeof change !== "function") throw new TypeError("update(change): write a function of the draft");
  const draft = data.copy() as Partial<Data>;
  const returned: unknown = change(draft);
  if (returned !== undefined) {
    throw new TypeError(
      "update(change): change the draft and return nothing; an async function cannot be run again safely",
    );
  }
  return draft;
}
