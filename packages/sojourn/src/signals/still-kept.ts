import type { StoredSignals } from "../core/signals.ts";
import type { SignalRules } from "./rules.ts";

/** What a session knows, without what is not kept any more: switched off, or kept in another form. `known` itself where all is. */
export function stillKept(known: StoredSignals, { isNetwork, languages }: SignalRules): StoredSignals {
  const isKept = known.networks.every(isNetwork) && (languages || known.languages.length === 0);
  if (isKept) return known;
  return { ...known, networks: known.networks.filter(isNetwork), languages: languages ? known.languages : [] };
}
