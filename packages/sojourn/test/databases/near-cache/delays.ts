import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { SessionId } from "../../../src/core/ids.ts";
import type { SessionStore, StoredSession } from "../../../src/core/store.ts";

const script = fileURLToPath(new URL("process.mjs", import.meta.url));
const built = fileURLToPath(new URL("../../../dist/stores/near-cache.js", import.meta.url));

export interface Delays {
  /** Milliseconds from the moment `remove` was answered until the other process accepted the session last; 0 if not after it. */
  readonly sorted: readonly number[];
}

export interface Experiment {
  /** The store as this process has it. */
  readonly store: SessionStore;
  /** What near-cache/process.mjs connects with. */
  readonly other: { readonly kind: string; readonly [setting: string]: unknown };
  readonly revocations: number;
  /** Done when the other process holds every session, before the first is revoked. */
  readonly cut?: () => void;
  /** Milliseconds after the last revocation at which the other process is stopped. */
  readonly patience: number;
}

/** Revokes sessions in this process, and measures how long another one accepts each after that. */
export async function measureDelays({ store, other, revocations, cut, patience }: Experiment): Promise<Delays> {
  if (!existsSync(built)) throw new Error("The other process runs the built library: run `npm run build` first");
  const ids = Array.from({ length: revocations }, (_, number) => `session${number}` as SessionId);
  for (const id of ids) await store.insert(rowOf(id), { indexUntil: Date.now() + 3_600_000 });
  const child = fork(script, [JSON.stringify({ ...other, ids })], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    // Not those of the tests, which resolve the library's sources.
    execArgv: [],
  });
  try {
    const gone = once(child, "exit").then(([code]) =>
      Promise.reject(new Error(`The other process ended with ${code}`)),
    );
    gone.catch(() => {});
    await Promise.race([once(child, "message"), gone]);
    const told = once(child, "message") as Promise<[{ readonly acceptedUntil: [SessionId, number][] }]>;
    cut?.();
    const revokedAt = new Map<SessionId, number>();
    for (const id of ids) {
      if (!(await store.remove(id))) throw new Error(`${id} was not there to be removed`);
      revokedAt.set(id, now());
      // About as many a second as a busy fleet, and spread over more than one poll.
      await setTimeout(1);
    }
    void setTimeout(patience).then(() => child.connected && child.send("enough"));
    const [{ acceptedUntil }] = await Promise.race([told, gone]);
    const delays = acceptedUntil.map(([id, until]) => Math.max(0, until - (revokedAt.get(id) as number)));
    return { sorted: delays.sort((a, b) => a - b) };
  } finally {
    child.kill("SIGKILL");
  }
}

/** As a line of a table: the middle, the ninety-ninth in a hundred, the longest. */
export function summaryOf({ sorted }: Delays): string {
  const at = (share: number) => `${(sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(1)} ms`;
  return `${sorted.length} revocations: median ${at(0.5)}, 90 % ${at(0.9)}, 99 % ${at(0.99)}, longest ${at(1)}`;
}

function rowOf(id: SessionId): StoredSession {
  return { id, version: 1, userId: "alice", ref: null, expiresAt: Date.now() + 3_600_000, body: "{}" };
}

/** The same clock for every process of a machine. */
function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}
