import { digests } from "#digests";
import { toBase64url } from "../core/base64url.ts";
import type { SignalChange } from "../core/signals.ts";
import { coarseNetwork } from "./network.ts";
import type { OwnSignal, SignalOptions } from "./options.ts";
import { remembered } from "./remembered.ts";

/** What each change weighs. */
export type Weights = { readonly [change in Exclude<SignalChange, "own">]: number };

/**
 * Ours, chosen on one half of a corpus of changes and checked on the other (docs/signals.md). A sum of 100 asks for
 * re-authentication: what no browser does by itself weighs that much alone, what people do every day never does.
 */
export const defaultWeights: Weights = Object.freeze({
  client: 100,
  "older-version": 60,
  brand: 100,
  platform: 100,
  "desktop-mode": 20,
  languages: 60,
  network: 40,
  "no-hints": 60,
  "no-fetch-metadata": 60,
  contradiction: 100,
});

/** The options, complete. */
export interface SignalRules {
  readonly weights: Weights;
  readonly lockAt: number;
  readonly endAt: number;
  readonly languages: boolean;
  /** An address as it is kept: coarse, hashed or not at all. */
  networkOf(address: string | null): string | null;
  /** Whether that is the form of `network`: others are from before the option was changed. */
  readonly isNetwork: (network: string) => boolean;
  readonly own: OwnSignal | null;
  /** Different missed sessions from one network in a minute that are an event; `null`: nobody counts. */
  readonly guesses: number | null;
}

export function signalRules(options: SignalOptions): SignalRules {
  const {
    weights,
    lockAt = 100,
    endAt = "never",
    network = "coarse",
    key = "",
    languages = true,
    own = null,
  } = options;
  return {
    weights: { ...defaultWeights, ...weights },
    lockAt: lockAt === "never" ? Number.POSITIVE_INFINITY : lockAt,
    endAt: endAt === "never" ? Number.POSITIVE_INFINITY : endAt,
    languages,
    networkOf: {
      coarse: remembered(coarseNetwork),
      hashed: remembered((address: string | null) => hashedNetwork(coarseNetwork(address), key)),
      off: () => null,
    }[network],
    isNetwork: {
      coarse: (network: string) => network.includes("/"),
      // Of base64url: no slash.
      hashed: (network: string) => !network.includes("/"),
      off: () => false,
    }[network],
    own,
    guesses: options.guesses === false ? null : (options.guesses ?? 50),
  };
}

/** Ninety-six bits: nobody meets another network's by chance, and without the key nobody finds the network. */
export function hashedNetwork(coarse: string | null, key: string): string | null {
  return coarse && toBase64url(digests.hmacSha256(key, coarse).subarray(0, 12));
}
