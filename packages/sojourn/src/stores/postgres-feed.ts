import { systemClock } from "../core/clock.ts";
import type { SessionId } from "../core/ids.ts";
import type { StoreChange, WatchableStore } from "../core/store.ts";
import type { Dial, Line } from "./postgres-lines.ts";
import { answerIn, type Probes, probe } from "./postgres-probe.ts";

const shortestPause = 100;
const longestPause = 5_000;

/**
 * What the database announces. A probe that does not come back within `heartbeat` milliseconds is a `gap`; so is the
 * moment when, after an interruption, the feed is up again.
 */
export function postgresFeed(dial: Dial, heartbeat: number): WatchableStore["watch"] {
  return async (listener) => {
    const probes: Probes = new Map();
    let current: Line | null = null;
    let isStopped = false;
    let callOff = () => {};

    function tell(change: StoreChange): void {
      try {
        if (!isStopped) listener(change);
      } catch {
        // A listener's failure is its own; it must not end the feed of others, or the process.
      }
    }

    function hear(payload: string): void {
      const [kind, ...rest] = payload.split(" ");
      const id = rest.join(" ") as SessionId;
      if (kind === "probe") probes.get(payload)?.();
      else if (kind === "update") tell({ kind: "updated", id });
      else if (kind === "delete") tell({ kind: "removed", id });
      else tell({ kind: "gap" });
    }

    async function connect(): Promise<void> {
      let line: Line | null = null;
      const dialling = dial({ hear, lost: () => line !== null && line === current && interrupted() });
      try {
        line = await answerIn(heartbeat, dialling);
        await probe(line, { probes, within: heartbeat });
      } catch (error) {
        // It may still come up, with nobody waiting for it.
        hangUp(dialling);
        throw error;
      }
      current = line;
      if (isStopped) hangUp(dialling);
      else beat(line);
    }

    function beat(line: Line): void {
      callOff = systemClock.after(heartbeat, () => {
        probe(line, { probes, within: heartbeat }).then(
          () => line === current && beat(line),
          () => line === current && interrupted(),
        );
      });
    }

    function interrupted(): void {
      callOff();
      if (current) hangUp(Promise.resolve(current));
      current = null;
      tell({ kind: "gap" });
      if (!isStopped) connectAgain(shortestPause);
    }

    function connectAgain(pause: number): void {
      callOff = systemClock.after(pause, () => {
        connect().then(
          () => tell({ kind: "gap" }),
          () => !isStopped && connectAgain(Math.min(2 * pause, longestPause)),
        );
      });
    }

    await connect();
    return async () => {
      isStopped = true;
      callOff();
      const line = current;
      current = null;
      // Within bounds: a connection that hangs is given up.
      if (line) await answerIn(heartbeat, line.close()).catch(() => {});
    };
  };
}

function hangUp(dialling: Promise<Line>): void {
  dialling.then((line) => line.close()).catch(() => {});
}
