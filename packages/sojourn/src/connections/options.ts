import { describe } from "../core/describe.ts";
import { type Duration, parseDuration } from "../core/duration.ts";
import { OptionsError } from "../core/errors.ts";
import { isObject } from "../core/json.ts";
import { unknownKeys } from "../core/option-names.ts";

export interface OpenConnectionsOptions {
  /** How many connections one session may have open in this process. Default 20, an engineering default: a few tabs and devices' worth. */
  readonly perSession?: number;
  /**
   * How often the store is asked where it does not tell what changed (SQLite, MySQL, MariaDB), and while its feed is down.
   * A change is noticed within three times this, as a rule once. Default `"0.3s"`, at most `"60s"`.
   */
  readonly pollEvery?: Duration;
  /** How long a connection is kept while the store cannot be asked about its session. Default `"10s"`: a failover is over by then. */
  readonly patience?: Duration;
}

const known = ["perSession", "pollEvery", "patience"];
const longestPoll = 60_000;
/** Timers of more than 24 days run at once. */
const longestPatience = 86_400_000;

/** The problem, if `connections` is none: a manager, for example. */
export function connectionsProblems(connections: unknown): readonly string[] {
  const isRight = isObject(connections) && typeof connections.admit === "function";
  return isRight ? [] : ["connections is none: write openConnections(manager)"];
}

/** The options in milliseconds, complete. Throws `OptionsError` with every problem found. */
export function checkedOptions(
  options: OpenConnectionsOptions,
  beside: readonly string[],
): {
  readonly perSession: number;
  readonly pollEvery: number;
  readonly patience: number;
} {
  const given: unknown = options;
  if (!isObject(given)) throw new OptionsError("openConnections", [`options is ${describe(given)}: write an object`]);
  const { perSession = 20, pollEvery = "0.3s", patience = "10s" } = options;
  const problems = [...beside, ...unknownKeys(given, "openConnections", known)];
  if (!(Number.isSafeInteger(perSession) && perSession >= 1))
    problems.push(`perSession is ${describe(perSession)}: write a whole number from 1, like 20`);
  if (!isBetween(pollEvery, 1, longestPoll))
    problems.push(`pollEvery is ${describe(pollEvery)}: write a number and a unit, like "0.3s", at most "60s"`);
  if (!isBetween(patience, 0, longestPatience))
    problems.push(`patience is ${describe(patience)}: write a number and a unit, like "10s", at most "1d"`);
  if (problems.length > 0) throw new OptionsError("openConnections", problems);
  return { perSession, pollEvery: parseDuration(pollEvery) as number, patience: parseDuration(patience) as number };
}

function isBetween(duration: unknown, shortest: number, longest: number): boolean {
  const parsed = parseDuration(duration);
  return parsed !== null && parsed >= shortest && parsed <= longest;
}
