import { SojournError } from "./errors.ts";
import { createMark, isMarkedWith, marked } from "./marks.ts";
import type { RandomSource } from "./random.ts";
import type { SessionRecord } from "./record.ts";
import type { Loaded, RowIdentity, Storage } from "./storage.ts";

const sendsAtMost = 3;

/**
 * Adds a session; `null` if the id is taken. A lost answer is cleared up by looking, so that one call makes at most one
 * row. Throws `ERR_SESSION_OUTCOME_UNKNOWN` or `ERR_STORE_UNAVAILABLE`.
 */
export async function insertSession(
  identity: RowIdentity,
  unmarked: SessionRecord,
  { storage, random }: { readonly storage: Storage; readonly random: RandomSource },
): Promise<Loaded | null> {
  const mark = createMark(random);
  const record = marked(unmarked, mark);
  const row = await storage.firstRow(identity, record);
  let silence: unknown = null;
  for (let sends = 0; sends < sendsAtMost; sends++) {
    try {
      if (await storage.insert(row, record)) return { row, record };
    } catch (error) {
      silence = error;
    }
    // A client library that sends again by itself answers "taken" for its own success, so that is looked at too.
    const latest = await storage.find(row.id, { fresh: true });
    if (latest !== null) return latest !== "corrupt" && isMarkedWith(latest.record, mark) ? latest : null;
  }
  throw new SojournError("ERR_STORE_UNAVAILABLE", `The ${storage.name} store did not add a session`, {
    cause: silence,
  });
}
