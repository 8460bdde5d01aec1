// Another process of the application: a near cache over the same store. It holds the sessions it is told, asks for them
// again and again, and says until when it would have accepted each.

import { createRequire } from "node:module";
import { setImmediate, setTimeout } from "node:timers/promises";
import { mysqlStore } from "../../../dist/stores/mysql.js";
import { nearCache } from "../../../dist/stores/near-cache.js";
import { postgresStore } from "../../../dist/stores/postgres.js";
import { redisStore } from "../../../dist/stores/redis.js";
import { sqliteStore } from "../../../dist/stores/sqlite.js";

const { kind, port, place, ids, pollEvery } = JSON.parse(process.argv[2]);
const require = createRequire(import.meta.url);

const connect = {
  async redis() {
    const client = new (require("ioredis").Redis)({ host: "127.0.0.1", port, maxRetriesPerRequest: null });
    client.on("error", () => {});
    return redisStore(client, { prefix: place });
  },
  async postgres() {
    const pool = new (require("pg").Pool)({ connectionString: place.url, options: `-c search_path=${place.schema}` });
    pool.on("error", () => {});
    return postgresStore(pool, { listen: pool });
  },
  async mysql() {
    return mysqlStore(require("mysql2/promise").createPool(place));
  },
  async sqlite() {
    return sqliteStore(new (require("libsql"))(place));
  },
};

const cache = nearCache(await connect[kind](), { entries: ids.length, maxAge: "1m", pollEvery });
// On a slow machine the first connection may take longer than a poll may.
await cache.ready().catch(() => {});
while (cache.stats.feed !== "up") await setTimeout(10);
for (const id of ids) if ((await cache.find(id)) === null) throw new Error(`${id} is not there`);

/** The same clock for every process of a machine. */
const now = () => Number(process.hrtime.bigint() / 1000n) / 1000;
const acceptedUntil = new Map(ids.map((id) => [id, now()]));
const waiting = new Set();
const standing = new Set(ids);
let isTold = false;

process.on("message", (message) => {
  if (message === "enough") isTold = true;
});
process.send("warm");
while (standing.size > 0 && !isTold) {
  for (const id of standing) {
    if (waiting.has(id)) continue;
    waiting.add(id);
    Promise.resolve(cache.find(id)).then(
      (row) => {
        waiting.delete(id);
        if (row === null) standing.delete(id);
        else acceptedUntil.set(id, now());
      },
      () => waiting.delete(id),
    );
  }
  await setImmediate();
}
process.send({ acceptedUntil: [...acceptedUntil], stats: cache.stats }, () => process.exit(0));
