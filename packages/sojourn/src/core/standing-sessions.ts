import type { UserId } from "./ids.ts";
import { isStanding } from "./judge.ts";
import { readBatches } from "./read-batches.ts";
import type { Loaded } from "./storage.ts";
import type { Engine } from "./visit.ts";

/** The sessions of a user that are not over. The index names too many; each row is read and judged. */
export async function standingSessionsOf(
  userId: UserId,
  { storage, clock, rules }: Engine,
): Promise<readonly Loaded[]> {
  const standing: Loaded[] = [];
  for await (const found of readBatches(await storage.idsOf({ userId }), storage)) {
    for (const each of found) {
      // An index may name too many, also somebody else's.
      if (each === null || each === "corrupt" || each.row.userId !== userId) continue;
      if (isStanding(each.record, clock.now(), rules)) standing.push(each);
    }
  }
  return standing;
}
