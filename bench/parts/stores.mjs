import connectPgSimple from "connect-pg-simple";
import { RedisStore } from "connect-redis";
import expressSession from "express-session";
import { memoryStore } from "sojourn/memory";
import { nearCache } from "sojourn/near-cache";
import { startChild } from "../lib/child.mjs";
import { figure, printTable, progress, progressOf, section, spread } from "../lib/print.mjs";
import { alternate } from "../lib/rounds.mjs";
import { insertAll, madeSessions, managerOn, timed, visitWith } from "../lib/sessions.mjs";
import { meanInterval, percentile, ratioInterval } from "../lib/statistics.mjs";
import { openCluster, openMariadb, openPostgres, openRedis, openSqlite } from "../lib/stores.mjs";
import { atLeast, atMost, exactly } from "../lib/verdict.mjs";
import { data, idleSeconds, user } from "../servers/scene.mjs";

const databases = [
  { open: openRedis, share: 0.85 },
  { open: openCluster, share: 0.85 },
  { open: openPostgres, share: 0.85 },
  { open: openMariadb, share: 0.85 },
  { open: openSqlite, share: 0.6 },
];

export async function run({ quick }) {
  const size = quick
    ? { sessions: 500, rounds: 12, milliseconds: 60, removals: 40 }
    : { sessions: 5_000, rounds: 16, milliseconds: 500, removals: 300 };
  progress("making sessions");
  const made = await madeSessions(size.sessions);
  const results = [];
  for (const database of databases) results.push(await measureDatabase(database, made, size));
  return { settings: size, databases: results, verdicts: results.flatMap(({ verdicts }) => verdicts) };
}

async function measureDatabase({ open, share }, made, size) {
  const opened = await open();
  try {
    section(`Stores: ${opened.name}`);
    await insertAll(
      opened.store,
      made.sessions.map(({ row }) => row),
    );
    const reads = await measureReads(opened, made, { ...size, share });
    const counts = await countCommands(opened, made);
    const further = opened.port
      ? await measureRedis(opened, made, size)
      : opened.pool
        ? await measurePostgresBytes(opened, made)
        : { verdicts: [] };
    return {
      name: opened.name,
      ...reads,
      counts,
      ...further,
      verdicts: [...reads.verdicts, ...verdictsOf(opened.name, counts), ...further.verdicts],
    };
  } finally {
    await opened.close();
  }
}

/** `open` beside the bare read of the same row, with one and with 64 callers. */
async function measureReads({ name, store, read }, { sessions }, { rounds, milliseconds, share }) {
  const manager = managerOn(store);
  const at = (index) => sessions[index % sessions.length];
  const works = {
    read: (index) => read(at(index).row.id),
    async open(index) {
      const { request, sink } = at(index).visit;
      const session = await manager.open(request, sink);
      if (session.userId === null) throw new Error(`${name}: not logged in`);
    },
  };
  const rows = [];
  const verdicts = [];
  for (const callers of [1, 64]) {
    const amount = await fitting(works.read, { callers, milliseconds });
    await timed(works.open, { amount, callers });
    const samples = await alternate(["read", "open"], {
      rounds,
      onRound: progressOf(`${name}, ${callers} at a time`),
      run: async (which) => (amount * 1_000) / (await timed(works[which], { amount, callers })),
    });
    const share95 = ratioInterval(samples.open, samples.read);
    rows.push({ callers, read: meanInterval(samples.read), open: meanInterval(samples.open), share: share95 });
    verdicts.push(atLeast(`${name}: open of the bare read, ${callers} at a time`, share, share95));
  }
  printTable(
    ["callers", "bare reads/s", "opens/s", "share"],
    rows.map(({ callers, read, open, share }) => [callers, spread(read), spread(open), spread(share)]),
  );
  return { reads: rows, verdicts };
}

/** How many runs of `work` take about `milliseconds`. */
async function fitting(work, { callers, milliseconds }) {
  const amount = 20 * callers;
  await timed(work, { amount, callers });
  const took = await timed(work, { amount, callers });
  return Math.max(callers, Math.round((amount * milliseconds) / took));
}

