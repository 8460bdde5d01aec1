import { createShelf } from "../../packages/sojourn/src/stores/near-cache/shelf.ts";
import { seeded, zipf, zipfSum } from "./zipf.mjs";

/**
 * One process of a fleet with a near cache, simulated request by request, with the very shelf that the near cache has.
 * Returns the share of requests that go to the store, after a warm-up of half of them. `maxAge` in seconds.
 */
export function missShare({ sessions, exponent, perSecond, entries, maxAge, requests, seed = 1 }) {
  const draw = zipf({ amount: sessions, exponent, random: seeded(seed) });
  let now = 0;
  const shelf = createShelf({ entries, maxAge: maxAge * 1_000, clock: { now: () => now } });
  let misses = 0;
  for (let request = 0; request < requests; request++) {
    now = (request * 1_000) / perSecond;
    const id = draw();
    if (shelf.get(id) !== null) continue;
    shelf.put({ id, version: 1 }, now);
    if (request >= requests / 2) misses++;
  }
  return misses / Math.ceil(requests / 2);
}

/**
 * Touches a second: a session that is used is written down at most every `every` seconds, at the first request after
 * that. By renewal theory one of rate r is written 1 / (every + 1 / r) times a second; ranks are summed in bins.
 */
export function touchesPerSecond({ sessions, exponent, perSecond, every }) {
  const total = zipfSum(sessions, exponent);
  let touches = 0;
  for (let rank = 1; rank <= sessions; ) {
    const width = Math.min(sessions - rank + 1, Math.max(1, Math.floor(rank / 100)));
    const rate = (perSecond * (rank + (width - 1) / 2) ** -exponent) / total;
    touches += width / (every + 1 / rate);
    rank += width;
  }
  return touches;
}

/** What a fleet needs, from the unit costs that were measured. */
export function plan({ sessions, perSecond, exponent, entries, maxAge, units, processes, seed }) {
  const perProcess = perSecond / processes;
  const misses = (population) =>
    missShare({
      sessions: population,
      exponent,
      perSecond: perProcess,
      entries,
      maxAge,
      requests: Math.min(4_000_000, Math.round(perProcess * 900)),
      seed,
    });
  const anywhere = misses(sessions);
  const sticky = misses(Math.round(sessions / processes));
  const touches = touchesPerSecond({ sessions, exponent, perSecond, every: 60 });
  return {
    exponent,
    processes,
    missShare: { anywhere, sticky },
    reads: { uncached: perSecond, anywhere: perSecond * anywhere, sticky: perSecond * sticky },
    touches,
    /** Every touch tells every process: what each has to listen to, and what leaves the store. */
    feed: { perProcess: touches, total: touches * processes },
    bytes: sessions * units.bytesPerSession,
  };
}
