import { randomBytes } from "node:crypto";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setImmediate, setTimeout } from "node:timers/promises";
import { figure, printTable, progress, progressOf, section, spread } from "../lib/print.mjs";
import { alternate } from "../lib/rounds.mjs";
import { insertAll, madeSessions, managerOn, timed } from "../lib/sessions.mjs";
import { meanInterval, ratioInterval } from "../lib/statistics.mjs";
import { openRedis, openSqlite } from "../lib/stores.mjs";
import { atLeast, atMost } from "../lib/verdict.mjs";

/** What becomes of the figures when there are many sessions, many of one user, or many to sweep. */
export async function run({ quick }) {
  const size = quick
    ? {
        sqlite: [1e3, 1e4, 1e5],
        redis: [1e3, 1e4],
        ofOneUser: [1, 10, 100, 1_000],
        expired: 5e4,
        rounds: 12,
        opens: 500,
        idle: 100,
      }
    : {
        sqlite: [1e3, 1e4, 1e5, 1e6, 1e7],
        redis: [1e3, 1e4, 1e5, 1e6, 5e6],
        ofOneUser: [1, 10, 100, 1_000, 10_000],
        expired: 1e6,
        rounds: 24,
        opens: 5_000,
        idle: 1_000,
      };
  const made = await madeSessions(1_000);
  const sqlite = await grow({ sizes: size.sqlite, fill: fillSqlite, open: openSqlite }, made, size);
  const redis = await grow({ sizes: size.redis, fill: fillRedis, open: openRedis }, made, size);
  const users = [];
  for (const open of [openSqlite, openRedis]) users.push(await usersWithManySessions(open, made, size));
  const sweep = await sweepMany(made, size);
  return {
    settings: size,
    growth: [sqlite, redis].map(({ verdicts: _verdicts, ...measured }) => measured),
    users,
    sweep: sweep.figures,
    verdicts: [...sqlite.verdicts, ...redis.verdicts, ...sweep.verdicts],
  };
}

/**
 * The same thousand sessions are opened in stores of growing size, and read without any session logic, which says how much
 * of the change is the database's own. All take turns in every round.
 */
async function grow({ sizes, fill, open }, made, { rounds, opens }) {
  const stores = [];
  try {
    for (const size of sizes) {
      const opened = await open();
      stores.push({ ...opened, size });
      if (stores.length === 1) section(`Growth: ${opened.name}`);
      const start = performance.now();
      await fill(opened, made.sessions, size, (done) => progress(`${figure(done)} of ${figure(size)} sessions`));
      progress(`${figure(size)} sessions after ${figure((performance.now() - start) / 1000)} s`);
    }
    const { name } = stores[0];
    // In an order that no cache likes, and of all parts of the table.
    const sessionAt = (at) => made.sessions[(at * 619) % made.sessions.length];
    const works = {};
    for (const { size, store, read } of stores) {
      const manager = managerOn(store);
      works[`open ${size}`] = async (at) => {
        const { request, sink } = sessionAt(at).visit;
        if ((await manager.open(request, sink)).userId === null) throw new Error("not logged in");
      };
      works[`read ${size}`] = (at) => read(sessionAt(at).row.id);
    }
    const run = async (which) => (opens * 1_000) / (await timed(works[which], { amount: opens, callers: 16 }));
    for (const which of Object.keys(works)) await run(which);
    const samples = await alternate(Object.keys(works), { rounds, onRound: progressOf(name), run });
    const rows = sizes.map((size) => ({
      size,
      perSecond: meanInterval(samples[`open ${size}`]),
      readsPerSecond: meanInterval(samples[`read ${size}`]),
    }));
    printTable(
      ["sessions", "opens/s", "bare reads/s"],
      rows.map(({ size, perSecond, readsPerSecond }) => [figure(size), spread(perSecond), spread(readsPerSecond)]),
    );
    const largest = sizes.at(-1);
    const shareOf = (what) => ratioInterval(samples[`${what} ${largest}`], samples[`${what} ${1e4}`]);
    const readShare = shareOf("read");
    console.log(`  bare reads/s at ${figure(largest)} sessions, of those at 10,000: ${spread(readShare)}`);
    return {
      name,
      rows,
      readShare,
      verdicts: [atLeast(`${name}: opens/s at ${figure(largest)} sessions, of those at 10,000`, 0.8, shareOf("open"))],
    };
  } finally {
    for (const { close } of stores) await close();
  }
}

