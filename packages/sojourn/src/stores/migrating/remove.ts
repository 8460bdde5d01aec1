import type { Clock } from "../../core/clock.ts";
import { SojournError } from "../../core/errors.ts";
import type { SessionId } from "../../core/ids.ts";
import type { StoredSession } from "../../core/store.ts";
import { isTombstone, tombstone, tombstoneOver } from "./bodies.ts";
import type { Places } from "./move.ts";

type RemovalPlaces = Places & { readonly clock: Clock };

const roundsAtMost = 64;

/**
 * Ends one session wherever it is: first a tombstone in `to`, which no mover can get past, then the row in `from`. In any
 * other order somebody who is moving it would bring it back. `to`'s own `remove` is never called: one that arrives late
 * would take the tombstone away.
 */
export async function removeSession(id: SessionId, places: RemovalPlaces): Promise<boolean> {
  const { from, to, clock } = places;
  for (let round = 0; round < roundsAtMost; round++) {
    const moved = await to.find(id, { fresh: true });
    if (moved !== null) {
      const isOver = isTombstone(moved);
      if (!isOver && !(await buries(moved, round, places))) continue;
      // What a mover left that died, or a removal.
      await from.remove(id);
      return !isOver;
    }
    const found = await from.find(id, { fresh: true });
    const expiresAt = found?.expiresAt ?? 0;
    // Also where nothing is found: it may be on its way from one to the other.
    if (!(await to.insert(tombstone(id, { expiresAt, now: clock.now() }), { indexUntil: expiresAt }))) continue;
    if (found !== null) await from.remove(id);
    return found !== null;
  }
  throw new SojournError("ERR_STORE_UNAVAILABLE", `Others kept changing session ${id} while it was being removed`);
}

/**
 * Puts a tombstone over a row in `to`. A writer who never pauses could be first each time, so with every round it is put
 * over one more of the versions that may come next; a tombstone over a tombstone is one.
 */
async function buries(row: StoredSession, round: number, { to, clock }: RemovalPlaces): Promise<boolean> {
  const versions = Array.from({ length: round + 1 }, (_, ahead) => row.version + ahead);
  const now = clock.now();
  const answers = await Promise.all(versions.map((version) => to.update(tombstoneOver({ ...row, version }, now))));
  return answers.includes(true);
}
