import type { Clock, Instant } from "../core/clock.ts";
import { type Duration, milliseconds } from "../core/duration.ts";

/** A clock that stands still until a test moves it. */
export interface TestClock extends Clock {
  /** Lets time pass, in milliseconds or as `"15m"`. Whatever falls due meanwhile runs, in order, each at its own instant. */
  advance(by: number | Duration): void;
  /**
   * Sets the clock. Forward is the same as letting that time pass; backward is what a corrected clock does: it shows an
   * earlier time, and who waits goes on waiting exactly as long as before.
   */
  set(instant: Instant): void;
  /** How many actions are waiting for their time. */
  readonly pendingTimers: number;
}

interface Timer {
  readonly dueAfter: number;
  readonly action: () => void;
}

/** A clock for tests. `start` defaults to 2026-01-01T00:00:00Z. */
export function testClock(start: Instant = Date.UTC(2026, 0, 1)): TestClock {
  const timers = new Set<Timer>();
  let shown = start;
  /** Time passed since the start, which unlike what the clock shows never goes back. */
  let passed = 0;

  function nextDue(until: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.dueAfter <= until && (!next || timer.dueAfter < next.dueAfter)) next = timer;
    }
    return next;
  }

  function passTo(then: number): void {
    shown += then - passed;
    passed = then;
  }

  function pass(duration: number): void {
    const end = passed + duration;
    for (let timer = nextDue(end); timer; timer = nextDue(end)) {
      timers.delete(timer);
      passTo(timer.dueAfter);
      timer.action();
    }
    passTo(end);
  }

  return {
    now: () => shown,
    after(duration, action) {
      const timer = { dueAfter: passed + Math.max(duration, 0), action };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(by) {
      const duration = typeof by === "number" ? by : milliseconds(by);
      if (!(duration >= 0)) throw new TypeError(`Time only passes forward; to turn the clock back, set it. Got ${by}`);
      pass(duration);
    },
    set(instant) {
      if (instant >= shown) pass(instant - shown);
      else shown = instant;
    },
    get pendingTimers() {
      return timers.size;
    },
  };
}
