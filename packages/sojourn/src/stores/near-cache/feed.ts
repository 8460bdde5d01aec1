import type { Clock } from "../../core/clock.ts";
import type { SessionId } from "../../core/ids.ts";
import type { WatchableStore } from "../../core/store.ts";

/** `off`: not started, or closed. `down`: being started, or interrupted. Only while it is `up` a cache may serve. */
export type FeedState = "off" | "down" | "up";

export interface Feed {
  readonly state: FeedState;
  /** Starts it; resolves when it is up. Rejects if the first attempt fails; it goes on trying all the same. */
  start(): Promise<void>;
  /** Ends it for good. */
  close(): Promise<void>;
}

export interface FeedParts {
  readonly watch: WatchableStore["watch"];
  onChange(id: SessionId): void;
  /** It was up, and is no longer: anything may have changed. */
  onGap(): void;
  readonly clock: Clock;
  readonly chance: () => number;
}

const shortestPause = 100;
const longestPause = 5_000;

/**
 * A subscription that starts again after every gap: `watch` resolves once its feed is up, so a new one says when changes
 * are told again.
 */
export function createFeed({ watch, onChange, onGap, clock, chance }: FeedParts): Feed {
  let state: FeedState = "off";
  let isClosed = false;
  let failures = 0;
  let callOff = () => {};
  let starting: Promise<void> | null = null;
  /** Of the attempt that counts; an earlier one is heard no more. */
  let endCurrent = () => {};

  async function subscribe(): Promise<void> {
    let isOver = false;
    let stop: (() => Promise<void>) | null = null;
    endCurrent = () => {
      isOver = true;
      // A feed that cannot be ended is not listened to; there is nobody to tell.
      stop?.().catch(() => {});
    };
    try {
      stop = await watch((change) => {
        if (isOver) return;
        if (change.kind === "gap") again();
        else onChange(change.id);
      });
    } catch (error) {
      if (!isOver) again();
      throw error;
    }
    if (isOver) {
      await stop();
      return;
    }
    failures = 0;
    state = "up";
  }

  function again(): void {
    endCurrent();
    const wasUp = state === "up";
    state = "down";
    if (wasUp) onGap();
    const pause = Math.min(shortestPause * 2 ** failures, longestPause) * (1 - chance() / 2);
    failures++;
    callOff = clock.after(pause, () => {
      subscribe().catch(() => {});
    });
  }

  return {
    get state() {
      return state;
    },
    start() {
      if (state === "up") return Promise.resolve();
      if (isClosed) return Promise.reject(new TypeError("This is closed: make another"));
      if (starting === null) {
        state = "down";
        starting = subscribe();
      }
      return starting;
    },
    async close() {
      isClosed = true;
      callOff();
      endCurrent();
      state = "off";
    },
  };
}
