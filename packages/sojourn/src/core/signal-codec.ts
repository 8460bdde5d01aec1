import { areTexts } from "./json.ts";
import type { StoredSignals } from "./signals.ts";

/** A list in the order of `StoredSignals`: short, because every row has one. */
export function encodeSignals(signals: StoredSignals): readonly unknown[] {
  const { client, version, brand, platform, languages, networks, habits, own } = signals;
  return [client, version, brand, platform, languages, networks, habits, own];
}

/** `null` for what is no such list. */
export function decodeSignals(stored: unknown): StoredSignals | null {
  if (!Array.isArray(stored)) return null;
  const [client, version, brand, platform, languages, networks, habits, own] = stored as unknown[];
  if (!areTexts([client, brand, platform, habits, own]) || typeof version !== "number") return null;
  if (!areTexts(languages) || !areTexts(networks)) return null;
  return { client, version, brand, platform, languages, networks, habits, own } as StoredSignals;
}
