/** Milliseconds since the Unix epoch. */
export type Instant = number;

export function isInstant(value: unknown): value is Instant {
  return typeof value === "number" && Number.isFinite(value);
}

/** Where time comes from. Nothing else in the library reads the machine's clock or starts a timer. */
export interface Clock {
  now(): Instant;
  /** Runs `action` once after `milliseconds`; returns how to call it off. Used for deadlines and for backing off. */
  after(milliseconds: number, action: () => void): () => void;
}

/** The machine's clock. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  after(milliseconds: number, action: () => void) {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
});

/** The machine's clock, for work that keeps no process alive. */
export const backgroundClock: Clock = Object.freeze({
  now: systemClock.now,
  after(milliseconds: number, action: () => void) {
    const timer: unknown = setTimeout(action, milliseconds);
    // A number where timers keep nothing alive anyway.
    (timer as { unref?(): void }).unref?.();
    return () => clearTimeout(timer as number);
  },
});
