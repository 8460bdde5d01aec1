import { systemClock } from "../../core/clock.ts";
import type { StoreChange } from "../../core/store.ts";
import type { Redis } from "./redis.ts";
import { type Feed, type FeedOptions, openFeed } from "./subscription.ts";

/**
 * Tells changes until the returned function is called. Whenever the feed is found broken that is a gap; it is opened
 * again as often as it takes, and when it is up there is a second gap, for what was missed.
 */
export async function watchChanges(
  redis: Redis,
  options: FeedOptions,
  listener: (change: StoreChange) => void,
): Promise<() => Promise<void>> {
  let feed = await openFeed(redis, options, tell);
  let isStopped = false;

  function tell(change: StoreChange): void {
    try {
      listener(change);
    } catch {
      // A listener's failure is its own; it must not end the feed, or the process.
    }
  }
  async function keepOpen(): Promise<void> {
    for (;;) {
      await feed.lost;
      if (isStopped) return;
      tell({ kind: "gap" });
      const reopened = await reopen();
      if (reopened === null) return;
      feed = reopened;
      tell({ kind: "gap" });
    }
  }
  async function reopen(): Promise<Feed | null> {
    while (!isStopped) {
      const opened = await openFeed(redis, options, tell).catch(() => null);
      if (opened && isStopped) opened.close();
      else if (opened) return opened;
      await new Promise<void>((resolve) => systemClock.after(options.heartbeat / 4, resolve));
    }
    return null;
  }

  void keepOpen();
  return async () => {
    isStopped = true;
    feed.close();
  };
}
