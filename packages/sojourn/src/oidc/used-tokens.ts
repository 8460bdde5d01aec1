import type { Answer } from "../core/answer.ts";
import { toBase64url } from "../core/base64url.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import type { SessionId } from "../core/ids.ts";
import { clockSafety } from "../core/judge.ts";
import { usedTokenBody as body } from "../core/no-session.ts";
import { answerWithin } from "../core/storage.ts";
import type { SessionStore } from "../core/store.ts";

/** Which logout tokens were used, by whichever process. */
export interface UsedTokens {
  has(tokenId: string): Promise<boolean>;
  /** `until`: when the token is no good any more by itself. */
  add(tokenId: string, until: number): Promise<void>;
}

const longest = 2_000;

/**
 * Remembers in a session store: a row of nobody's, with an id that follows from issuer and token, which expires like any
 * other. So every process knows of it, and nothing else has to be run.
 */
export function usedTokens({
  store,
  issuer,
  clock = systemClock,
}: {
  readonly store: SessionStore;
  readonly issuer: string;
  readonly clock?: Clock;
}): UsedTokens {
  const ask = <T>(operation: string, call: () => Answer<T>) =>
    answerWithin(longest, { clock, who: `${store.name} store`, operation, call });

  return {
    async has(tokenId) {
      const id = await idOf(issuer, tokenId);
      return (await ask("find", () => store.find(id, { fresh: true }))) !== null;
    },
    async add(tokenId, until) {
      // As long as a session's row outlives it: a store, or a sweep, whose clock is ahead forgets none too early.
      const expiresAt = until + clockSafety;
      const row = { id: await idOf(issuer, tokenId), version: 1, userId: null, ref: null, expiresAt, body };
      // `false`: somebody used it at the same time, which ended the same sessions.
      await ask("insert", () => store.insert(row, { indexUntil: expiresAt }));
    },
  };
}

/** 128 bits of a digest, in the form of a session id. */
async function idOf(issuer: string, tokenId: string): Promise<SessionId> {
  const text = JSON.stringify(["logout token", issuer, tokenId]);
  const digest = await globalThis.crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return toBase64url(new Uint8Array(digest).subarray(0, 16)) as SessionId;
}
