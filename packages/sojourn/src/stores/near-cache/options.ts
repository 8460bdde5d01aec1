import type { Clock } from "../../core/clock.ts";
import { describe } from "../../core/describe.ts";
import { type Duration, parseDuration } from "../../core/duration.ts";
import { OptionsError } from "../../core/errors.ts";
import { isObject } from "../../core/json.ts";
import { unknownKeys } from "../../core/option-names.ts";

export interface NearCacheOptions {
  /** How many sessions are remembered at most; the one that was not used for longest makes room. */
  readonly entries: number;
  /** However well the store's feed works: no row is served that was read longer ago. */
  readonly maxAge: Duration;
  /** Where the store has no `watch`: how long after a poll of the versions the next begins. Default `"1s"`, at most `"1d"`. */
  readonly pollEvery?: Duration;
  /** Measures ages. The default cannot be set, and its timers keep no process alive. */
  readonly clock?: Clock;
}

const known = ["entries", "maxAge", "pollEvery", "clock"];

/** Throws `OptionsError` with every problem found. */
export function assertNearCacheOptions(store: unknown, options: unknown): void {
  const problems = [
    ...(isObject(store) && (typeof store.watch === "function" || typeof store.versionsOf === "function")
      ? []
      : [
          "the store has neither watch nor versionsOf: changes by other processes would go unnoticed; use it without a cache",
        ]),
    ...(isObject(options)
      ? optionProblems(options)
      : [`options are ${describe(options)}: write { entries: 10_000, maxAge: "30s" }`]),
  ];
  if (problems.length > 0) throw new OptionsError("nearCache", problems);
}

function optionProblems(options: { readonly [key: string]: unknown }): readonly string[] {
  const { entries, maxAge, pollEvery, clock } = options;
  const problems = [...unknownKeys(options, "nearCache", known)];
  if (!(Number.isSafeInteger(entries) && (entries as number) >= 1))
    problems.push(`entries is ${describe(entries)}: write a whole number from 1, like 10_000`);
  if (!parseDuration(maxAge)) problems.push(`maxAge is ${describe(maxAge)}: write a number and a unit, like "30s"`);
  if (pollEvery !== undefined && !isInterval(pollEvery))
    problems.push(`pollEvery is ${describe(pollEvery)}: write a number and a unit, like "1s", at most "1d"`);
  if (clock !== undefined && !(isObject(clock) && typeof clock.now === "function" && typeof clock.after === "function"))
    problems.push("clock is incomplete: write an object with now and after, or leave it out");
  return problems;
}

/** Timers of more than 24 days run at once. */
function isInterval(duration: unknown): boolean {
  const interval = parseDuration(duration) ?? 0;
  return interval > 0 && interval <= 86_400_000;
}
