import type { Instant } from "../../core/clock.ts";
import type { SessionId } from "../../core/ids.ts";
import type { SessionStore } from "../../core/store.ts";
import { sealed, unsealed } from "./bodies.ts";

export interface Places {
  readonly from: SessionStore;
  readonly to: SessionStore;
}

const roundsAtMost = 64;

/**
 * Moves one session from `from` to `to`: seals it by compare-and-set, so that another writer was either first or finds the
 * seal; adds it to `to` as it was; then removes it from `from`. Whoever finds a sealed row does the rest. An insert
 * that finds the session moved by somebody else, or its tombstone, changes nothing: it is not brought back.
 *
 * `false` if others kept changing the row, so that it is still in `from`. `indexUntil`: no session outlives it.
 */
export async function moveSession(
  id: SessionId,
  { from, to, indexUntil }: Places & { readonly indexUntil: Instant },
): Promise<boolean> {
  for (let round = 0; round < roundsAtMost; round++) {
    const found = await from.find(id, { fresh: true });
    if (found === null) return true;
    const moving = unsealed(found);
    if (moving === null && !(await from.update(sealed(found)))) continue;
    const row = moving ?? found;
    const isInserted = await to.insert(row, { indexUntil: Math.max(indexUntil, row.expiresAt) });
    // Taken, but by what? An id can also be taken by an insert that has not come to its end, and never may.
    if (!isInserted && (await to.find(id, { fresh: true })) === null) continue;
    await from.remove(id);
    return true;
  }
  return false;
}
