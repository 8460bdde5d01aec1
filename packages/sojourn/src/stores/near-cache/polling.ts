import type { Clock } from "../../core/clock.ts";
import { SojournError } from "../../core/errors.ts";
import type { SessionId } from "../../core/ids.ts";
import type { PollableStore, WatchableStore } from "../../core/store.ts";

export interface Polling {
  /** The sessions somebody holds, with the version of each. Asked at the beginning of every poll. */
  readonly held: () => ReadonlyMap<SessionId, number>;
  /**
   * Milliseconds from the end of a poll to the next, up to a tenth less, so that a fleet does not ask in step. A poll may
   * take as long; one that takes longer is a gap. So a change is told, or a gap is, within three times this.
   */
  readonly every: number;
  readonly clock: Clock;
  /** From 0 to 1, for the jitter. */
  readonly chance: () => number;
}

/** Sessions asked for in one call: far below the parameters a statement may have, on every database. */
const batch = 500;

/** No session is called that: asked for where nothing is held, to see that the store answers. */
const nobody = "nobody" as SessionId;

/**
 * Makes change messages of versions, for a store that cannot push: asks again and again for what somebody holds, one poll
 * at a time. A poll that fails or is overdue is a `gap`, and the end of this feed: whoever listens starts another.
 */
export function pollingFeed(store: PollableStore, { held, every, clock, chance }: Polling): WatchableStore["watch"] {
  async function changesSince(versions: ReadonlyMap<SessionId, number>) {
    const ids = versions.size === 0 ? [nobody] : [...versions.keys()];
    const changed: { readonly kind: "updated" | "removed"; readonly id: SessionId }[] = [];
    for (let at = 0; at < ids.length; at += batch) {
      const asked = ids.slice(at, at + batch);
      const now = await store.versionsOf(asked);
      for (const id of asked) {
        if (!now.has(id)) changed.push({ kind: "removed", id });
        else if (now.get(id) !== versions.get(id)) changed.push({ kind: "updated", id });
      }
    }
    return changed;
  }

  return async (listener) => {
    let isStopped = false;
    let callOff = () => {};

    async function poll(): Promise<void> {
      const changes = await within(every, changesSince(held()), clock);
      if (isStopped) return;
      for (const change of changes) listener(change);
      callOff = clock.after(every * (1 - chance() / 10), () => {
        poll().catch(() => {
          if (!isStopped) listener({ kind: "gap" });
        });
      });
    }

    await poll();
    return async () => {
      isStopped = true;
      callOff();
    };
  };
}

async function within<T>(limit: number, work: Promise<T>, clock: Clock): Promise<T> {
  let callOff = () => {};
  const overdue = new Promise<never>((_, reject) => {
    callOff = clock.after(limit, () =>
      reject(new SojournError("ERR_STORE_UNAVAILABLE", `The store did not tell its versions within ${limit} ms`)),
    );
  });
  try {
    return await Promise.race([work, overdue]);
  } finally {
    callOff();
  }
}