/** Commands or statements a request, as the server counts them; `null` where there is no server. */
async function countCommands(opened, { sessions }) {
  const requests = 1_000;
  const openAll = (visits) => async (store) => {
    const manager = managerOn(store);
    for (let at = 0; at < requests; at++) {
      const { request, sink } = visits[at % visits.length];
      await manager.open(request, sink);
    }
  };
  const counted =
    opened.counted ??
    (opened.statements &&
      (async (work) => {
        const before = await opened.statements();
        await work(opened.store);
        return (await opened.statements()) - before;
      }));
  if (!counted) return null;
  const visits = sessions.map(({ visit }) => visit);
  const authenticated = (await counted(openAll(visits))) / requests;
  const anonymous = (await counted(openAll([visitWith(null)]))) / requests;
  console.log(`  commands per request: ${figure(authenticated)} logged in, ${figure(anonymous)} without a cookie`);
  return { authenticated, anonymous };
}

function verdictsOf(name, counts) {
  if (!counts) return [];
  return [
    // What a client does by itself (a ping, the reading of the counters) is a fraction of a command a request.
    atMost(`${name}: commands per logged-in request`, 1.01, exactly(counts.authenticated), "commands"),
    atMost(`${name}: commands per anonymous request`, 0.01, exactly(counts.anonymous), "commands"),
  ];
}

async function measureRedis(opened, made, size) {
  const bytes = await redisBytes(opened, made);
  const cached = await measureNearCache(opened, made, size);
  return { bytes, nearCache: cached.figures, verdicts: [...bytes.verdicts, ...cached.verdicts] };
}

/** What one session takes, and what connect-redis takes for the same data. */
async function redisBytes({ client }, { sessions }) {
  const { row } = sessions[0];
  const theirs = new RedisStore({ client });
  // As long as the ids that express-session draws.
  const sid = "b".repeat(32);
  await theirs.set(sid, expressSessionData());
  const usage = (key) => client.memoryUsage(key);
  const ours = {
    value: await client.strLen(`sojourn:s:${row.id}`),
    key: await usage(`sojourn:s:${row.id}`),
    index: await usage(`sojourn:u:${row.userId}`),
  };
  const peer = { value: await client.strLen(`sess:${sid}`), key: await usage(`sess:${sid}`) };
  console.log(
    `  bytes: value ${ours.value} (connect-redis ${peer.value}), with its key ${ours.key} (${peer.key}), index of its user ${ours.index}`,
  );
  return {
    ours,
    connectRedis: peer,
    verdicts: [atMost("Redis: bytes of a session's value, of connect-redis's", 1, exactly(ours.value / peer.value))],
  };
}

/** As express-session hands it to its stores, with a cookie as its README has it for production: the attributes ours has. */
function expressSessionData() {
  const cookie = new expressSession.Cookie({ maxAge: idleSeconds * 1_000, secure: true, sameSite: "lax" });
  return { cookie, userId: user.id, ...data };
}

async function measurePostgresBytes({ pool }, { sessions }) {
  const PgStore = connectPgSimple(expressSession);
  const theirs = new PgStore({ pool, createTableIfMissing: true, pruneSessionInterval: false });
  const set = (sid) =>
    new Promise((resolve, reject) =>
      theirs.set(sid, expressSessionData(), (error) => (error ? reject(error) : resolve())),
    );
  for (let at = 0; at < sessions.length; at++) await set(sessions[at].row.id + sessions[at].row.id.slice(0, 10));
  await pool.query("VACUUM FULL sojourn_sessions");
  await pool.query("VACUUM FULL session");
  const perRow = async (table, what) =>
    Number((await pool.query(`SELECT ${what}('${table}') AS bytes`)).rows[0].bytes) / sessions.length;
  const bytes = {
    ours: {
      table: await perRow("sojourn_sessions", "pg_table_size"),
      indices: await perRow("sojourn_sessions", "pg_indexes_size"),
    },
    connectPgSimple: {
      table: await perRow("session", "pg_table_size"),
      indices: await perRow("session", "pg_indexes_size"),
    },
  };
  console.log(
    `  bytes a session: table ${figure(bytes.ours.table)} (connect-pg-simple ${figure(bytes.connectPgSimple.table)}), ` +
      `indices ${figure(bytes.ours.indices)} (${figure(bytes.connectPgSimple.indices)}; it has none by user)`,
  );
  return { bytes, verdicts: [] };
}

