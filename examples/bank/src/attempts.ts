import type { Clock } from "sojourn";

/** Slows down whoever guesses passwords. In memory, bounded: it forgets whom it has not seen for longest. */
export interface Attempts {
  /**
   * Counts one attempt for each key; `null` if all may try, otherwise the seconds to wait. It counts before the password
   * is looked at, so that guesses made at the same moment count as well.
   */
  begin(keys: readonly Key[]): number | null;
  /** After a right password: what that person mistyped before is forgotten. */
  succeeded(keys: readonly Key[]): void;
}

/** Whose attempts are counted together: those at one account, or those from one address. */
export type Key = { readonly account: string } | { readonly address: string };

const windowLength = 15 * 60_000;
/** One address may be a whole office. */
const limits = { account: 10, address: 60 } as const;
const keysAtMost = 10_000;

export function createAttempts(clock: Clock): Attempts {
  const counted = new Map<string, { count: number; readonly until: number }>();

  function entryFor(name: string) {
    const now = clock.now();
    const known = counted.get(name);
    const entry = known && known.until > now ? known : { count: 0, until: now + windowLength };
    // Put last, so that the first is always the one not seen for longest.
    counted.delete(name);
    counted.set(name, entry);
    for (const oldest of counted.keys()) {
      if (counted.size <= keysAtMost) break;
      counted.delete(oldest);
    }
    return entry;
  }

  return {
    begin(keys) {
      const waits = keys.flatMap((key) => {
        const entry = entryFor(nameOf(key));
        const limit = "account" in key ? limits.account : limits.address;
        if (entry.count >= limit) return [Math.ceil((entry.until - clock.now()) / 1000)];
        entry.count++;
        return [];
      });
      return waits.length === 0 ? null : Math.max(...waits);
    },
    succeeded(keys) {
      for (const key of keys) {
        const entry = counted.get(nameOf(key));
        if (!entry) continue;
        if ("account" in key) counted.delete(nameOf(key));
        else entry.count--;
      }
    },
  };
}

function nameOf(key: Key): string {
  return "account" in key ? `account:${key.account.toLowerCase()}` : `address:${key.address}`;
}
