import { createShelf } from "../../packages/sojourn/src/stores/near-cache/shelf.ts";
import { seeded, zipf, zipfSum } from "./zipf.mjs";

/**
 * One process of a fleet with a near cache, simulated request by request, with the very shelf that the near cache has.
 * Returns the shares of requests that read the store, and that write a touch, after a warm-up of half of them.
 *
 * What is remembered serves until a touch is due by what it says: then the engine reads fresh, and finds either that another
 * process has touched the session meanwhile, or that it is to do so itself, which drops the row. `maxAge` and `touchEvery` in
 * seconds; `fleetPerSecond`: what these sessions ask of all processes together, this one included.
 */
export function shares({
  sessions,
  exponent,
  perSecond,
  fleetPerSecond = perSecond,
  entries,
  maxAge,
  touchEvery = Number.POSITIVE_INFINITY,
  requests,
  seed = 1,
}) {
  const random = seeded(seed);
  const draw = zipf({ amount: sessions, exponent, random });
  const weights = zipfSum(sessions, exponent);
  const fleetRate = (rank) => (fleetPerSecond * rank ** -exponent) / weights;
  const elsewhere = 1 - perSecond / fleetPerSecond;
  const exponential = (rate) => (rate > 0 ? -Math.log(1 - random()) / rate : Number.POSITIVE_INFINITY);
  let now = 0;
  const shelf = createShelf({ entries, maxAge: maxAge * 1_000, clock: { now: () => now * 1_000 } });
  /** When the next touch of each session is due, in truth: whoever makes it. */
  const due = new Map();

  /** Of a session that was never seen here: in the middle of a life that went on before. */
  function dueAtFirst(rank) {
    const wait = 1 / fleetRate(rank);
    return random() < wait / (touchEvery + wait) ? now : now + touchEvery * (1 - random());
  }

  /** With the touches that other processes have made meanwhile. */
  function dueByNow(rank) {
    let at = due.get(rank) ?? dueAtFirst(rank);
    while (at < now) {
      const touched = at + exponential(elsewhere * fleetRate(rank));
      if (touched > now) break;
      at = touched + touchEvery;
    }
    return at;
  }

  const counts = { reads: 0, touches: 0 };
  for (let request = 0; request < requests; request++) {
    now += exponential(perSecond);
    const counted = request >= requests / 2 ? 1 : 0;
    const rank = draw();
    const remembered = shelf.get(rank);
    if (remembered !== null && now < remembered.due) continue;
    counts.reads += counted;
    const next = dueByNow(rank);
    if (next > now) {
      due.set(rank, next);
      shelf.put({ id: rank, due: next }, now * 1_000);
    } else {
      // What was not remembered is read for the cache, and once more, fresh, before it is written.
      if (remembered === null) counts.reads += counted;
      counts.touches += counted;
      due.set(rank, now + touchEvery);
      shelf.drop(rank);
    }
  }
  const half = Math.ceil(requests / 2);
  return { reads: counts.reads / half, touches: counts.touches / half };
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

/** Seconds: as the engine has it for an idle timeout of 15 minutes and more. */
const touchEvery = 60;

/** What a fleet needs, from the unit costs that were measured. */
export function plan({ sessions, perSecond, exponent, entries, maxAge, units, processes, seed }) {
  const perProcess = perSecond / processes;
  const readShare = (population, fleetPerSecond) =>
    shares({
      sessions: population,
      exponent,
      perSecond: perProcess,
      fleetPerSecond,
      entries,
      maxAge,
      touchEvery,
      requests: Math.min(4_000_000, Math.round(perProcess * 900)),
      seed,
    }).reads;
  const anywhere = readShare(sessions, perSecond);
  const sticky = readShare(Math.round(sessions / processes), perProcess);
  return {
    exponent,
    processes,
    missShare: { anywhere, sticky },
    reads: { uncached: perSecond, anywhere: perSecond * anywhere, sticky: perSecond * sticky },
    touches: touchesPerSecond({ sessions, exponent, perSecond, every: touchEvery }),
    bytes: sessions * units.bytesPerSession,
  };
}