/** The near cache in front of Redis, beside the memory store; and how soon other processes refuse what was revoked. */
async function measureNearCache(opened, made, { rounds, milliseconds, removals }) {
  const inMemory = memoryStore();
  await insertAll(
    inMemory,
    made.sessions.map(({ row }) => row),
  );
  const cache = nearCache(opened.store, { entries: 2 * made.sessions.length, maxAge: "5m" });
  await cache.ready();
  try {
    const works = Object.fromEntries(
      [
        ["memory", inMemory],
        ["near cache", cache],
      ].map(([name, store]) => {
        const manager = managerOn(store);
        const work = async (index) => {
          const { request, sink } = made.sessions[index % made.sessions.length].visit;
          if ((await manager.open(request, sink)).userId === null) throw new Error(`${name}: not logged in`);
        };
        return [name, work];
      }),
    );
    await timed(works["near cache"], { amount: made.sessions.length, callers: 32 });
    // At once: a minute later each session has its touch written down, which the fleet's arithmetic counts.
    const counted = 4 * made.sessions.length;
    const before = await opened.statements();
    await timed(works["near cache"], { amount: counted, callers: 32 });
    const commands = ((await opened.statements()) - before) / counted;
    const amount = await fitting(works.memory, { callers: 1, milliseconds });
    const samples = await alternate(["memory", "near cache"], {
      rounds,
      onRound: progressOf("near cache"),
      run: async (which) => (amount * 1_000) / (await timed(works[which], { amount, callers: 1 })),
    });
    const share = ratioInterval(samples["near cache"], samples.memory);
    const delays = await revocationDelays(opened, made, removals);
    const revocation = { p50: percentile(delays, 0.5), p99: percentile(delays, 0.99), removals: delays.length };
    console.log(
      `  near cache: ${spread(share)} of the memory store's opens/s, ${figure(commands)} commands a request; ` +
        `a revocation is seen by every process after ${figure(revocation.p50)} ms (median), ${figure(revocation.p99)} ms (99 %)`,
    );
    return {
      figures: { share, commands, revocation, perSecond: meanInterval(samples["near cache"]) },
      verdicts: [
        atLeast("Near cache: opens of the memory store's", 0.7, share),
        atMost("Near cache: commands per logged-in request", 0.01, exactly(commands), "commands"),
        atMost("Near cache: revocation seen by every process, 99 %", 50, exactly(revocation.p99), "ms"),
      ],
    };
  } finally {
    await cache.close();
  }
}

/** Two further processes, each with a cache that holds the session, ask until they refuse it. */
async function revocationDelays({ store, port }, made, removals) {
  const manager = managerOn(store);
  const watchers = [1, 2].map(() => startChild("parts/stores-watcher.mjs", [String(port)]));
  try {
    await Promise.all(watchers.map(({ ready }) => ready));
    const delays = [];
    for (const { row, visit } of made.sessions.slice(-removals)) {
      const cookie = visit.request.header("cookie");
      await Promise.all(watchers.map(({ ask }) => ask({ hold: cookie })));
      const refused = watchers.map(({ ask }) => ask({ untilRefused: cookie }));
      await new Promise((resolve) => setTimeout(resolve, 2));
      await manager.revoke({ id: row.id, of: "any user" });
      const answered = performance.timeOrigin + performance.now();
      for (const { at } of await Promise.all(refused)) delays.push(Math.max(0, at - answered));
    }
    // Every process: the later of the two counts.
    return delays.filter((_, index) => index % 2 === 0).map((delay, pair) => Math.max(delay, delays[2 * pair + 1]));
  } finally {
    for (const { stop } of watchers) await stop();
  }
}
