import type { Answer } from "../core/answer.ts";
import type { Instant } from "../core/clock.ts";
import { SojournError } from "../core/errors.ts";
import type { SessionId } from "../core/ids.ts";
import { clockSafety } from "../core/judge.ts";
import { answerWithin } from "../core/storage.ts";
import { textHash } from "../core/token.ts";
import type { Engine } from "../core/visit.ts";
import type { EarlierCredential } from "./earlier.ts";
import { bodyOf, type Mark, markIn } from "./mark.ts";

/** Milliseconds either store may take: the engine's own default. */
export const longest = 2_000;

/**
 * Once-only marks: rows of nobody's in the session store, with ids that follow from the earlier sessions, until those can be
 * no good any more. The store's `insert`, which never overwrites, decides between all who move the same one.
 */
export interface Marks {
  find(): Promise<Mark | null>;
  /** The mark in force: this one, or that of whoever was first. */
  insert(mark: Mark): Promise<Mark>;
}

export function marksOf(
  { source, key }: Pick<EarlierCredential, "source" | "key">,
  { engine, until }: { readonly engine: Pick<Engine, "storage" | "clock">; readonly until: Instant },
): Marks {
  const { clock, storage } = engine;
  const { store } = storage;
  const id = textHash(JSON.stringify(["moved", source, key])).slice(0, 22) as SessionId;

  async function ask<T>(operation: string, call: () => Answer<T>): Promise<T> {
    return answerWithin(longest, { clock, who: `${store.name} store`, operation, call });
  }

  async function find(): Promise<Mark | null> {
    const row = await ask("find", () => store.find(id, { fresh: true }));
    return row && markIn(row.body);
  }

  return {
    find,
    async insert(mark) {
      // A mark outlives what it refuses, on whichever clock: a row may be forgotten from its `expiresAt` on.
      const expiresAt = until + clockSafety;
      const row = { id, version: 1, userId: null, ref: null, expiresAt, body: bodyOf(mark) };
      let silence: unknown = null;
      try {
        if (await ask("insert", () => store.insert(row, { indexUntil: expiresAt }))) return mark;
      } catch (error) {
        silence = error;
      }
      const inForce = await find();
      if (inForce) return inForce;
      throw silence ?? new SojournError("ERR_STORE_UNAVAILABLE", "The store did not keep that a session was moved");
    },
  };
}
