import { setTimeout } from "node:timers/promises";
import type { Disturbed } from "../linearizability/run.ts";

/** Trouble of one kind: how it begins and how it ends. */
export interface Fault {
  readonly name: string;
  /** How often it strikes in one run. Default 5. */
  readonly strikes?: number;
  /** Makes the trouble once, and mends it. */
  once(run: Disturbed): Promise<void>;
}

/** Lets a fault strike again and again, spread over the run. */
export function strikingAgainAndAgain(
  { once, strikes = 5 }: Fault,
  operations: number,
): (run: Disturbed) => Promise<void> {
  return async (run) => {
    for (let strike = 1; strike <= strikes && !run.isOver(); strike++) {
      const due = (operations * strike) / (strikes + 1);
      while (run.done() < due && !run.isOver()) await setTimeout(2);
      if (!run.isOver()) await once(run);
    }
  };
}

/** A fault that begins, lasts so many milliseconds and is mended. */
export function lasting(
  name: string,
  milliseconds: number,
  { begin, mend }: { begin(): unknown; mend(): unknown },
): Fault {
  return {
    name,
    async once() {
      await begin();
      await setTimeout(milliseconds);
      await mend();
    },
  };
}
