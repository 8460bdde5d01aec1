import { OptionsError } from "../../core/errors.ts";
import { unknownKeys } from "../../core/option-names.ts";
import { clientProblems, type RedisClient } from "./clients.ts";
import type { RedisConfirmation } from "./confirmation.ts";

export interface RedisStoreOptions {
  /** What every key and the channel begin with. Default `"sojourn:"`. */
  readonly prefix?: string;
  /**
   * A removal counts only when this many replicas have it, and throws `ERR_STORE_UNCONFIRMED` otherwise. Default: none,
   * and a failover can bring back sessions that were ended in the last moment before it.
   */
  readonly confirm?: RedisConfirmation;
  /** Publish every change, for `watch`. Default `true`. With `false` the store has no `watch`. */
  readonly publish?: boolean;
  /**
   * Milliseconds between two beats of `watch`, and how long one may take: what died without a word is a `gap` within twice
   * this. Default 2,000, at most 60,000.
   */
  readonly heartbeat?: number;
}

const known = ["prefix", "confirm", "publish", "heartbeat"];

/** Throws an `OptionsError` with every problem. */
export function assertOptions(client: RedisClient, options: RedisStoreOptions): void {
  const { prefix = "sojourn:", confirm, publish = true, heartbeat = 2_000 } = options;
  const problems = [
    ...clientProblems(client),
    ...unknownKeys(options, "redisStore", known),
    ...(isText(prefix) ? [] : ['`prefix` must be text without NUL, for example "shop:"']),
    ...(confirm === undefined || isCount(confirm?.replicas) ? [] : ["`confirm.replicas` must be 1 or more"]),
    ...unknownKeys(confirm ?? {}, "confirm", ["replicas", "within"]),
    ...(isTime(confirm?.within ?? 1) ? [] : ["`confirm.within` must be milliseconds, for example 500, at most 60,000"]),
    ...(typeof publish === "boolean" ? [] : ["`publish` must be true or false"]),
    ...(isTime(heartbeat) ? [] : ["`heartbeat` must be milliseconds, for example 2000, at most 60,000"]),
  ];
  if (problems.length > 0) throw new OptionsError("redisStore", problems);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && !value.includes("\0");
}

/** Timers run at once where they are given more than 24 days. */
function isTime(value: unknown): boolean {
  return isCount(value) && (value as number) <= 60_000;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
