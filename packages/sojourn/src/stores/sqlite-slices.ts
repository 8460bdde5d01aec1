import { type Clock, systemClock } from "../core/clock.ts";
import { steadyClock } from "./near-cache/steady-clock.ts";

/** Milliseconds one statement may hold up everything else in this process: SQLite answers in the caller's own thread. */
const longestSlice = 4;
const firstSlice = 32;

/** Removes at most so many rows, at once; answers how many. */
export type RemoveSome = (limit: number) => number;

/**
 * Removes at most `limit` rows, a slice after the other, each sized by how long the last one took. Between two slices
 * the event loop turns, so that requests are answered. The size that fits is kept for the next call.
 */
export function createSlices(clock: Clock = { now: steadyClock.now, after: systemClock.after }) {
  let size = firstSlice;

  return async function inSlices(limit: number, removeSome: RemoveSome): Promise<number> {
    for (let removed = 0; ; ) {
      const asked = Math.min(size, limit - removed);
      const start = clock.now();
      const count = removeSome(asked);
      // At most twice as many: a slice that was quick by chance must not make the next one long.
      const fitting = (asked * longestSlice) / Math.max(clock.now() - start, longestSlice / 2);
      if (asked === size || fitting < size) size = Math.max(1, Math.floor(fitting));
      removed += count;
      if (count < asked || removed >= limit) return removed;
      await new Promise<void>((resolve) => clock.after(0, resolve));
    }
  };
}
