import { systemClock } from "../../core/clock.ts";
import { unconfirmedError } from "./errors.ts";
import type { Command, Redis, RedisDuplicate } from "./redis.ts";

export interface RedisConfirmation {
  /** How many replicas must have a removal before it counts. Take as many as there are: a failover can promote any. */
  readonly replicas: number;
  /** Milliseconds they have for it. Default 500, at most 60,000; keep it well under the engine's deadline for writes (2,000). */
  readonly within?: number;
}

/** Runs a script and resolves once the replicas have what it wrote; else throws `ERR_STORE_UNCONFIRMED`. */
export interface Confirming {
  run(script: string, key: string, ...parameters: string[]): Promise<unknown>;
  close(): Promise<void>;
}

/** Sets of connections. The engine removes 16 sessions at once: of those a dead replica holds up four in a row. */
const laneCount = 4;

/**
 * `WAIT` counts the replicas that have what its own connection wrote last, so it follows the script on that connection at
 * once: on one of the store's own, where it holds up nobody else. They are opened when they are first needed.
 */
export function confirming(redis: Redis, confirmation: RedisConfirmation): Confirming {
  const lanes = Array.from({ length: laneCount }, () => openLane(redis, confirmation));
  let turns = 0;
  return {
    run: (script, key, ...parameters) =>
      (lanes[turns++ % laneCount] as Lane).run(["EVAL", script, "1", key, ...parameters], key),
    close: async () => void (await Promise.all(lanes.map((lane) => lane.close()))),
  };
}

interface Lane {
  run(command: Command, key: string): Promise<unknown>;
  close(): Promise<void>;
}

function openLane(redis: Redis, { replicas, within = 500 }: RedisConfirmation): Lane {
  let duplicate: Promise<RedisDuplicate> | null = null;
  let lastTurn: Promise<unknown> = Promise.resolve();

  function connection(): Promise<RedisDuplicate> {
    duplicate ??= redis.duplicate().catch((error) => {
      duplicate = null;
      throw error;
    });
    return duplicate;
  }

  async function runAndWait(command: Command, key: string, givesUpAt: number): Promise<unknown> {
    const { pipeline, send } = await connection();
    const attempt = async () => {
      // Whoever had to wait for his turn still gets a tenth, which is plenty where the replicas are well.
      const patience = Math.max(Math.ceil(within / 10), givesUpAt - systemClock.now());
      const [answer, confirmed] = await pipeline(key, [command, ["WAIT", String(replicas), String(patience)]]);
      if (Number(confirmed) < replicas) throw unconfirmedError(Number(confirmed), replicas);
      return answer;
    };
    try {
      return await attempt();
    } catch (error) {
      if (!isRedirection(error)) throw error;
      // The slot has moved. Sent alone, the script finds its way; sent again, it writes again, for replicas to confirm.
      const answer = await send(key, command);
      await attempt().catch((again) => {
        throw isRedirection(again) ? unconfirmedError(0, replicas) : again;
      });
      return answer;
    }
  }

  return {
    run(command, key) {
      const givesUpAt = systemClock.now() + within;
      const turn = lastTurn.then(() => runAndWait(command, key, givesUpAt));
      lastTurn = settledWithin(2 * within, turn);
      return turn;
    },
    async close() {
      const open = await duplicate?.catch(() => null);
      open?.close();
      duplicate = null;
    },
  };
}

function isRedirection(error: unknown): boolean {
  return /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN)\b/.test(String((error as Error | null)?.message));
}

/** Resolves when `work` is over, or time is. */
function settledWithin(milliseconds: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const callOff = systemClock.after(milliseconds, resolve);
    const over = () => {
      callOff();
      resolve();
    };
    work.then(over, over);
  });
}
