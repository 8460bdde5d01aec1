import type { SessionId } from "../../core/ids.ts";
import type { StoredSession } from "../../core/store.ts";

/** What a check throws when a store breaks its contract. */
export class StoreContractError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StoreContractError";
  }
}

/** `what` names the thing compared, so that the message reads as a sentence. */
export function assertIs(actual: unknown, expected: unknown, what: string): void {
  assertHolds(Object.is(actual, expected), `${what}: expected ${shown(expected)}, got ${shown(actual)}`);
}

export function assertHolds(holds: boolean, otherwise: string): void {
  if (!holds) throw new StoreContractError(otherwise);
}

/** The same six facts, and nothing else. */
export function assertRow(actual: StoredSession | null, expected: StoredSession, what: string): void {
  if (!actual) throw new StoreContractError(`${what}: expected it to be there, found none`);
  const { id, version, userId, ref, expiresAt, body } = expected;
  for (const [fact, value] of Object.entries({ id, version, userId, ref, expiresAt, body })) {
    assertIs(actual[fact as keyof StoredSession], value, `${what}: ${fact}`);
  }
  assertIs(
    Object.keys(actual).sort().join(),
    "body,expiresAt,id,ref,userId,version",
    `${what}: the names of its facts`,
  );
}

/** The same ids, in any order. */
export function assertIds(actual: readonly SessionId[], expected: readonly SessionId[], what: string): void {
  const missing = expected.filter((id) => !actual.includes(id));
  const foreign = actual.filter((id) => !expected.includes(id));
  assertHolds(
    missing.length === 0 && foreign.length === 0,
    `${what}: misses ${missing.length} of ${expected.length} sessions and names ${foreign.length} that do not belong`,
  );
}

export function count(answers: readonly unknown[], answer: unknown): number {
  return answers.filter((given) => given === answer).length;
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length <= 120 ? text : `${text.slice(0, 120)}... (${text.length} characters)`;
}
