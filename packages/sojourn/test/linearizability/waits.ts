/** What a client can ask for. */
export type Errand =
  | "log in"
  | "log in again"
  | "open"
  | "update"
  | "take"
  | "renew"
  | "end"
  | "revoke"
  | "revoke-all"
  | "list";

/** Milliseconds the engine gives the store for one answer. */
export interface Deadlines {
  readonly read: number;
  readonly write: number;
}

const sends = 3;
const atOnce = 16;

/** How long a caller may have to wait at most, by what the engine says of its deadlines, rounds and repetitions. */
export function longestWaitFor(errand: Errand, { read, write }: Deadlines, sessionsOfUser: number): number {
  const removal = sends * write;
  // Patience ends before a round begins; the round itself may still send three times and look three times.
  const commit = 5 * write + sends * (write + read);
  const insertion = sends * (write + read);
  const batches = Math.max(1, Math.ceil(sessionsOfUser / atOnce));
  const waits: { readonly [errand in Errand]: number } = {
    "log in": insertion,
    "log in again": commit + insertion + removal,
    open: 2 * read + write,
    update: commit,
    take: commit,
    renew: commit,
    end: removal,
    revoke: read + removal,
    "revoke-all": read + batches * removal,
    list: read + batches * read,
  };
  return waits[errand];
}
