import { randomUUID } from "node:crypto";
import type { SessionId } from "../../src/core/ids.ts";
import type { StoredSession } from "../../src/core/store.ts";

const hour = 3_600_000;

/** A session as a store gets it: anonymous and valid for an hour, unless said otherwise. */
export function aRow(facts: Partial<StoredSession> = {}): StoredSession {
  const id = randomUUID() as string as SessionId;
  return { id, version: 1, userId: null, ref: null, expiresAt: Date.now() + hour, body: "{}", ...facts };
}

export const inADay = () => ({ indexUntil: Date.now() + 24 * hour });
