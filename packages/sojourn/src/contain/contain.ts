import { systemClock } from "../core/clock.ts";
import { commit } from "../core/commit.ts";
import { SojournError } from "../core/errors.ts";
import { assertName } from "../core/login-checks.ts";
import { assertNames } from "../core/option-names.ts";
import type { SessionRecord } from "../core/record.ts";
import { revokeSession } from "../core/revoke.ts";
import type { Loaded } from "../core/storage.ts";
import type { Engine } from "../core/visit.ts";
import { candidates } from "./candidates.ts";
import { isContainable, withLock, withoutLock } from "./lock.ts";
import { type ContainmentQuery, type Matches, matcherOf } from "./query.ts";

/** How far a containment has come. Sessions are counted once each; on Redis one may be met twice, and is then `already`. */
export interface ContainmentProgress {
  /** Rows that were looked at. */
  readonly seen: number;
  /** Sessions that were locked, ended, or released by this call. */
  readonly changed: number;
  /** Sessions that were meant, and were so already: by an earlier call of the same name. */
  readonly already: number;
  /** Sessions that were meant, and ended meanwhile. */
  readonly gone: number;
  /** Sessions that were meant, and where the store failed. Thrown at the end; call it again. */
  readonly failed: number;
  /** Rows that nobody can read, so that nobody is signed in with them here. */
  readonly unreadable: number;
  /** Where a later call can go on (`resumeAt`): not beyond a session where the store failed. `null`: at the end, or from the beginning. */
  readonly next: string | null;
}

export interface ContainmentResult extends ContainmentProgress {
  /** `false`: stopped by `signal` before the end. */
  readonly isComplete: boolean;
}

export interface UndoResult extends ContainmentResult {
  /** `false`: nothing that was looked at is locked by that name. It is misspelt, or undone already. */
  readonly wasFound: boolean;
}

export interface RunOptions {
  /** Told after every batch, and at the end. What it throws ends the call. */
  readonly onProgress?: (progress: ContainmentProgress) => void;
  /** An `AbortSignal`: stops after the batch at hand. */
  readonly signal?: { readonly aborted: boolean };
  /** Where an earlier call was stopped: `next` of its progress. Without it, what is done already is looked at again. */
  readonly resumeAt?: string | null;
}

export interface ContainmentOrder extends RunOptions {
  /** Names the containment, for undoing it and for the log. Bounds as for a user id. */
  readonly name: string;
  /** `"lock"`: they serve nothing until their user proves who they are; their data is kept. `"end"`: they are removed. */
  readonly action: "lock" | "end";
}

const changesAtOnce = 32;

/** What becomes of one session that is meant. */
type Outcome = "changed" | "already" | "gone" | "failed";
type Act = (session: Loaded) => Promise<Outcome>;

/** Locks or ends the sessions that `query` is about. */
export async function contain(
  query: ContainmentQuery,
  order: ContainmentOrder,
  engine: Engine,
): Promise<ContainmentResult> {
  const { name, action, ...options } = order;
  const matches = matcherOf(query, "contain");
  assertNames(options, ["onProgress", "signal", "resumeAt"], "contain");
  if (name === undefined)
    throw new TypeError("contain(query, { name }) is missing: name the incident, or write { preview: true }");
  assertName(name, "contain(query, { name })");
  if (action !== "lock" && action !== "end") throw new TypeError('contain(query, { action }): write "lock" or "end"');
  assertTells(query, engine);
  return run(
    query,
    { ...options, matches, act: action === "lock" ? locking(name, matches, engine) : ending(engine) },
    engine,
  );
}

/** Releases the sessions that are still locked by the containment `name`. */
export async function undo(
  name: string,
  { userId, ...options }: RunOptions & { readonly userId?: string },
  engine: Engine,
): Promise<UndoResult> {
  assertNames(options, ["onProgress", "signal", "resumeAt"], "undoContainment");
  const query = { containedBy: name, ...(userId !== undefined && { userId }) };
  const matches = matcherOf(query, "undoContainment");
  const result = await run(query, { ...options, matches, act: releasing(name, engine) }, engine);
  return { ...result, wasFound: result.changed + result.already + result.gone > 0 };
}

