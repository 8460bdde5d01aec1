import type { HostKind } from "./hosts.ts";

/** How fast an audit may be, and how much it may do. */
export interface Pace {
  /** Runs `send` when it is its turn. */
  run<Result>(send: () => Promise<Result>): Promise<Result>;
  /** How many requests may be under way at once. */
  readonly atOnce: number;
}

/** At most 20 at once on loopback and private hosts; elsewhere one at a time, five a second (or what the file allows). */
export function createPace(kind: HostKind, { perSecond = 5, bursts = false, sleep }: PaceOptions): Pace {
  const isOurs = kind !== "public";
  const atOnce = isOurs || bursts ? 20 : 1;
  const gap = isOurs ? 0 : 1000 / perSecond;
  const waiting: (() => void)[] = [];
  let running = 0;
  let next = 0;

  async function turn(): Promise<void> {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    const now = Date.now();
    const wait = Math.max(0, next - now);
    next = Math.max(now, next) + gap;
    if (wait > 0) await sleep(wait);
  }

  function done(): void {
    const first = waiting.shift();
    if (first) first();
    else running--;
  }

  return {
    atOnce,
    async run(send) {
      await turn();
      try {
        return await send();
      } finally {
        done();
      }
    },
  };
}

export interface PaceOptions {
  /** Requests per second on a public host. Default: 5. */
  readonly perSecond?: number;
  /** Whether several requests at once are allowed on a public host. Default: no. */
  readonly bursts?: boolean;
  readonly sleep: Sleep;
}

/** Waits for some milliseconds. */
export type Sleep = (milliseconds: number) => Promise<void>;
