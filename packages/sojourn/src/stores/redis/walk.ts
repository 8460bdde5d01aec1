import { SojournError } from "../../core/errors.ts";
import type { SessionId } from "../../core/ids.ts";
import type { StorePage, WalkableStore } from "../../core/store.ts";
import type { Command, Redis } from "./redis.ts";
import { readValue } from "./value.ts";

/*
 * SCAN, one primary after the other. Its cursor is about the table of one running server: after a restart or a failover it
 * would silently leave out what it should not, so a place says which servers it was about, and where in which of them.
 */

interface Server {
  /** Of this run of this server: another after every restart. */
  readonly runId: string;
  ask(command: Command): Promise<unknown>;
}

/** Where a walk goes on. */
interface Place {
  /** All primaries, in the order they are walked through. */
  readonly runIds: readonly string[];
  readonly at: number;
  readonly cursor: string;
}

/** Walks through every row under `prefix`. What is being moved from slot to slot at the time may be left out. */
export function walkThrough(redis: Redis, prefix: string): WalkableStore["walk"] {
  const pattern = `${prefix.replaceAll(/[[\]*?\\^]/g, "\\$&")}s:*`;
  const idStart = `${prefix}s:`.length;

  return async (from, limit): Promise<StorePage> => {
    const servers = await serversOf(redis);
    const runIds = servers.map(({ runId }) => runId);
    const place = from === null ? { runIds, at: 0, cursor: "0" } : placeIn(from);
    const server = servers[place.at];
    if (!server || place.runIds.join() !== runIds.join()) throw beginAgain();
    const scan: Command = ["SCAN", place.cursor, "MATCH", pattern, "COUNT", String(limit)];
    const [cursor, keys] = (await server.ask(scan)) as [string, string[]];
    const rows = await Promise.all(
      keys.map(async (key) =>
        readValue(key.slice(idStart) as SessionId, (await redis.send(key, ["GET", key])) as string | null),
      ),
    );
    const next = cursor === "0" ? { runIds, at: place.at + 1, cursor } : { runIds, at: place.at, cursor };
    return {
      rows: rows.filter((row) => row !== null),
      next: next.at < servers.length ? JSON.stringify([runIds, next.at, next.cursor]) : null,
    };
  };
}

/** The primaries in an order that stays: by run id. */
async function serversOf(redis: Redis): Promise<readonly Server[]> {
  const primaries = await redis.primaries();
  const servers = primaries.map(async (ask) => ({ ask, runId: runIdIn(String(await ask(["INFO", "server"]))) }));
  return (await Promise.all(servers)).sort((a, b) => (a.runId < b.runId ? -1 : 1));
}

function runIdIn(info: string): string {
  const runId = /^run_id:(\w+)/m.exec(info)?.[1];
  if (runId) return runId;
  throw new SojournError("ERR_STORE_UNAVAILABLE", "The redis server does not say its run_id (INFO server)");
}

function placeIn(text: string): Place {
  try {
    const [runIds, at, cursor] = JSON.parse(text) as [string[], number, string];
    if (Array.isArray(runIds) && Number.isSafeInteger(at) && /^\d+$/.test(cursor)) return { runIds, at, cursor };
  } catch {
    // Nothing that this store has said.
  }
  throw beginAgain();
}

function beginAgain(): SojournError {
  return new SojournError(
    "ERR_STORE_UNAVAILABLE",
    "The redis servers are not those the walk began with: begin it again, from null",
  );
}
