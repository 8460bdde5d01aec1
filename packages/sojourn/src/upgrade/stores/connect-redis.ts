import { OptionsError } from "../../core/errors.ts";
import { isObject } from "../../core/json.ts";
import { clientProblems, type RedisClient, redisOf } from "../../stores/redis/clients.ts";
import { redisError } from "../../stores/redis/errors.ts";
import type { Command, Redis } from "../../stores/redis/redis.ts";
import type { EarlierRow, EarlierStore, Left } from "../earlier.ts";

export interface ConnectRedisOptions {
  /** As connect-redis had it. Default `"sess:"`. */
  readonly prefix?: string;
  /** As connect-redis had it. Default: `JSON`. */
  readonly serializer?: { parse(text: string): unknown };
}

/** The sessions of connect-redis, through your own client. Throws `OptionsError`. */
export function connectRedis(client: RedisClient, options: ConnectRedisOptions = {}): EarlierStore {
  const problems = clientProblems(client);
  if (problems.length > 0) throw new OptionsError("connectRedis", problems);
  const { prefix = "sess:", serializer = JSON } = options;
  const redis = redisOf(client);
  const send = (key: string, command: Command) =>
    redis.send(key, command).catch((error: unknown) => {
      throw redisError(error);
    });

  const here = (id: string) => `${prefix}${id}`;
  /** Where it is while it is moved: on the same node of a Cluster. */
  const away = (id: string) =>
    /\{[^}]+\}/.test(prefix) ? `sojourn-moving:${here(id)}` : `sojourn-moving:{${here(id)}}`;

  async function read(key: string): Promise<EarlierRow | null> {
    const text = await send(key, ["GET", key]);
    const data = typeof text === "string" ? await serializer.parse(text) : null;
    return isObject(data) ? { data } : null;
  }

  return Object.freeze<EarlierStore>({
    name: "connect-redis",
    find: async (id) => (await read(here(id))) ?? read(away(id)),
    async take(id) {
      try {
        // One command, so that a logout is either before it or finds nothing. What was taken before stays as it is.
        await redis.send(here(id), ["RENAMENX", here(id), away(id)]);
      } catch (error) {
        if (!/no such key/i.test(String((error as Error)?.message))) throw redisError(error);
      }
      return read(away(id));
    },
    async forget(id) {
      await send(here(id), ["DEL", here(id), away(id)]);
    },
    // Those that are being moved at this moment too.
    left: (onProgress) => leftUnder([here(""), away("").replace(/\}$/, "")], redis, onProgress),
  });
}

/** Looks at every key, a page after the other. */
async function leftUnder(
  prefixes: readonly string[],
  redis: Redis,
  onProgress: (counted: number) => void,
): Promise<Left> {
  const patterns = prefixes.map((prefix) => `${prefix.replaceAll(/[[\]*?\\^]/g, "\\$&")}*`);
  let until: number | null = 0;
  const keys = new Set<string>();
  const primaries = await redis.primaries();
  for (const [ask, pattern] of primaries.flatMap((ask) => patterns.map((pattern) => [ask, pattern] as const))) {
    let cursor = "0";
    do {
      const [next, found] = (await ask(["SCAN", cursor, "MATCH", pattern, "COUNT", "1000"])) as [string, string[]];
      const fresh = found.filter((key) => !keys.has(key));
      const lasts = await Promise.all(fresh.map(async (key) => Number(await redis.send(key, ["PTTL", key]))));
      for (const [at, left] of lasts.entries()) {
        // -2: gone since; -1: it never expires.
        if (left === -2) continue;
        keys.add(fresh[at] as string);
        if (left === -1) until = null;
        else if (until !== null) until = Math.max(until, Date.now() + left);
      }
      cursor = next;
      onProgress(keys.size);
    } while (cursor !== "0");
  }
  return { count: keys.size, until: keys.size === 0 ? Date.now() : until };
}
