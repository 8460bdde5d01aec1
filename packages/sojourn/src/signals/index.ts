import { OptionsError } from "../core/errors.ts";
import type { Signals } from "../core/signals.ts";
import { coarseNetwork } from "./network.ts";
import { type SignalOptions, signalProblems } from "./options.ts";
import { hashedNetwork } from "./rules.ts";
import { createSignalWatch } from "./watch.ts";

/**
 * For `createSessionManager({ signals })`: looks at what requests say of their client, and asks for re-authentication where
 * it is another one (OSM-35). Keeps coarse facts with the session: `docs/privacy.md`. Throws `OptionsError`.
 */
export function clientSignals(options: SignalOptions = {}): Signals {
  const problems = signalProblems(options);
  if (problems.length > 0) throw new OptionsError("clientSignals", problems);
  return Object.freeze({ watch: (emit) => createSignalWatch(options, emit) } satisfies Signals);
}

/**
 * The network of `address` as sessions keep it, for looking for it: coarse, or with the `key` of `network: "hashed"` its
 * keyed hash; `null` for what is no address.
 */
export function networkOf(address: string, { key }: { readonly key?: string } = {}): string | null {
  const coarse = coarseNetwork(address);
  return key === undefined ? coarse : hashedNetwork(coarse, key);
}

export type { OwnSignal, SignalOptions } from "./options.ts";
