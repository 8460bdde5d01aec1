import type { UserId } from "./ids.ts";
import { judge } from "./judge.ts";
import type { Loaded } from "./storage.ts";
import type { Engine } from "./visit.ts";

const readsAtOnce = 16;

/** The sessions of a user that are not over. The index names too many; each row is read and judged. */
export async function standingSessionsOf(
  userId: UserId,
  { storage, clock, rules }: Engine,
): Promise<readonly Loaded[]> {
  const ids = await storage.idsOf({ userId });
  const standing: Loaded[] = [];
  for (let at = 0; at < ids.length; at += readsAtOnce) {
    const found = await Promise.all(ids.slice(at, at + readsAtOnce).map((id) => storage.find(id, { fresh: true })));
    for (const each of found) {
      if (each === null || each === "corrupt" || each.record.sealed) continue;
      // An index may name too many, also somebody else's.
      if (each.row.userId !== userId) continue;
      const judgement = judge(each.record, clock.now(), rules);
      if (judgement === "alive" || judgement === "locked") standing.push(each);
    }
  }
  return standing;
}