/** Throws a `TypeError` where the query asks what this manager cannot tell. */
export function assertTells(query: ContainmentQuery, { storage, signals }: Engine): void {
  const { sealedWith, network, client, platform } = query;
  if (signals === null && (network ?? client ?? platform) !== undefined) {
    throw new TypeError(
      "contain({ network, client, platform }) needs signals: write clientSignals() of sojourn/signals",
    );
  }
  if (network !== undefined && !signals?.isNetwork(network)) {
    throw new TypeError(
      "contain({ network }): no network is kept like that: write what networkOf of sojourn/signals says",
    );
  }
  if (sealedWith === undefined || storage.keyOf(emptyRow) !== undefined) return;
  throw new TypeError(
    "contain({ sealedWith }) needs a codec that tells its keys: write aesGcmCodec, or give yours keyOf",
  );
}

const emptyRow = { body: "" } as Loaded["row"];

async function run(
  query: ContainmentQuery,
  { matches, act, onProgress = () => {}, signal, resumeAt = null }: RunOptions & { matches: Matches; act: Act },
  engine: Engine,
): Promise<ContainmentResult> {
  const counts = { seen: 0, changed: 0, already: 0, gone: 0, failed: 0, unreadable: 0 };
  let failure: unknown = null;
  let next: string | null = null;
  let reached = resumeAt;
  const counting: Act = async (session) => {
    try {
      return await act(session);
    } catch (error) {
      if (error instanceof SojournError && error.code === "ERR_SESSION_ENDED") return "gone";
      failure = error;
      return "failed";
    }
  };
  for await (const { sessions, next: after } of candidates(query, resumeAt, engine)) {
    if (counts.seen > 0) await aMoment();
    const meant = meantIn(sessions, matches, engine);
    for (let at = 0; at < meant.length; at += changesAtOnce) {
      for (const outcome of await Promise.all(meant.slice(at, at + changesAtOnce).map(counting))) counts[outcome]++;
    }
    counts.seen += sessions.length;
    counts.unreadable += sessions.filter((each) => each === "corrupt").length;
    next = after;
    // Whoever goes on later must come by the session at which the store failed.
    if (failure === null) reached = after;
    onProgress({ ...counts, next: reached });
    if (signal?.aborted) break;
  }
  if (failure !== null) throw failure;
  return { ...counts, next, isComplete: signal?.aborted !== true };
}

/** Those of a batch that the query is about, and that are not over. */
export function meantIn(
  sessions: readonly (Loaded | "corrupt")[],
  matches: Matches,
  { clock, rules, storage }: Engine,
): readonly Loaded[] {
  return sessions.filter((each): each is Loaded => {
    if (each === "corrupt" || !isContainable(each.record, clock.now(), rules)) return false;
    return matches({ ...each, keyOf: storage.keyOf });
  });
}

/** Where a store answers at once, nothing else would come to run: requests neither. */
export function aMoment(): Promise<void> {
  return new Promise((resolve) => void systemClock.after(0, resolve));
}

function locking(name: string, matches: Matches, engine: Engine): Act {
  const { clock, rules, storage } = engine;
  return (session) =>
    changing(session, "contained", name, engine, (record) => {
      // What is written is judged as it is then: a session that is over by now, or no longer meant, is left alone.
      if (!isContainable(record, clock.now(), rules)) return null;
      const isMeant = record === session.record || matches({ row: session.row, record, keyOf: storage.keyOf });
      return isMeant ? withLock(record, name, clock.now()) : null;
    });
}

function releasing(name: string, engine: Engine): Act {
  return (session) =>
    changing(session, "released", name, engine, (record) => withoutLock(record, name, engine.clock.now()));
}

function ending(engine: Engine): Act {
  return async ({ row }) => {
    const isEnded = await revokeSession({ sessionId: row.id, userId: row.userId, reason: "contained" }, engine);
    return isEnded ? "changed" : "gone";
  };
}

async function changing(
  session: Loaded,
  change: "contained" | "released",
  name: string,
  engine: Engine,
  next: (record: SessionRecord) => SessionRecord | null,
): Promise<Outcome> {
  const { result } = await commit(
    session,
    (record) => {
      const changed = next(record);
      return changed && { record: changed, result: true };
    },
    engine,
  );
  if (result === null) return "already";
  const { id: sessionId, userId } = session.row;
  engine.emit({ type: "session_contained", severity: "warning", change, name, sessionId, userId });
  return "changed";
}
