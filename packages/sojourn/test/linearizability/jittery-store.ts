import { setImmediate } from "node:timers/promises";
import type { SessionStore } from "../../src/core/store.ts";
import type { Choices } from "./random.ts";

/** A store in this process whose calls take turns as those of a server do: each waits a little, before and after. */
export function jittery(inner: SessionStore, choices: Choices): SessionStore {
  async function late<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    for (let turns = choices.below(4); turns > 0; turns--) await setImmediate();
    const answer = await call();
    for (let turns = choices.below(4); turns > 0; turns--) await setImmediate();
    return answer;
  }
  return {
    name: inner.name,
    mayBeStale: inner.mayBeStale ?? false,
    insert: (row, options) => late(() => inner.insert(row, options)),
    find: (id, options) => late(async () => inner.find(id, options)),
    update: (row) => late(() => inner.update(row)),
    remove: (id) => late(() => inner.remove(id)),
    idsOf: (key) => late(() => inner.idsOf(key)),
    removeExpired: (before, limit) => late(() => inner.removeExpired(before, limit)),
  };
}
