import { SojournError } from "../core/errors.ts";
import type { SessionId } from "../core/ids.ts";
import { randomText, systemRandom } from "../core/random.ts";
import type { IndexKey, WalkableStore, WatchableStore } from "../core/store.ts";
import { type RedisClient, redisOf } from "./redis/clients.ts";
import { confirming, type RedisConfirmation } from "./redis/confirmation.ts";
import { redisError } from "./redis/errors.ts";
import { watchChanges } from "./redis/feed.ts";
import type { IoredisClient } from "./redis/ioredis.ts";
import type { NodeRedisClient } from "./redis/node-redis-shapes.ts";
import { assertOptions, type RedisStoreOptions } from "./redis/options.ts";
import { scriptRunner } from "./redis/run-scripts.ts";
import {
  claimScript,
  confirmScript,
  idsScript,
  indexScript,
  insertScript,
  removeScript,
  updateScript,
} from "./redis/scripts.ts";
import { changeMessage } from "./redis/subscription.ts";
import { readNumber, readValue, rowValue, writtenNumber } from "./redis/value.ts";
import { walkThrough } from "./redis/walk.ts";

export type { IoredisClient, NodeRedisClient, RedisClient, RedisConfirmation, RedisStoreOptions };

/** Can be walked through. May have opened connections of its own. */
export interface RedisStore extends WalkableStore {
  /** Closes the connections the store opened itself (for `confirm`). Your client is left as it is. */
  close(): Promise<void>;
}

/**
 * Sessions in Redis 6.2 or later, or Valkey: one server, Sentinel or Cluster, through your own client. Rows expire by
 * the server's clock, so there is nothing to sweep: `removeExpired` removes nothing and answers 0.
 *
 * `docs/redis.md` says how to set the client and the server, and what a failover can lose.
 * Throws `OptionsError` for wrong options, and for a client that reads from replicas.
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions & { readonly publish: false }): RedisStore;
export function redisStore(client: RedisClient, options?: RedisStoreOptions): RedisStore & WatchableStore;
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): RedisStore {
  assertOptions(client, options);
  const { prefix = "sojourn:", confirm, publish = true, heartbeat = 2_000 } = options;
  const redis = redisOf(client);
  const runScript = scriptRunner(redis);
  const confirmed = confirm ? confirming(redis, confirm) : null;
  const runRemoval = confirmed?.run ?? runScript;

  const keyOf = (id: SessionId) => `${prefix}s:${id}`;
  const indexOf = (key: IndexKey) => ("userId" in key ? `${prefix}u:${key.userId}` : `${prefix}r:${key.ref}`);
  const indicesOf = (userId: string | null, ref: string | null) =>
    [userId ? [indexOf({ userId })] : [], ref ? [indexOf({ ref })] : []].flat();
  /** Told apart from those of the same session's other writes of the last seconds: 48 bits are plenty. */
  const stamp = () => randomText(systemRandom, 6);
  const channel = publish ? `${prefix}changes` : "";

  async function addTo(indices: readonly string[], id: SessionId, indexUntil: string): Promise<void> {
    await Promise.all(indices.map((index) => runScript(indexScript, index, indexUntil, id)));
  }

  const store: RedisStore = {
    name: "redis",
    insert: failing(async (row, { indexUntil }) => {
      // Claimed, indexed, stored: a row is only ever put in the place of this call's own claim, so that an insert which
      // the client library sends again, however late, cannot bring back a row that was removed in between.
      const mine = stamp();
      const claim = `?${mine}`;
      const key = keyOf(row.id);
      if (Number(await runScript(claimScript, key, claim)) !== 1) return false;
      await addTo(indicesOf(row.userId, row.ref), row.id, String(indexUntil));
      const value = rowValue(row, { indexUntil, stamp: mine });
      if (Number(await runScript(insertScript, key, claim, value, String(row.expiresAt))) === 1) return true;
      throw new SojournError("ERR_STORE_UNAVAILABLE", "The redis store took too long to add a session: try again.");
    }),
    // As few promises as there can be: every request comes through here.
    async find(id) {
      const key = keyOf(id);
      try {
        return readValue(id, (await redis.send(key, ["GET", key])) as string | null);
      } catch (error) {
        throw redisError(error);
      }
    },
    update: failing(async ({ id, version, expiresAt, body }, { quiet = false } = {}) => {
      const next = [...[version - 1, version, expiresAt].map(writtenNumber), stamp(), body];
      const told = [quiet ? "" : channel, changeMessage.updated(id), String(expiresAt)];
      const answer = await runScript(updateScript, keyOf(id), ...next, ...told);
      if (!Array.isArray(answer)) return false;
      // Again with every update: an entry that a failover lost comes back.
      const [indexUntil = "", userId, ref] = answer as string[];
      await addTo(indicesOf(userId ?? null, ref ?? null), id, String(readNumber(indexUntil)));
      return true;
    }),
    remove: failing(async (id) => {
      const message = changeMessage.removed(id);
      const answer = await runRemoval(removeScript, keyOf(id), `-${stamp()}`, channel, message);
      const [removed, userId, ref] = answer as [number, string, string];
      await Promise.all(indicesOf(userId, ref).map((index) => redis.send(index, ["ZREM", index, id])));
      return Number(removed) === 1;
    }),
    ...(confirmed && {
      confirm: failing(async (id: SessionId) => void (await confirmed.run(confirmScript, keyOf(id), `-${stamp()}`))),
    }),
    idsOf: failing(async (key) => (await runScript(idsScript, indexOf(key))) as SessionId[]),
    removeExpired: async () => 0,
    walk: failing(walkThrough(redis, prefix)),
    close: async () => confirmed?.close(),
  };
  if (!publish) return Object.freeze(store);
  const watch: WatchableStore["watch"] = failing((listener) => watchChanges(redis, { channel, heartbeat }, listener));
  return Object.freeze<RedisStore & WatchableStore>({ ...store, watch });
}

/** `ask`, with what the client library throws turned into the library's errors. */
function failing<Given extends unknown[], Answer>(ask: (...given: Given) => Promise<Answer>) {
  return async (...given: Given): Promise<Answer> => {
    try {
      return await ask(...given);
    } catch (error) {
      throw redisError(error);
    }
  };
}
