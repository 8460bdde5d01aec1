import type { Clock } from "../../../src/core/clock.ts";
import type { StoreChange, StoredSession, WatchableStore } from "../../../src/core/store.ts";
import { type NearCache, nearCache } from "../../../src/stores/near-cache.ts";
import type { Actor, Line } from "./actor.ts";
import { type CacheWish, hers, his } from "./cache-model.ts";

export type CacheActor = Actor<CacheWish, StoreChange>;
type CacheLine = Line<CacheWish, StoreChange>;
export type Task = "find" | "find fresh" | "find another" | "update" | "remove";

/** A node whose cache holds one session, with these requests at once. */
export function cachingNode(tasks: readonly Task[]): CacheActor {
  return {
    name: "node",
    async run(line) {
      const cache = nearCache(storeOn(line), { entries: 1, maxAge: "1m", clock: clockOn(line) });
      const feed = cache.ready();
      await Promise.all([feed, ...tasks.map((task, at) => perform(task, `${at}`, cache, line))]);
    },
  };
}

async function perform(task: Task, name: string, cache: NearCache, { ask, tell }: CacheLine): Promise<void> {
  await ask({ verb: "begin", what: `${task} ${name}` });
  if (task === "find another") await cache.find(his);
  else if (task === "remove") await cache.remove(hers);
  else if (task === "update") await cache.update({ id: hers, version: 0, expiresAt: 0, body: "" });
  else {
    tell(`reads ${name}`);
    const row = await cache.find(hers, { fresh: task === "find fresh" });
    tell(`read ${name} ${row === null ? "none" : row.version}`);
  }
}

/** Somebody on another node, who knows no cache. */
export function elsewhere(verbs: readonly ("remove" | "update" | "cut")[]): CacheActor {
  return {
    name: "elsewhere",
    async run({ ask }) {
      for (const verb of verbs) await ask(verb === "cut" ? { verb } : { verb, id: hers });
    },
  };
}

function storeOn({ ask, hear }: CacheLine): WatchableStore {
  const listeners = new Set<(change: StoreChange) => void>();
  hear((change) => {
    for (const listener of listeners) listener(change);
  });
  const unused = () => Promise.reject(new Error("no task asks for that"));
  return {
    name: "explored",
    insert: unused,
    idsOf: unused,
    removeExpired: unused,
    find: (id) => ask({ verb: "find", id }) as Promise<StoredSession | null>,
    update: ({ id }) => ask({ verb: "update", id }) as Promise<boolean>,
    remove: (id) => ask({ verb: "remove", id }) as Promise<boolean>,
    async watch(listener) {
      listeners.add(listener);
      await ask({ verb: "watch" });
      return async () => void listeners.delete(listener);
    },
  };
}

/** Time stands still; a pause is over when the search says so. */
function clockOn({ ask }: CacheLine): Clock {
  return {
    now: () => 0,
    after(_milliseconds, action) {
      let isOff = false;
      void ask({ verb: "begin", what: "again" }).then(() => {
        if (!isOff) action();
      });
      return () => {
        isOff = true;
      };
    },
  };
}
