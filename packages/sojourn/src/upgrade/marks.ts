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
  /** From it and the earlier credential's secret the new one is derived. */
  readonly nonce: string;
  /** When the earlier session was gone for good; `null` until that is known. */
  readonly settledAt: Instant | null;
}

/**
 * Once-only marks: rows of nobody's in the session store, with ids that follow from the earlier sessions, until those can be
 * no good any more. The store's `insert`, which never overwrites, decides between all who move the same one.
 */
export interface Marks {
  find(): Promise<Mark | null>;
  /** The mark in force: this one, or that of whoever was first. */
  insert(mark: Mark): Promise<Mark>;
  /** The same mark, settled now, or as somebody else has settled it. */
  settle(mark: Mark, now: Instant): Promise<Mark>;
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

  async function inForce(silence: unknown): Promise<Mark> {
    const mark = await find();
    if (mark) return mark;
    throw silence ?? new SojournError("ERR_STORE_UNAVAILABLE", "The store did not keep that a session was moved");
  }

  return {
    find,
    async insert(mark) {
      const row = { id, version: 1, userId: null, ref: null, expiresAt: until, body: bodyOf(mark) };
      try {
        if (await notes.insert(row, { indexUntil: until })) return mark;
      } catch (error) {
        return inForce(error);
      }
      return inForce(null);
    },
    async settle(mark, now) {
      const settled = { ...mark, settledAt: now };
      try {
        if (await notes.update({ id, version: 2, expiresAt: until, body: bodyOf(settled) })) return settled;
      } catch (error) {
        return alreadySettled(await inForce(error), error);
      }
      return alreadySettled(await inForce(null), null);
    },
  };
}

/** Nothing is handed out on a mark that may still be open: whoever holds the earlier credential could come for ever. */
function alreadySettled(mark: Mark, silence: unknown): Mark {
  if (mark.settledAt !== null) return mark;
  throw silence ?? new SojournError("ERR_STORE_UNAVAILABLE", "The store did not keep that a moved session is settled");
}

function bodyOf({ source, sessionId, nonce, settledAt }: Mark): string {
  return [movedMark, source, sessionId, nonce, settledAt === null ? "-" : settledAt.toString(36)].join(" ");
}

const format = new RegExp(`^${movedMark} ([a-z0-9-]+) ([\\w-]{22}) ([\\w-]{22}) (-|[0-9a-z]{1,12})$`);

/** The mark in the body of a row; `null` where the row is something else. */
export function markIn(body: string): Mark | null {
  const found = format.exec(body);
  if (!found) return null;
  const [, source = "", sessionId = "", nonce = "", settled = ""] = found;
  return {
    source,
    sessionId: sessionId as SessionId,
    nonce,
    settledAt: settled === "-" ? null : parseInt(settled, 36),
  };
}
