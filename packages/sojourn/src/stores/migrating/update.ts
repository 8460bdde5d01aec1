import type { Instant } from "../../core/clock.ts";
import type { StoredSession, StoredUpdate } from "../../core/store.ts";
import { isTombstone, unsealed } from "./bodies.ts";
import { moveSession, type Places } from "./move.ts";

/** The second finds what happened during the first; the third is for what was sealed during the second. */
const roundsAtMost = 3;

/**
 * Compare-and-set wherever the row is. It is written only where the version it is based on was seen to stand: seals and
 * tombstones are the next version, so none can be overwritten. In `from` only while this process moves nothing.
 */
export async function updateSession(
  row: StoredUpdate,
  places: Places & { readonly phase: "prepare" | "move"; readonly indexUntil: () => Instant },
): Promise<boolean> {
  const { from, to, phase } = places;
  const isBase = ({ version }: StoredSession) => version === row.version - 1;
  for (let round = 0; round < roundsAtMost; round++) {
    const moved = await to.find(row.id, { fresh: true });
    if (moved !== null) return !isTombstone(moved) && isBase(moved) && to.update(row);
    const found = await from.find(row.id, { fresh: true });
    if (found !== null && phase === "prepare" && unsealed(found) === null) {
      if (!isBase(found)) return false;
      if (await from.update(row)) return true;
      // Somebody was first: an update, which the next round finds, or a seal.
    } else if (found !== null) {
      if (!(await moveSession(row.id, { ...places, indexUntil: places.indexUntil() }))) return false;
    }
    // Where it was in neither, it is gone, or moved between the two looks.
  }
  return false;
}
