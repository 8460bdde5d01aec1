import { SojournError } from "../../core/errors.ts";

/** What to do, by how Redis and its clients begin or word an error. The first that fits. */
const advice: readonly (readonly [RegExp, string])[] = [
  [/\bOOM\b/, "it is out of memory: raise `maxmemory`, with `maxmemory-policy noeviction`"],
  [/\bREADONLY\b/, "a replica was asked to write: connect to the primary, through Sentinel or Cluster"],
  [/\bNOREPLICAS\b/, "too few replicas are connected (`min-replicas-to-write`): bring them back"],
  [/\bLOADING\b/, "it is loading its data after a restart: try again in a moment"],
  [/\bMISCONF\b/, "it cannot save to disk and so refuses writes: free its disk"],
  [/\bBUSY\b/, "another client's script holds it up: SCRIPT KILL, or wait"],
  [/CLUSTERDOWN|ClusterAllFailed/, "the Cluster is down: a primary without a replica is lost, or too few nodes agree"],
  [
    /\b(MOVED|ASK|TRYAGAIN|CROSSSLOT)\b|[Rr]edirection/,
    "keys are being moved between nodes of the Cluster: try again, and connect with a Cluster client",
  ],
  [/NOAUTH|WRONGPASS/, "it wants another user name or password: see the client's settings"],
  [
    /\bNOPERM\b|user executing the script/,
    "its access rules (ACL) forbid a command, key or channel: docs/redis.md lists what is needed",
  ],
  [/WRONGTYPE/, "a key holds what Sojourn has not written: choose a `prefix` nobody else uses"],
  [/unknown command|syntax error|Unknown Redis command/i, "it is too old: Redis 6.2 or later, or Valkey, is needed"],
];
const otherwise = "it cannot be reached: see that it is running, and the client connected";

/** `error` as the library's own, saying which store and what to do. What already is one stays as it is. */
export function redisError(error: unknown): SojournError {
  if (error instanceof SojournError) return error;
  const cause = withoutArguments(error);
  const [, todo = otherwise] = advice.find(([pattern]) => pattern.test(`${cause.name} ${cause.message}`)) ?? [];
  return new SojournError("ERR_STORE_UNAVAILABLE", `The redis store failed: ${todo}.`, { cause });
}

export function unconfirmedError(confirmed: number, wanted: number): SojournError {
  return new SojournError(
    "ERR_STORE_UNCONFIRMED",
    `The redis store removed the session, but ${confirmed} of ${wanted} replicas confirmed it in time. ` +
      "A failover now could bring it back: do it again when the replicas are back.",
  );
}

/** Clients attach the whole command to an error, and some servers quote it: bodies and hashes belong in no log. */
function withoutArguments(error: unknown): Error {
  const { name, message, code } = (error ?? {}) as { name?: unknown; message?: unknown; code?: unknown };
  const text = String(message ?? error).replace(/,? ?with args beginning with.*/s, "");
  const cause = new Error(text.slice(0, 300));
  cause.name = String(name ?? "Error");
  if (code !== undefined) Object.assign(cause, { code: String(code) });
  return cause;
}
