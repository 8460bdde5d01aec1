import { backgroundClock, type Clock } from "./core/clock.ts";
import { describe } from "./core/describe.ts";
import { type Duration, parseDuration } from "./core/duration.ts";
import { OptionsError } from "./core/errors.ts";
import { unknownKeys } from "./core/option-names.ts";
import type { SessionManager } from "./manager.ts";

export interface SweepOptions {
  /** From the end of one round to the start of the next, give or take half of it, so that nodes spread out. Default `"5m"`, at most `"1d"`. */
  readonly every?: Duration;
  /** How many rows one batch removes at most. Default 1,000: milliseconds on a server; SQLite divides it, so that its process answers meanwhile. */
  readonly limit?: number;
  /** Told after every batch. What it throws is ignored. */
  readonly onProgress?: (progress: SweepProgress) => void;
  /** Default: the machine's, with timers that keep no process alive. */
  readonly clock?: Clock;
}

export interface SweepProgress {
  /** Rows this node removed in this round so far. */
  readonly removed: number;
  /** Nothing is left that has expired, or the store failed; the next round comes by itself. */
  readonly isDone: boolean;
  /** Why the round ended early. The manager reports it as `store_failed` as well. */
  readonly error?: unknown;
}

/** Between two batches, at least; and as long as the last batch took, so that a node sweeps at most half of the time. */
const shortestPause = 50;

/**
 * Removes expired rows from time to time, a batch after the other with pauses in between, until it is stopped. Run it on
 * every node: what one is removing the others pass over, or wait for a batch at most. The first round starts within `every`.
 * Failures do not end it. Returns what stops it, which resolves once no batch is under way. Throws `OptionsError`.
 */
export function sweepRegularly<Data extends object>(
  manager: Pick<SessionManager<Data>, "sweep">,
  options: SweepOptions = {},
): () => Promise<void> {
  const problems = problemsOf(manager, options);
  if (problems.length > 0) throw new OptionsError("sweepRegularly", problems);
  const { every = "5m", limit = 1_000, onProgress = () => {}, clock = backgroundClock } = options;
  const interval = parseDuration(every) ?? 0;
  let isStopped = false;
  let callOff = () => {};
  let atWork: Promise<void> = Promise.resolve();

  function tell(progress: SweepProgress): void {
    try {
      onProgress(progress);
    } catch {
      // A broken display ends no clean-up.
    }
  }

  function next(wait: number, removedBefore: number): void {
    if (isStopped) return;
    callOff = clock.after(wait, () => {
      atWork = batch(removedBefore);
    });
  }

  async function batch(removedBefore: number): Promise<void> {
    const start = clock.now();
    try {
      const count = await manager.sweep(limit);
      const removed = removedBefore + count;
      const isDone = count < limit;
      tell({ removed, isDone });
      if (isDone) next(interval * (0.5 + Math.random()), 0);
      else next(Math.max(shortestPause, clock.now() - start), removed);
    } catch (error) {
      tell({ removed: removedBefore, isDone: true, error });
      next(interval * (0.5 + Math.random()), 0);
    }
  }

  next(interval * Math.random(), 0);
  return () => {
    isStopped = true;
    callOff();
    return atWork;
  };
}

function problemsOf(manager: unknown, { every, limit, onProgress, clock, ...others }: SweepOptions): string[] {
  const sweep = (manager as { readonly sweep?: unknown } | null | undefined)?.sweep;
  return [
    ...(typeof sweep === "function" ? [] : ["manager is none: write what createSessionManager returned"]),
    ...unknownKeys({ ...others }, "options", ["every", "limit", "onProgress", "clock"]),
    ...(every === undefined || isInterval(every)
      ? []
      : [`every is ${describe(every)}: write a number and a unit, like "5m", at most "1d"`]),
    ...(limit === undefined || (Number.isSafeInteger(limit) && limit >= 1)
      ? []
      : [`limit is ${describe(limit)}: write a whole number from 1`]),
    ...(onProgress === undefined || typeof onProgress === "function"
      ? []
      : [`onProgress is ${describe(onProgress)}: write a function`]),
    ...(clock === undefined || (typeof clock?.now === "function" && typeof clock.after === "function")
      ? []
      : ["clock is incomplete: write an object with now and after, or leave it out"]),
  ];
}

function isInterval(every: unknown): boolean {
  const interval = parseDuration(every) ?? 0;
  return interval > 0 && interval <= 86_400_000;
}
