import { type Instant, systemClock } from "../../core/clock.ts";
import type { SessionId } from "../../core/ids.ts";
import { randomText, systemRandom } from "../../core/random.ts";
import type { ScannableStore, SessionStore, StoredSession, StoredUpdate } from "../../core/store.ts";
import { assertIs } from "./assert.ts";

/** Two connections to the same data; the same one twice where a store has only one. */
export interface Connections {
  readonly store: SessionStore;
  readonly other: SessionStore;
}

/** Sentences of the contract, each with the proof that a store keeps it. */
export type Sentences = { readonly [sentence: string]: (connections: Connections) => Promise<void> };

export const hour = 3_600_000;

/** Stores may forget by their own clock, so the suite lives in real time. */
export function now(): Instant {
  return systemClock.now();
}

/** Resolves once the real clock shows `instant` or later. */
export async function until(instant: Instant): Promise<void> {
  while (now() <= instant) {
    await new Promise<void>((resolve) => systemClock.after(instant - now() + 1, resolve));
  }
}

/** Lets everything else that is under way go on. */
export function aMoment(): Promise<void> {
  return new Promise((resolve) => systemClock.after(0, resolve));
}

/** A session that nobody has stored yet: anonymous and valid for an hour, unless said otherwise. */
export function aSession(facts: Partial<StoredSession> = {}): StoredSession {
  return { id: anId(), version: 1, userId: null, ref: null, expiresAt: now() + hour, body: "{}", ...facts };
}

export function anId(): SessionId {
  return randomText(systemRandom, 16) as SessionId;
}

/** Text that no other check uses: for user ids and refs. */
export function aName(label: string): string {
  return `${label} ${randomText(systemRandom, 8)}`;
}

/** Inserts, and expects that to work. */
export async function stored<Row extends StoredSession>(store: SessionStore, row: Row): Promise<Row> {
  assertIs(await insert(store, row), true, "insert of a new id");
  return row;
}

export function insert(store: SessionStore, row: StoredSession): Promise<boolean> {
  return store.insert(row, { indexUntil: now() + 24 * hour });
}

/** What follows `row`: the next version, with `changes`. */
export function next(
  row: StoredSession,
  changes: Partial<Pick<StoredSession, "body" | "expiresAt">> = {},
): StoredUpdate {
  return { id: row.id, version: row.version + 1, expiresAt: row.expiresAt, body: row.body, ...changes };
}

export async function findFresh(store: SessionStore, id: SessionId): Promise<StoredSession | null> {
  return store.find(id, { fresh: true });
}

/** Of `ids`, those that are still stored: an index may also name sessions that are gone. */
export async function living(store: SessionStore, ids: readonly SessionId[]): Promise<SessionId[]> {
  const rows = await Promise.all(ids.map((id) => findFresh(store, id)));
  return [...new Set(rows.flatMap((row) => row?.id ?? []))];
}

export function isScannable(store: SessionStore): store is ScannableStore {
  return "scan" in store;
}

/** Runs `action` for 0 to `count` - 1, all at once, on the two connections in turn. */
export function allAtOnce<Answer>(
  { store, other }: Connections,
  count: number,
  action: (store: SessionStore, index: number) => Promise<Answer>,
): Promise<Answer[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => action(index % 2 === 0 ? store : other, index)));
}
