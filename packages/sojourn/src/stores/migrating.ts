import { type Clock, systemClock } from "../core/clock.ts";
import { type Duration, milliseconds } from "../core/duration.ts";
import { SojournError } from "../core/errors.ts";
import type { SessionStore, StoredSession } from "../core/store.ts";
import { isTombstone, unsealed } from "./migrating/bodies.ts";
import { type Extras, extrasOf } from "./migrating/extras.ts";
import { moveSession } from "./migrating/move.ts";
import { assertMigratingOptions } from "./migrating/options.ts";
import { removeSession } from "./migrating/remove.ts";
import { updateSession } from "./migrating/update.ts";

export interface MigratingOptions<From extends SessionStore = SessionStore, To extends SessionStore = SessionStore> {
  readonly from: From;
  readonly to: To;
  /**
   * `"prepare"`: new sessions go to `from` and nothing is moved, but what others moved is found. Deploy it everywhere
   * first, for a process that knows `from` alone would not find what moved. `"move"` (default): new sessions go to `to`,
   * and the others move when they are used.
   */
  readonly phase?: "prepare" | "move";
  /**
   * The longest `absolute` of any policy in use. Default `"3650d"`, the longest there can be; a shorter one lets the
   * per-user index of `to`, where it has one apart from the rows, forget moved sessions sooner.
   */
  readonly absolute?: Duration;
  /** Says how long tombstones last. Default: the machine's clock. */
  readonly clock?: Clock;
}

/**
 * Two stores as one, while sessions move from the first to the second: every process of the fleet uses it during the move.
 *
 * A session is in `from` or, once moved, in `to`, with the same id, version, user id, ref and body, and whoever asks finds it
 * wherever it is. An update that was acknowledged is never lost, a session that was removed never comes back: its
 * tombstone stays in `to` until no mover can be under way any more (a day at least, and as long as the session could have
 * lasted). A read costs one call of `to`, and two or three more where the session is not there.
 *
 * A read that is under way at the same time as a removal may still be answered with the session as it was when it moved.
 * Throws `OptionsError`.
 */
export function migrating<From extends SessionStore, To extends SessionStore>(
  options: MigratingOptions<From, To>,
): SessionStore & Extras<From, To> {
  assertMigratingOptions(options);
  const { from, to, phase = "move", absolute = "3650d", clock = systemClock } = options;
  const longest = milliseconds(absolute) + 2 * 3_600_000;
  const places = { from, to, phase, clock, indexUntil: () => clock.now() + longest };

  const store: SessionStore = {
    name: `${from.name} to ${to.name}`,
    mayBeStale: from.mayBeStale === true || to.mayBeStale === true,

    async insert(row, indexing) {
      // Ids are drawn, so nobody else adds this one to the other store meanwhile.
      const [home, other] = phase === "move" ? [to, from] : [from, to];
      return (await other.find(row.id, { fresh: true })) === null && home.insert(row, indexing);
    },

    async find(id, findOptions) {
      const moved = await to.find(id, findOptions);
      if (moved !== null) return standing(moved);
      const found = await from.find(id, { fresh: true });
      if (found !== null) {
        const isUnmoved = phase === "prepare" && unsealed(found) === null;
        if (isUnmoved) return found;
        const hasMoved = await moveSession(id, { ...places, indexUntil: places.indexUntil() });
        if (!hasMoved && unsealed(found) === null) return found;
        if (!hasMoved) throw new SojournError("ERR_STORE_UNAVAILABLE", `Session ${id} is being moved: try again`);
      }
      // Moved since it was looked for in `to`, or not there at all.
      const now = await to.find(id, { fresh: true });
      return now && standing(now);
    },

    update: (row) => updateSession(row, places),
    async remove(id) {
      const removed = await removeSession(id, places);
      // A tombstone is an update of `to`, which no replica has confirmed yet.
      await to.confirm?.(id);
      return removed;
    },
    ...((from.confirm || to.confirm) && {
      async confirm(id) {
        await to.confirm?.(id);
        await from.confirm?.(id);
      },
    }),

    async idsOf(key) {
      // In this order: what moves in between is in `to` before it leaves `from`.
      const left = await from.idsOf(key);
      return [...new Set([...left, ...(await to.idsOf(key))])];
    },

    async removeExpired(before, limit) {
      const removed = await from.removeExpired(before, limit);
      return removed < limit ? removed + (await to.removeExpired(before, limit - removed)) : removed;
    },
  };
  const both = Object.assign(store, extrasOf(from, to));
  Object.freeze(both);
  return both;
}

function standing(row: StoredSession): StoredSession | null {
  return isTombstone(row) ? null : row;
}
