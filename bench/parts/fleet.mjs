import { setTimeout } from "node:timers/promises";
import { nearCache } from "sojourn/near-cache";
import { missShare, plan } from "../lib/fleet.mjs";
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
    ["Zipf exponent", "store reads/s", "any process", "sticky", "touches/s", "feed per process/s"],
    plans.map(({ exponent, reads, touches, feed }) => [
      exponent,
      figure(reads.uncached),
      figure(reads.anywhere),
      figure(reads.sticky),
      figure(touches),
      figure(feed.perProcess),
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
    await setTimeout(500);
    const memory = (await opened.memory()) - memoryBefore;
    const value = await opened.client.strLen(`sojourn:s:${made.sessions[0].row.id}`);
    const exponent = 1;
    const cache = nearCache(opened.store, { entries, maxAge: "5m" });
    await cache.ready();
    const manager = managerOn(cache);
    const draw = zipf({ amount, exponent, random: seeded(3) });
    const before = { ...cache.stats };
    let halfway = before;
    const commandsBefore = await opened.statements();
    const start = performance.now();
    for (let request = 0; request < requests; request++) {
      if (request === Math.floor(requests / 2)) halfway = { ...cache.stats };
      const { request: facts, sink } = made.sessions[draw() - 1].visit;
      if ((await manager.open(facts, sink)).userId === null) throw new Error("not logged in");
      if (request % 10_000 === 0) progress(`${figure(request)} of ${figure(requests)} requests`);
    }
    const seconds = (performance.now() - start) / 1_000;
    const commands = ((await opened.statements()) - commandsBefore) / requests;
    const measured = (cache.stats.misses - halfway.misses) / Math.ceil(requests / 2);
    await cache.close();
    const predicted = missShare({
      sessions: amount,
      exponent,
      perSecond: requests / seconds,
      entries,
      maxAge: 300,
      requests,
      seed: 11,
    });
    const bytesPerSession = { measured: memory / amount, value };
    console.log(
      `  reads that go to the store: ${figure(measured * 100)} % measured, ${figure(predicted * 100)} % by the simulation; ` +
        `${figure(commands)} commands a request over the whole run`,
    );
    console.log(`  ${figure(bytesPerSession.measured)} bytes a session in the primaries, of which its value ${value}`);
    return {
      sessions: amount,
      requests,
      entries,
      exponent,
      missShare: { measured, predicted },
      commands,
      bytesPerSession,
    };
  } finally {
    await opened.close();
  }
}
