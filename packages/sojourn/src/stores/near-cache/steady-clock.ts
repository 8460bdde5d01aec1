import type { Clock } from "../../core/clock.ts";

/**
 * Time that nobody sets: it measures ages, which must not grow when a machine's clock is corrected. Its timers keep no
 * process alive.
 */
export const steadyClock: Clock = Object.freeze({
  now: () => performance.now(),
  after(milliseconds: number, action: () => void) {
    const timer = setTimeout(action, milliseconds) as ReturnType<typeof setTimeout> & { unref?(): void };
    timer.unref?.();
    return () => clearTimeout(timer);
  },
});
