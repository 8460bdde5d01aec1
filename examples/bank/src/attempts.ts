import { createHash } from "node:crypto";
import type { Clock } from "sojourn";
import { networkOf } from "./network.ts";

/** Slows down whoever guesses passwords. In memory, bounded: it forgets whom it has not seen for longest. */
export interface Attempts {
  /**
   * Counts one attempt for each key, in their order; `null` if all may try, otherwise the seconds to wait. The first that
   * may not ends it: those after it are neither counted nor remembered, so the address comes first, or one refused
   * address could make up names until the others are forgotten. It counts before the password is looked at, so that
   * guesses made at the same moment count as well.
   */
  begin(keys: readonly Key[]): number | null;
  /** After a right password: what that person mistyped before is forgotten. */
  succeeded(keys: readonly Key[]): void;
}

/** Whose attempts are counted together: those from one address, at one account's log-in, or inside one session. */
export interface Key {
  readonly kind: "address" | "account" | "session";
  readonly name: string;
}

/** Counted from the first attempt, whatever follows: nobody is kept waiting for longer. */
const windowLength = 15 * 60_000;
/** One address may be a whole office. */
const limits = { address: 60, account: 10, session: 10 } as const;
/** Of each kind, so that many addresses do not push out an account. */
const keysAtMost = 10_000;

interface Entry {
  count: number;
  readonly until: number;
}

export function createAttempts(clock: Clock): Attempts {
  const counted = {
    address: new Map<string, Entry>(),
    account: new Map<string, Entry>(),
    session: new Map<string, Entry>(),
  };

  function entryFor(key: Key): Entry {
    const now = clock.now();
    const entries = counted[key.kind];
    const name = shortNameOf(key);
    const known = entries.get(name);
    const entry = known && known.until > now ? known : { count: 0, until: now + windowLength };
    // Put last, so that the first is always the one not seen for longest.
    entries.delete(name);
    entries.set(name, entry);
    for (const oldest of entries.keys()) {
      if (entries.size <= keysAtMost) break;
      entries.delete(oldest);
    }
    return entry;
  }

  return {
    begin(keys) {
      for (const key of keys) {
        const entry = entryFor(key);
        if (entry.count >= limits[key.kind]) return Math.ceil((entry.until - clock.now()) / 1000);
        entry.count++;
      }
      return null;
    },
    succeeded(keys) {
      for (const key of keys) {
        const entries = counted[key.kind];
        const entry = entries.get(shortNameOf(key));
        if (!entry) continue;
        if (key.kind === "address") entry.count--;
        else entries.delete(shortNameOf(key));
      }
    },
  };
}

/** Short whatever was sent: what somebody typed as their e-mail address may be as long as a form. */
function shortNameOf(key: Key): string {
  return createHash("sha256").update(nameOf(key)).digest("base64url");
}

function nameOf({ kind, name }: Key): string {
  switch (kind) {
    case "address":
      return networkOf(name);
    case "account":
      return name.toLowerCase();
    case "session":
      return name;
  }
}
