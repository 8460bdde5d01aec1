import { setTimeout as wait } from "node:timers/promises";
import { nearCache } from "sojourn/near-cache";
import { plan, shares } from "../lib/fleet.mjs";
import { figure, printTable, progress, section } from "../lib/print.mjs";
import { kept } from "../lib/results.mjs";
import { insertAll, madeSessions, managerOn } from "../lib/sessions.mjs";
import { openCluster } from "../lib/stores.mjs";
import { seeded, zipf } from "../lib/zipf.mjs";

/** 10^8 sessions and 10^6 requests a second on paper, and the same arithmetic on a cluster of six nodes at the size that fits. */
export async function run({ quick }) {
  const size = quick
    ? { cluster: 5_000, requests: 20_000, entries: 500, exponents: [0.8, 1] }
    : { cluster: 200_000, requests: 400_000, entries: 10_000, exponents: [0.6, 0.8, 1, 1.2] };
  const check = await checkOnCluster(size);
  const units = { bytesPerSession: check.bytesPerSession.measured, ...unitCosts() };
  section("Fleet on paper: 10^8 sessions, 10^6 requests a second");
  const plans = [];
  for (const exponent of size.exponents) {
    progress(`simulating Zipf ${exponent}`);
    plans.push(
      plan({ sessions: 1e8, perSecond: 1e6, exponent, entries: 100_000, maxAge: 300, units, processes: 200, seed: 7 }),
    );
  }
  printTable(
    ["Zipf exponent", "store reads/s", "any process", "sticky", "touches/s"],
    plans.map(({ exponent, reads, touches }) => [
      exponent,
      figure(reads.uncached),
      figure(reads.anywhere),
      figure(reads.sticky),
      figure(touches),
    ]),
  );
  console.log(
    `  memory: ${figure(plans[0].bytes / 1e9)} GB of Redis, at ${figure(units.bytesPerSession)} bytes a session`,
  );
  return { settings: size, units, check, plans, verdicts: [] };
}

/** From the last full runs of the other parts; `null` where there was none. */
function unitCosts() {
  const rows = kept("stores")?.databases ?? [];
  const readsOf = (name) => rows.find((row) => row.name.startsWith(name))?.reads.at(-1).open.value ?? null;
  return { redisOpensPerSecond: readsOf("Redis,"), postgresOpensPerSecond: readsOf("PostgreSQL") };
}

async function checkOnCluster({ cluster: amount, requests, entries }) {
  section(`Check of the model on a cluster of six nodes: ${figure(amount)} sessions`);
  const opened = await openCluster();
  try {
    const memoryBefore = await opened.memory();
    progress("making sessions");
    const made = await madeSessions(amount);
    await insertAll(
      opened.store,
      made.sessions.map(({ row }) => row),
      { callers: 128 },
    );
    await wait(500);
    const memory = (await opened.memory()) - memoryBefore;
    const value = await opened.client.strLen(`sojourn:s:${made.sessions[0].row.id}`);
    const still = await compare(opened, made, { requests, entries, speed: 0 });
    const running = await compare(opened, made, { requests, entries, speed: 10 });
    const bytesPerSession = { measured: memory / amount, value };
    console.log(`  ${figure(bytesPerSession.measured)} bytes a session in the primaries, of which its value ${value}`);
    return { sessions: amount, requests, entries, exponent, still, running, bytesPerSession };
  } finally {
    await opened.close();
  }
}

const exponent = 1;

/**
 * A process with a near cache in front of the cluster, and the model of it. Time for the sessions goes by `speed` times as
 * fast as for us, so that a short run sees many touches; or stands still, so that it sees none.
 */
async function compare(opened, made, { requests, entries, speed }) {
  const amount = made.sessions.length;
  let touches = 0;
  const update = (...given) => {
    touches++;
    return opened.store.update(...given);
  };
  const counting = { ...opened.store, update };
  const start = performance.now();
  const began = Date.now();
  const elapsed = () => speed * (performance.now() - start);
  const clock = { now: () => began + elapsed(), after: systemAfter };
  const cache = nearCache(counting, { entries, maxAge: "5m", clock: { now: elapsed, after: systemAfter } });
  await cache.ready();
  // So long that nobody is signed out by a time that goes fast on a slow machine; a touch is due no less often.
  const manager = managerOn(cache, { clock, policy: { idle: "8h", absolute: "24h" } });
  const draw = zipf({ amount, exponent, random: seeded(3) });
  let halfway = { misses: 0, touches: 0 };
  const commandsBefore = await opened.statements();
  for (let request = 0; request < requests; request++) {
    if (request === Math.floor(requests / 2)) halfway = { misses: cache.stats.misses, touches };
    const { request: facts, sink } = made.sessions[draw() - 1].visit;
    if ((await manager.open(facts, sink)).userId === null) throw new Error("not logged in");
    if (request % 10_000 === 0) progress(`${figure(request)} of ${figure(requests)} requests`);
  }
  const seconds = (speed || 1) * ((performance.now() - start) / 1_000);
  const commands = ((await opened.statements()) - commandsBefore) / requests;
  const half = Math.ceil(requests / 2);
  const measured = { reads: (cache.stats.misses - halfway.misses) / half, touches: (touches - halfway.touches) / half };
  await cache.close();
  const predicted = shares({
    sessions: amount,
    exponent,
    perSecond: requests / seconds,
    entries,
    maxAge: speed === 0 ? Number.POSITIVE_INFINITY : 300,
    touchEvery: speed === 0 ? Number.POSITIVE_INFINITY : 60,
    requests,
    seed: 11,
  });
  const percent = ({ reads, touches }) => `${figure(reads * 100)} % read, ${figure(touches * 100)} % touch`;
  console.log(
    `  ${speed === 0 ? "time stands still" : `${speed} times as fast`}: ${percent(measured)}; by the model ${percent(predicted)}; ` +
      `${figure(commands)} commands a request`,
  );
  return { measured, predicted, commands, seconds };
}

function systemAfter(milliseconds, action) {
  const timer = setTimeout(action, milliseconds);
  return () => clearTimeout(timer);
}
