import { setImmediate } from "node:timers/promises";
import { type Clock, systemClock } from "../core/clock.ts";
import type { ScannableStore, SessionStore, StoredSession } from "../core/store.ts";
import { isTombstone, unsealed } from "../stores/migrating/bodies.ts";
import { moveSession } from "../stores/migrating/move.ts";

export interface Migration {
  readonly from: ScannableStore;
  readonly to: SessionStore;
  /** Called after every page, and at the end. */
  readonly onProgress?: (counts: MigrationCounts) => void;
  /** Looks, and changes nothing. */
  readonly dryRun?: boolean;
  /** Stops after the page at hand; start again and it goes on from there. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** Every session that was found in `from` is counted once under one of the others. */
export interface MigrationCounts {
  readonly found: number;
  /** Now in `to`; in a dry run: would be moved. */
  readonly moved: number;
  /** Ended by somebody while it moved: its tombstone is in `to`. */
  readonly ended: number;
  /** Over before it was moved, or forgotten by `to` since. */
  readonly expired: number;
  /** Others kept changing it: still in `from`. Run the command again. */
  readonly left: number;
  /** Live in both stores. Never, unless somebody writes to `from` without `migrating`. */
  readonly duplicated: number;
  /** In neither store, without a tombstone and before it expired; or older in `to` than it was in `from`. Never. */
  readonly lost: number;
}

const pageSize = 500;
const movesAtOnce = 16;
/** The last one finds nothing, unless others keep adding to `from`, or keep changing what is there. */
const passesAtMost = 4;
const none = { found: 0, moved: 0, ended: 0, expired: 0, left: 0, duplicated: 0, lost: 0 };
type Outcome = Exclude<keyof MigrationCounts, "found">;

/**
 * Moves every session that is still in `from`, and looks at each one afterwards in both stores: the counts add up only if
 * none was lost or duplicated. Keeps no state of its own: what has moved is no longer in `from`.
 */
export async function migrateSessions(migration: Migration): Promise<MigrationCounts> {
  const { from, onProgress = () => {}, dryRun = false, signal } = migration;
  const counts: { -readonly [Count in keyof MigrationCounts]: number } = { ...none };
  for (let pass = 0; pass < passesAtMost; pass++) {
    // What was left is found again.
    counts.found -= counts.left;
    counts.left = 0;
    const foundBefore = counts.found;
    for (let page = await from.scan(null, pageSize); page.length > 0; ) {
      for (let at = 0; at < page.length; at += movesAtOnce) {
        const rows = page.slice(at, at + movesAtOnce);
        for (const outcome of await Promise.all(rows.map((row) => moveAndLook(row, migration)))) counts[outcome]++;
        counts.found += rows.length;
      }
      onProgress({ ...counts });
      // Where both stores answer at once, nothing else would come to run: signals neither.
      await setImmediate();
      if (signal?.aborted) return counts;
      page = await from.scan((page.at(-1) as StoredSession).id, pageSize);
    }
    if (dryRun || counts.found === foundBefore) break;
  }
  return counts;
}

async function moveAndLook(found: StoredSession, migration: Migration): Promise<Outcome> {
  const { from, to, dryRun = false, clock = systemClock } = migration;
  const { id, version, body, expiresAt } = unsealed(found) ?? found;
  const isExpired = () => expiresAt <= clock.now();
  if (dryRun) {
    const there = await to.find(id, { fresh: true });
    if (there !== null) return isTombstone(there) ? "ended" : unsealed(found) === null ? "duplicated" : "moved";
    return isExpired() ? "expired" : "moved";
  }
  if (isExpired()) {
    // Whoever extended it meanwhile moved it, or changed it in `from`: judged again at the moment of removal.
    await from.removeExpired(clock.now(), pageSize);
    if ((await from.find(id, { fresh: true })) === null) return "expired";
  }
  const hasMoved = await moveSession(id, { from, to, indexUntil: indexUntil(clock) });
  const there = await to.find(id, { fresh: true });
  const here = await from.find(id, { fresh: true });
  if (here !== null && there !== null && !isTombstone(there) && unsealed(here) === null) return "duplicated";
  if (here !== null || !hasMoved) return "left";
  if (there === null) return isExpired() ? "expired" : "lost";
  if (isTombstone(there)) return "ended";
  return there.version < version || (there.version === version && there.body !== body) ? "lost" : "moved";
}

/** Beyond the end of any session: the longest a policy may allow is ten years. */
function indexUntil(clock: Clock): number {
  return clock.now() + 3_651 * 86_400_000;
}
