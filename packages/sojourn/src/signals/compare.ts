import type { SignalChange, StoredSignals } from "../core/signals.ts";
import type { Reading } from "./read.ts";

/** What is not the same, by meaning: what a client no longer says is no difference, and neither is an update. */
export function changesBetween(known: StoredSignals, seen: Reading): readonly SignalChange[] {
  const changes: SignalChange[] = [];
  const isSameClient = known.client === seen.client || known.client === "";
  if (!isSameClient) changes.push("client");
  else if (seen.version > 0 && seen.version < known.version) changes.push("older-version");
  if (isSameClient && known.brand !== "" && seen.brand !== "" && known.brand !== seen.brand) changes.push("brand");
  if (known.platform !== seen.platform && known.platform !== "" && seen.platform !== "") {
    changes.push(isDesktopMode(known.platform, seen.platform) ? "desktop-mode" : "platform");
  }
  if (lacksAll(known.languages, seen.languages)) changes.push("languages");
  if (lacksAll(known.networks, seen.networks)) changes.push("network");
  if (isSameClient && !seen.isSocket && seen.version > 0) {
    if (isGone("h", known, seen)) changes.push("no-hints");
    if (isGone("f", known, seen)) changes.push("no-fetch-metadata");
  }
  if (seen.habits.includes("c") && !known.habits.includes("c")) changes.push("contradiction");
  return changes;
}

/** What to remember once the request is served; `known` itself where nothing is new. */
export function remembering(known: StoredSignals, seen: Reading): StoredSignals {
  // What is asked less must not teach more: a change at a time would become the session's own.
  if (seen.isSocket) return known;
  const next: StoredSignals = {
    client: seen.client || known.client,
    // A player or another helper of the browser names no version.
    version: seen.version || known.version,
    brand: seen.brand || known.brand,
    platform: seen.platform || known.platform,
    languages: merged(seen.languages, known.languages, 8),
    networks: merged(seen.networks, known.networks, 4),
    habits: seen.version === 0 ? known.habits : seen.habits,
    own: known.own,
  };
  return isSame(known, next) ? known : next;
}

/** Tablets and phones pretend to be these where their user asks for desktop pages. */
const desktops: { readonly [platform: string]: string } = { iphone: "macos", ipad: "macos", android: "linux" };

function isDesktopMode(one: string, other: string): boolean {
  return desktops[one] === other || desktops[other] === one;
}

function lacksAll(known: readonly string[], seen: readonly string[]): boolean {
  return known.length > 0 && seen.length > 0 && !seen.some((each) => known.includes(each));
}

function isGone(habit: string, known: StoredSignals, seen: Reading): boolean {
  return known.habits.includes(habit) && !seen.habits.includes(habit);
}

/** What is known already keeps its place, so that two networks in turn, as of IPv4 and IPv6, are written down once. */
function merged(seen: readonly string[], known: readonly string[], most: number): readonly string[] {
  if (seen.every((each) => known.includes(each))) return known;
  return [...new Set([...seen, ...known])].slice(0, most);
}

function isSame(known: StoredSignals, next: StoredSignals): boolean {
  return (
    known.client === next.client &&
    known.version === next.version &&
    known.brand === next.brand &&
    known.platform === next.platform &&
    known.languages === next.languages &&
    known.networks === next.networks &&
    known.habits === next.habits
  );
}
