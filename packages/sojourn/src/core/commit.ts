import type { Clock } from "./clock.ts";
import { SojournError } from "./errors.ts";
import { createMark, isMarkedWith, marked, marksKept } from "./marks.ts";
import type { RandomSource } from "./random.ts";
import type { SessionRecord } from "./record.ts";
import type { Loaded, Storage } from "./storage.ts";
import type { StoredSession } from "./store.ts";

/*
 * Writing without losing anything. Every write says which version it was based on and leaves a random mark, so that after
 * a refusal or a silence the row itself tells whether it was applied: never twice, never not at all by mistake.
 */

export interface Writing {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Milliseconds after which a change is given up that others, or a busy store, keep from being applied. */
  readonly patience: number;
}

/** What a change makes of a record: the next one and something to tell the caller; or `null`: there is nothing to write. */
export type Change<Result> = (
  record: SessionRecord,
) => { readonly record: SessionRecord; readonly result: Result } | null;

export interface Committed<Result> {
  readonly loaded: Loaded;
  /** `null` where the change had nothing to write. */
  readonly result: Result | null;
}

const roundsAtMost = 64;
const sendsAtMost = 3;
const longestPause = 50;

/**
 * Applies `change` to the latest record, running it again whenever somebody else was first. `change` may throw; nothing
 * is written then.
 *
 * Throws `ERR_SESSION_ENDED` if the row is gone, `ERR_SESSION_OUTCOME_UNKNOWN` if a write was sent and its fate cannot be
 * told, `ERR_SESSION_CONTENTION` after 64 rounds or when patience is at its end.
 */
export async function commit<Result>(
  start: Loaded,
  change: Change<Result>,
  writing: Writing,
): Promise<Committed<Result>> {
  const { storage, clock, random, patience } = writing;
  const givesUpAt = clock.now() + patience;
  let loaded = start;
  for (let round = 0; round < roundsAtMost && clock.now() <= givesUpAt; round++) {
    const next = change(loaded.record);
    if (next === null) {
      if (loaded !== start || !storage.mayBeStale) return { loaded, result: null };
      // What may be out of date does not say that there is nothing to write.
      loaded = stillThere(await storage.find(start.row.id, { fresh: true }), start.row, null);
      continue;
    }
    const mark = createMark(random);
    const record = marked(next.record, mark);
    const row = await storage.nextRow(loaded, record);
    const delivery = await deliver(row, mark, writing);
    if (delivery.applied) return { loaded: delivery.loaded ?? { row, record }, result: next.result };
    loaded = delivery.loaded;
    await pause(round, writing);
  }
  throw new SojournError(
    "ERR_SESSION_CONTENTION",
    `Others kept changing session ${start.row.id} while this change was tried`,
  );
}

/** One write, answered. `loaded` is `null` where the store said yes at once and nothing was read back. */
type Delivery =
  | { readonly applied: true; readonly loaded: Loaded | null }
  | { readonly applied: false; readonly loaded: Loaded };

/** Sends one row until it is known whether it was applied. */
async function deliver(row: StoredSession, mark: string, { storage }: Writing): Promise<Delivery> {
  let silence: unknown = null;
  for (let sends = 0; sends < sendsAtMost; sends++) {
    try {
      if (await storage.update(row)) return { applied: true, loaded: null };
    } catch (error) {
      silence = error;
    }
    const latest = await readBack(row, silence, storage);
    if (isMarkedWith(latest.record, mark)) return { applied: true, loaded: latest };
    const moved = latest.row.version - (row.version - 1);
    if (moved > marksKept) throw outcomeUnknown(row, silence);
    // Moved by somebody else, or refused without anybody having moved it: this write can no longer be applied.
    if (moved > 0 || silence === null) return { applied: false, loaded: latest };
    // Silence, and the row has not moved: the write may still be on its way, so only the same bytes may follow it.
  }
  throw outcomeUnknown(row, silence);
}

async function readBack(row: StoredSession, silence: unknown, storage: Storage): Promise<Loaded> {
  let latest: Loaded | "corrupt" | null;
  try {
    latest = await storage.find(row.id, { fresh: true });
  } catch (error) {
    throw outcomeUnknown(row, silence ?? error);
  }
  return stillThere(latest, row, silence);
}

function stillThere(latest: Loaded | "corrupt" | null, row: StoredSession, silence: unknown): Loaded {
  if (latest === null)
    throw new SojournError("ERR_SESSION_ENDED", "The session was ended while this request was at work");
  if (latest === "corrupt") throw outcomeUnknown(row, silence);
  return latest;
}

function outcomeUnknown(row: StoredSession, cause: unknown): SojournError {
  return new SojournError(
    "ERR_SESSION_OUTCOME_UNKNOWN",
    `A write to session ${row.id} was sent and it cannot be told whether it was applied; look before you try again`,
    cause === null ? {} : { cause },
  );
}

/** Writers that meet give way for a random moment, longer each time. The first two rounds are free. */
function pause(round: number, { clock, random }: Writing): Promise<void> {
  if (round < 2) return Promise.resolve();
  const share = (random(new Uint8Array(1))[0] ?? 0) / 256;
  return new Promise((resolve) => {
    clock.after(share * Math.min(2 ** round, longestPause), resolve);
  });
}