const newId = () => randomBytes(16).toString("base64url");

/** In how many parts a store is filled; after each come some of the sessions that are opened, so that they lie all over it. */
const parts = 50;

async function inParts({ store }, sessions, size, { fillPart, onProgress }) {
  const amount = size - sessions.length;
  for (let part = 0; part < parts; part++) {
    const [from, to] = [part, part + 1].map((edge) => Math.floor((edge * amount) / parts));
    if (to > from) await fillPart(from, to, amount);
    const some = sessions.slice((part * sessions.length) / parts, ((part + 1) * sessions.length) / parts);
    await insertAll(
      store,
      some.map(({ row }) => row),
    );
    if (part % 10 === 9) onProgress(to);
    await setImmediate();
  }
}

/**
 * Made by the database itself, because how the rows came there is not what is measured: ids spread evenly over their
 * alphabet, in its order, which fills an index soonest. What follows the first five of its characters is random.
 */
async function fillSqlite(opened, sessions, size, onProgress) {
  const { db } = opened;
  const { version, expiresAt, body } = sessions[0].row;
  const insert = db.prepare(fillStatement);
  db.exec("PRAGMA synchronous = OFF");
  const fillPart = (from, to, amount) =>
    void insert.run(from, to, Math.max(1, Math.floor(64 ** 5 / Math.max(1, amount))), version, expiresAt, body);
  await inParts(opened, sessions, size, { fillPart, onProgress });
  db.exec("PRAGMA synchronous = NORMAL");
}

const letter = (shift) =>
  `substr('-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz', ((at * ?3 >> ${shift}) & 63) + 1, 1)`;
const fillStatement = `
  WITH RECURSIVE fillers(at) AS (SELECT ?1 UNION ALL SELECT at + 1 FROM fillers WHERE at + 1 < ?2)
  INSERT INTO sojourn_sessions (id, version, user_id, ref, expires_at, body)
  SELECT ${[24, 18, 12, 6, 0].map(letter).join(" || ")} || substr(hex(randomblob(9)), 1, 17),
    ?4, printf('filler-%08d', at), NULL, ?5, ?6 FROM fillers`;

/** Values as the store wrote one, under other ids, with the index entry of a user each; by a script on the server. */
async function fillRedis(opened, sessions, size, onProgress) {
  const { client, store } = opened;
  const [{ row }] = sessions;
  await insertAll(store, [row]);
  const value = await client.get(`sojourn:s:${row.id}`);
  await store.remove(row.id);
  await client.del(`sojourn:s:${row.id}`);
  const until = String(Date.now() + 36_000_000);
  const atOnce = 2_000;
  async function fillPart(from, to) {
    for (let at = from; at < to; at += atOnce) {
      const amount = String(Math.min(atOnce, to - at));
      await client.eval(fillScript, { arguments: [value, until, String(at), amount, randomBytes(12).toString("hex")] });
    }
  }
  await inParts(opened, sessions, size, { fillPart, onProgress });
}

const fillScript = `
  for at = ARGV[3], ARGV[3] + ARGV[4] - 1 do
    local id = string.sub(redis.sha1hex(ARGV[5] .. at), 1, 22)
    redis.call('SET', 'sojourn:s:' .. id, ARGV[1], 'PXAT', ARGV[2])
    redis.call('ZADD', 'sojourn:u:filler-' .. at, ARGV[2], id)
  end`;

