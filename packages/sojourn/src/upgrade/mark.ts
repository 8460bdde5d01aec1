import type { Instant } from "../core/clock.ts";
import type { SessionId } from "../core/ids.ts";
import { movedMark } from "../core/no-session.ts";

/** What is remembered of an earlier session that was moved. */
export interface Mark {
  readonly source: string;
  /** What it became. */
  readonly sessionId: SessionId;
  /** From it and the earlier credential's secret the new secret is derived. */
  readonly nonce: string;
  readonly movedAt: Instant;
}

/** The body of its row. */
export function bodyOf({ source, sessionId, nonce, movedAt }: Mark): string {
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
