import { randomBytes } from "node:crypto";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import { figure, printTable, progress, progressOf, section, spread } from "../lib/print.mjs";
import { alternate } from "../lib/rounds.mjs";
import { insertAll, madeSessions, managerOn, timed } from "../lib/sessions.mjs";
import { meanInterval, ratioInterval } from "../lib/statistics.mjs";
import { openRedis, openSqlite } from "../lib/stores.mjs";
import { atLeast, atMost, exactly } from "../lib/verdict.mjs";

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
      }
    : {
        sqlite: [1e3, 1e4, 1e5, 1e6, 1e7],
        redis: [1e3, 1e4, 1e5, 1e6, 5e6],
        ofOneUser: [1, 10, 100, 1_000, 10_000],
        expired: 1e6,
        rounds: 16,
        opens: 10_000,
      };
  const made = await madeSessions(1_000);
  const sqlite = await grow({ sizes: size.sqlite, fill: fillSqlite, open: openSqlite }, made, size);
  const redis = await grow({ sizes: size.redis, fill: fillRedis, open: openRedis }, made, size);
  const users = [];
  for (const open of [openSqlite, openRedis]) users.push(await usersWithManySessions(open, made, size.ofOneUser));
  const sweep = await sweepMany(made, size.expired);
  return {
    settings: size,
    growth: [sqlite, redis].map(({ name, rows }) => ({ name, rows })),
    users,
    sweep: sweep.figures,
    verdicts: [...sqlite.verdicts, ...redis.verdicts, ...sweep.verdicts],
  };
}

/** The same thousand sessions are opened in stores of growing size; all stores take turns in every round. */
async function grow({ sizes, fill, open }, made, { rounds, opens }) {
  const stores = [];
  try {
    for (const size of sizes) {
      const opened = await open();
      stores.push({ ...opened, size });
      if (stores.length === 1) section(`Growth: ${opened.name}`);
      const start = performance.now();
      await insertAll(
        opened.store,
        made.sessions.map(({ row }) => row),
      );
      await fill(opened, made.sessions[0].row, size - made.sessions.length, (done) =>
        progress(`${figure(done)} of ${figure(size)} sessions`),
      );
      progress(`${figure(size)} sessions after ${figure((performance.now() - start) / 1000)} s`);
    }
    const { name } = stores[0];
    const managers = Object.fromEntries(stores.map(({ size, store }) => [size, managerOn(store)]));
    const work = (manager) => async (at) => {
      // In an order that no cache likes, and of all parts of the table.
      const { request, sink } = made.sessions[(at * 619) % made.sessions.length].visit;
      if ((await manager.open(request, sink)).userId === null) throw new Error("not logged in");
    };
    const names = sizes.map(String);
    for (const size of names) await timed(work(managers[size]), { amount: opens, callers: 16 });
    const samples = await alternate(names, {
      rounds,
      onRound: progressOf(name),
      run: async (size) => (opens * 1_000) / (await timed(work(managers[size]), { amount: opens, callers: 16 })),
    });
    const rows = sizes.map((size) => ({ size, perSecond: meanInterval(samples[size]) }));
    printTable(
      ["sessions", "opens/s"],
      rows.map(({ size, perSecond }) => [figure(size), spread(perSecond)]),
    );
    const largest = sizes.at(-1);
    const share = ratioInterval(samples[largest], samples[1e4]);
    return {
      name,
      rows,
      verdicts: [atLeast(`${name}: opens/s at ${figure(largest)} sessions, of those at 10,000`, 0.8, share)],
    };
  } finally {
    for (const { close } of stores) await close();
  }
}

const newId = () => randomBytes(16).toString("base64url");

/** In transactions: how the rows came there is not what is measured. */
async function fillSqlite({ db }, row, amount, onProgress) {
  const insert = db.prepare(
    "INSERT INTO sojourn_sessions (id, version, user_id, ref, expires_at, body) VALUES (?, ?, ?, NULL, ?, ?)",
  );
  for (let done = 0; done < amount; ) {
    db.exec("BEGIN");
    for (const end = Math.min(amount, done + 50_000); done < end; done++) {
      insert.run(newId(), row.version, `filler-${done}`, row.expiresAt, row.body);
    }
    db.exec("COMMIT");
    onProgress(done);
    await setImmediate();
  }
}

/** Values as the store wrote one, under other ids, with the index entry of a user each. */
async function fillRedis({ client }, { id }, amount, onProgress) {
  const value = await client.get(`sojourn:s:${id}`);
  for (let done = 0; done < amount; ) {
    const batch = [];
    for (const end = Math.min(amount, done + 2_000); done < end; done++) {
      const next = newId();
      batch.push(client.set(`sojourn:s:${next}`, value, { EX: 36_000 }));
      batch.push(client.zAdd(`sojourn:u:filler-${done}`, { score: Date.now() + 36_000_000, value: next }));
    }
    await Promise.all(batch);
    if (done % 100_000 < 2_000) onProgress(done);
  }
}

/** How long listing and ending all of a user's sessions takes, by how many there are. */
async function usersWithManySessions(open, made, sizes) {
  const opened = await open();
  section(`Users with many sessions: ${opened.name}`);
  try {
    const manager = managerOn(opened.store);
    const rows = [];
    for (const size of sizes) {
      const userId = `owner-of-${size}`;
      const { row } = made.sessions[0];
      await insertAll(
        opened.store,
        Array.from({ length: size }, () => ({ ...row, id: newId(), userId })),
      );
      const listed = await milliseconds(() => manager.list(userId));
      const ended = await milliseconds(() => manager.revokeAll(userId));
      if (ended.result !== size) throw new Error(`${ended.result} of ${size} sessions were ended`);
      rows.push({ sessions: size, list: listed.took, revokeAll: ended.took });
      progress(`${size} sessions`);
    }
    printTable(
      ["sessions of one user", "list ms", "revokeAll ms"],
      rows.map(({ sessions, list, revokeAll }) => [figure(sessions), figure(list), figure(revokeAll)]),
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

/** Passes of the default size, one after the other, and how long the event loop was held up meanwhile. */
async function sweepMany(made, amount) {
  const opened = await openSqlite();
  section(`Sweep of ${figure(amount)} expired rows: ${opened.name}`);
  try {
    const { row } = made.sessions[0];
    await insertAll(
      opened.store,
      made.sessions.map(({ row }) => row),
    );
    await fillSqlite(opened, { ...row, expiresAt: 1 }, amount, (done) => progress(`${figure(done)} expired rows`));
    const manager = managerOn(opened.store);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const start = performance.now();
    let removed = 0;
    for (let last = -1; last !== 0; removed += last) {
      last = await manager.sweep();
      await setImmediate();
    }
    delay.disable();
    const seconds = (performance.now() - start) / 1_000;
    if (removed !== amount) throw new Error(`${removed} of ${amount} rows were swept`);
    const figures = {
      rows: amount,
      seconds,
      delay: { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, longest: delay.max / 1e6 },
    };
    console.log(
      `  ${figure(removed / seconds)} rows/s; event-loop delay ${figure(figures.delay.p50)} ms (median), ` +
        `${figure(figures.delay.p99)} ms (99 %), ${figure(figures.delay.longest)} ms (longest)`,
    );
    return {
      figures,
      verdicts: [
        atMost(`Sweep of ${figure(amount)} rows: event-loop delay, 99 %`, 20, exactly(figures.delay.p99), "ms"),
      ],
    };
  } finally {
    await opened.close();
  }
}