/** How long listing and ending all of a user's sessions takes, by how many there are. */
async function usersWithManySessions(open, made, { ofOneUser: sizes, rounds }) {
  const opened = await open();
  section(`Users with many sessions: ${opened.name}`);
  try {
    const manager = managerOn(opened.store);
    const { row } = made.sessions[0];
    const samples = await alternate(sizes.map(String), {
      // Twelve rounds are enough where nothing is compared.
      rounds: Math.min(rounds, 12),
      onRound: progressOf(opened.name),
      async run(size, round) {
        const userId = `owner-of-${size}-${round}`;
        opened.db?.exec("BEGIN");
        await insertAll(
          opened.store,
          Array.from({ length: Number(size) }, () => ({ ...row, id: newId(), userId })),
          { callers: 128 },
        );
        opened.db?.exec("COMMIT");
        const listed = await milliseconds(() => manager.list(userId));
        const ended = await milliseconds(() => manager.revokeAll(userId));
        if (ended.result !== Number(size)) throw new Error(`${ended.result} of ${size} sessions were ended`);
        return { list: listed.took, revokeAll: ended.took };
      },
    });
    const rows = sizes.map((size) => ({
      sessions: size,
      list: meanInterval(samples[size].map(({ list }) => list)),
      revokeAll: meanInterval(samples[size].map(({ revokeAll }) => revokeAll)),
    }));
    printTable(
      ["sessions of one user", "list ms", "revokeAll ms"],
      rows.map(({ sessions, list, revokeAll }) => [figure(sessions), spread(list), spread(revokeAll)]),
    );
    return { name: opened.name, rows };
  } finally {
    await opened.close();
  }
}

async function milliseconds(work) {
  const start = performance.now();
  const result = await work();
  return { took: performance.now() - start, result };
}

/**
 * Passes of the default size, one after the other, and how long the event loop was held up meanwhile: in rounds, each a
 * part of the rows, and beside each a time in which nothing is swept.
 */
async function sweepMany(made, { expired, rounds, idle }) {
  const opened = await openSqlite();
  section(`Sweep of ${figure(expired)} expired rows: ${opened.name}`);
  try {
    const over = made.sessions.map(({ row, visit }) => ({ row: { ...row, expiresAt: 1 }, visit }));
    await fillSqlite(opened, over, expired, (done) => progress(`${figure(done)} expired rows`));
    const manager = managerOn(opened.store);
    let removed = 0;
    let seconds = 0;
    const works = {
      async sweep(round) {
        const start = performance.now();
        while (removed < (expired * (round + 1)) / rounds) {
          removed += await manager.sweep();
          await setImmediate();
        }
        seconds += (performance.now() - start) / 1_000;
      },
      nothing: () => setTimeout(idle),
    };
    const samples = await alternate(["sweep", "nothing"], {
      rounds,
      onRound: progressOf("sweep"),
      run: (which, round) => delayDuring(() => works[which](round)),
    });
    if (removed !== expired || (await manager.sweep()) !== 0)
      throw new Error(`${removed} of ${expired} rows were swept`);
    const of = (which, what) => meanInterval(samples[which].map((sample) => sample[what]));
    const longest = Math.max(...samples.sweep.map((sample) => sample.longest));
    const delay = { p50: of("sweep", "p50"), p99: of("sweep", "p99"), longest };
    const figures = { rows: expired, seconds, delay, idle: { p50: of("nothing", "p50"), p99: of("nothing", "p99") } };
    console.log(
      `  ${figure(removed / seconds)} rows/s; event-loop delay ${spread(delay.p50)} ms (median), ` +
        `${spread(delay.p99)} ms (99 %), ${figure(longest)} ms (longest); without a sweep ${spread(figures.idle.p99)} ms (99 %)`,
    );
    return {
      figures,
      verdicts: [atMost(`Sweep of ${figure(expired)} rows: event-loop delay, 99 %`, 20, delay.p99, "ms")],
    };
  } finally {
    await opened.close();
  }
}

/** Milliseconds that timers were late while `work` ran. */
async function delayDuring(work) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  return { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, longest: delay.max / 1e6 };
}
