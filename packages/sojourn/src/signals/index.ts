import { OptionsError } from "../core/errors.ts";
import type { Signals } from "../core/signals.ts";
import { type SignalOptions, signalProblems } from "./options.ts";
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

export type { OwnSignal, SignalOptions } from "./options.ts";
