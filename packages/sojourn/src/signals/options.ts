import type { Instant } from "../core/clock.ts";
import { describe } from "../core/describe.ts";
import { isObject } from "../core/json.ts";
import { unknownKeys } from "../core/option-names.ts";
import type { RequestFacts } from "../core/request.ts";
import { defaultWeights, type Weights } from "./rules.ts";

/** What is looked at, how it is kept, and what follows. */
export interface SignalOptions {
  /**
   * How the client's network is kept: `"coarse"`, without the last byte of an IPv4 address and all but the first 48 bits of
   * an IPv6 one; `"hashed"`, that under `key`; `"off"`, not at all. Default `"coarse"`.
   */
  readonly network?: "coarse" | "hashed" | "off";
  /** For `network: "hashed"`: at least 32 characters of your own, kept secret. Another key makes every network a new one. */
  readonly key?: string;
  /** Whether the languages are looked at. Default `true`. */
  readonly languages?: boolean;
  /** What a change weighs, where it is not the default. */
  readonly weights?: Partial<Weights>;
  /** From this sum on the session is locked: it serves nothing but re-authentication. Default 100. */
  readonly lockAt?: number | "never";
  /** From this sum on it is ended. Default `"never"`: re-authentication is the answer that a mistake survives. */
  readonly endAt?: number | "never";
  /** The application's own signal. Asked at every request of a signed-in session, so it must be quick. */
  readonly own?: OwnSignal;
  /**
   * So many different tokens that open nothing, from one network within a minute, are an event (OSM-34).
   * Default 50, an engineering default; `false`: nobody counts.
   */
  readonly guesses?: number | false;
}

/**
 * Looks at a request with what it asked to keep last time (`""`: nothing), and says what the change weighs and what to keep
 * now: coarse, at most 64 characters. What it throws counts as nothing found.
 */
export type OwnSignal = (
  request: RequestFacts,
  known: { readonly kept: string; readonly lastSeenAt: Instant; readonly now: Instant },
) => { readonly weight: number; readonly keep: string };

const names = ["network", "key", "languages", "weights", "lockAt", "endAt", "own", "guesses"];

/** Each with what to write instead. */
export function signalProblems(given: unknown): readonly string[] {
  if (!isObject(given)) return [`options is ${describe(given)}: write an object`];
  const problems = [...unknownKeys(given, "options", names)];
  const { network = "coarse", key, languages, weights, lockAt, endAt, own, guesses } = given;
  if (network !== "coarse" && network !== "hashed" && network !== "off") {
    problems.push(`network is ${describe(network)}: write "coarse", "hashed" or "off"`);
  }
  if (network === "hashed" && !(typeof key === "string" && key.length >= 32)) {
    problems.push('key is missing or too short: network "hashed" needs at least 32 secret characters of your own');
  }
  if (languages !== undefined && typeof languages !== "boolean") {
    problems.push(`languages is ${describe(languages)}: write true or false`);
  }
  for (const [name, limit] of Object.entries({ lockAt, endAt })) {
    if (limit === undefined || limit === "never" || isWeight(limit)) continue;
    problems.push(`${name} is ${describe(limit)}: write a number from 1, or "never"`);
  }
  if (own !== undefined && typeof own !== "function") problems.push(`own is ${describe(own)}: write a function`);
  if (
    guesses !== undefined &&
    guesses !== false &&
    !(Number.isSafeInteger(guesses) && (guesses as number) >= 2 && (guesses as number) <= 200)
  ) {
    problems.push(`guesses is ${describe(guesses)}: write a whole number from 2 to 200, or false`);
  }
  return [...problems, ...weightProblems(weights)];
}

function weightProblems(weights: unknown): readonly string[] {
  if (weights === undefined) return [];
  if (!isObject(weights)) return [`weights is ${describe(weights)}: write { network: 40 }`];
  const wrong = Object.keys(weights).filter(
    (name) => Object.hasOwn(defaultWeights, name) && weights[name] !== 0 && !isWeight(weights[name]),
  );
  return [
    ...unknownKeys(weights, "weights", Object.keys(defaultWeights)),
    ...wrong.map((name) => `weights.${name} is ${describe(weights[name])}: write a number from 0`),
  ];
}

function isWeight(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 1;
}
