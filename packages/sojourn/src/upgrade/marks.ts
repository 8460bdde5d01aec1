import type { Instant } from "../core/clock.ts";
import { SojournError } from "../core/errors.ts";
import type { SessionId } from "../core/ids.ts";
import { movedMark } from "../core/live-upgrade.ts";
import type { Storage } from "../core/storage.ts";
import { textHash } from "../core/token.ts";
import type { EarlierCredential } from "./earlier.ts";

/** What is remembered of an earlier session that was moved. */
export interface Mark {
  readonly source: string;
  /** What it became. */
  readonly sessionId: SessionId;
  /** From it and the earlier credential's secret the new secret is derived. */
  readonly nonce: string;
  readonly movedAt: Instant;
}

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
  { notes, until }: { readonly notes: Storage["notes"]; readonly until: Instant },
): Marks {
  const id = textHash(JSON.stringify(["moved", source, key])).slice(0, 22) as SessionId;

  async function find(): Promise<Mark | null> {
    const row = await notes.find(id);
    return row && markIn(row.body);
  }

  return {
    find,
    async insert(mark) {
      const row = { id, version: 1, userId: null, ref: null, expiresAt: until, body: bodyOf(mark) };
      let silence: unknown = null;
      try {
        if (await notes.insert(row, { indexUntil: until })) return mark;
      } catch (error) {
        silence = error;
      }
      const inForce = await find();
      if (inForce) return inForce;
      throw silence ?? new SojournError("ERR_STORE_UNAVAILABLE", "The store did not keep that a session was moved");
    },
  };
}

function bodyOf({ source, sessionId, nonce, movedAt }: Mark): string {
  return [movedMark, source, sessionId, nonce, Math.round(movedAt).toString(36)].join(" ");
}

const format = new RegExp(`^${movedMark} ([a-z0-9-]+) ([\\w-]{22}) ([\\w-]{22}) ([0-9a-z]{1,12})$`);

/** The mark in the body of a row; `null` where the row is something else. */
export function markIn(body: string): Mark | null {
  const found = format.exec(body);
  if (!found) return null;
  const [, source = "", sessionId = "", nonce = "", movedAt = ""] = found;
  return { source, sessionId: sessionId as SessionId, nonce, movedAt: parseInt(movedAt, 36) };
}
