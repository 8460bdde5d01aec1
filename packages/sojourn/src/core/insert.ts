import { createMark, isMarkedWith, marked } from "./marks.ts";
import type { RandomSource } from "./random.ts";
import type { SessionRecord } from "./record.ts";
import type { Loaded, RowIdentity, Storage } from "./storage.ts";

/** `silence`: why the store gave no answer; `null` if it said that the id is taken. */
export type Insertion =
  | { readonly stored: true; readonly loaded: Loaded }
  | { readonly stored: false; readonly silence: unknown };

/**
 * Adds a session, sending it once. A lost answer is cleared up by looking. What is not found then must not be sent again:
 * it may have been stored, revoked by somebody who saw it in the index, and would come back. Its id is given up instead;
 * nobody was handed its secret. Throws if the store cannot even be looked at.
 */
export async function insertSession(
  identity: RowIdentity,
  unmarked: SessionRecord,
  { storage, random }: { readonly storage: Storage; readonly random: RandomSource },
): Promise<Insertion> {
  const mark = createMark(random);
  const record = marked(unmarked, mark);
  const row = await storage.firstRow(identity, record);
  let silence: unknown = null;
  try {
    if (await storage.insert(row, record)) return { stored: true, loaded: { row, record } };
  } catch (error) {
    silence = error;
  }
  // A client library that sends again by itself answers "taken" for its own success, so that is looked at too.
  const latest = await storage.find(row.id, { fresh: true });
  if (latest === null || latest === "corrupt" || !isMarkedWith(latest.record, mark)) return { stored: false, silence };
  return { stored: true, loaded: latest };
}
