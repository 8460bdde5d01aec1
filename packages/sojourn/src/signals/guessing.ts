import { digests } from "#digests";
import { fromBase64url } from "../core/base64url.ts";
import type { Instant } from "../core/clock.ts";
import type { EmitEvent } from "../core/events.ts";
import { randomText, systemRandom } from "../core/random.ts";

export interface GuessCounter {
  /** A token that opened nothing came from `network`. */
  count(network: string, token: string, now: Instant): void;
  /** Networks remembered now. */
  readonly size: number;
}

interface Source {
  /** One bit per different token, so that the same one, asked for again and again, counts once. */
  readonly seen: Uint8Array;
  /** How many bits are set: never more than there were different tokens. */
  different: number;
  attempts: number;
  /** What keeps it among the remembered; falls when others push in. */
  credit: number;
  reported: number;
}

const minute = 60_000;
export const mostSources = 1_024;
const bitsPerSource = 512;

/**
 * Counts, by network and minute, how many different tokens came that open nothing (OSM-34), in bounded memory:
 * Misra and Gries' frequent items, whose counts are never more than what the source itself did. A flood from a million
 * networks makes others forgotten, never blamed. Only events come of it: a lock would be a weapon in an attacker's hand.
 */
export function createGuessCounter(atLeast: number, emit: EmitEvent): GuessCounter {
  // Unknown to whoever guesses, so that no two tokens can be chosen to count as one.
  const key = randomText(systemRandom, 16);
  let sources = new Map<string, Source>();
  let began: Instant = Number.NEGATIVE_INFINITY;

  function sourceOf(network: string): Source | null {
    const known = sources.get(network);
    if (known) return known;
    if (sources.size >= mostSources) {
      for (const [name, source] of sources) if (--source.credit === 0) sources.delete(name);
      return null;
    }
    const fresh = { seen: new Uint8Array(bitsPerSource / 8), different: 0, attempts: 0, credit: 0, reported: 0 };
    sources.set(network, fresh);
    return fresh;
  }

  return {
    count(network, token, now) {
      if (now - began >= minute || now < began) {
        sources = new Map();
        began = now;
      }
      const source = sourceOf(network);
      if (!source) return;
      source.attempts++;
      source.credit++;
      const [high = 0, low = 0] = fromBase64url(digests.sha256(key + token).slice(0, 4)) ?? [];
      const bit = (high * 256 + low) % bitsPerSource;
      const mask = 1 << (bit % 8);
      const byte = bit >> 3;
      const before = source.seen[byte] ?? 0;
      if (before & mask) return;
      source.seen[byte] = before | mask;
      source.different++;
      // Once when there is something to say, and again whenever it has doubled.
      if (source.different < atLeast || source.different < 2 * source.reported) return;
      source.reported = source.different;
      const { different, attempts } = source;
      emit({ type: "session_guessing", severity: "warning", network, different, attempts, within: minute });
    },
    get size() {
      return sources.size;
    },
  };
}
