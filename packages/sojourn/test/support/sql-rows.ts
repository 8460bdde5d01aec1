import type { SessionId } from "../../src/core/ids.ts";
import type { StoredSession } from "../../src/core/store.ts";

export const hour = 3_600_000;
export const forEver = { indexUntil: Number.MAX_SAFE_INTEGER };

let count = 0;

/** A row that no other test has: anonymous and valid for an hour, unless said otherwise. */
export function aRow(facts: Partial<Omit<StoredSession, "id">> & { readonly id?: string } = {}): StoredSession {
  const row = { version: 1, userId: null, ref: null, expiresAt: Date.now() + hour, body: "{}", ...facts };
  return { ...row, id: (facts.id ?? `row-${process.pid}-${count++}`) as SessionId };
}

/** `count` rows that have expired, in statements of 1,000: `insert` takes the values between the words VALUES and the end. */
export function expiredRows(count: number): string[] {
  const chunks = Array.from({ length: Math.ceil(count / 1_000) }, (_, index) => index * 1_000);
  return chunks.map((start) =>
    Array.from(
      { length: Math.min(1_000, count - start) },
      (_, index) => `('expired-${start + index}', 1, NULL, NULL, ${1_000 + start + index}, '{}')`,
    ).join(),
  );
}
