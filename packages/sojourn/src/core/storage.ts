import { type Answer, isAwaited } from "./answer.ts";
import type { Clock, Instant } from "./clock.ts";
import type { Codec } from "./codec.ts";
import type { DataRules } from "./data.ts";
import { SojournError } from "./errors.ts";
import type { SessionId } from "./ids.ts";
import { forgettableAt, indexedUntil } from "./judge.ts";
import { decodeRecord, encodeRecord, type SessionRecord } from "./record.ts";
import type { Rules } from "./rules.ts";
import type { IndexKey, SessionStore, StoredSession, UpdateOptions } from "./store.ts";
import { walkOf } from "./walk.ts";

/** A session as it stands in the store: its row, and what the row's body says. */
export interface Loaded {
  readonly row: StoredSession;
  readonly record: SessionRecord;
}

/** What a look into the store found. */
export type Found = Loaded | "corrupt" | null;

/** A row's facts without what is computed from its record. */
export type RowIdentity = Pick<StoredSession, "id" | "userId" | "ref">;

/**
 * The store as the engine sees it: records instead of bodies, and an answer or `ERR_STORE_UNAVAILABLE` within the
 * deadline. Never retries.
 */
export interface Storage {
  readonly name: string;
  readonly mayBeStale: boolean;
  /** At once where the store answers at once. */
  find(id: SessionId, options: { readonly fresh: boolean }): Answer<Found>;
  /** The row a new session would have. Made once and sent as often as needed, always the same bytes. */
  firstRow(identity: RowIdentity, record: SessionRecord): Promise<StoredSession>;
  /** `false` if the id is taken. */
  insert(row: StoredSession, record: SessionRecord): Promise<boolean>;
  /** The row that would replace `loaded`'s with `record`; likewise. */
  nextRow(loaded: Loaded, record: SessionRecord): Promise<StoredSession>;
  update(row: StoredSession, options?: UpdateOptions): Promise<boolean>;
  remove(id: SessionId): Promise<boolean>;
  /** As the store does; resolves at once where it confirms every removal by answering. */
  confirm(id: SessionId): Promise<void>;
  idsOf(key: IndexKey): Promise<readonly SessionId[]>;
  removeExpired(before: Instant, limit: number): Promise<number>;
  /** As `WalkableStore` has it, passing over rows that `isSession` says no to. `null` where the store cannot be walked through. */
  readonly walk:
    | ((from: string | null, limit: number, isSession: (row: StoredSession) => boolean) => Promise<LoadedPage>)
    | null;
  /** The store itself: for rows that are no sessions. */
  readonly store: SessionStore;
  /** The name of the key a row is sealed with; `null` where it is not, `undefined` where the codec does not tell. */
  keyOf(row: StoredSession): string | null | undefined;
}

export interface LoadedPage {
  readonly sessions: readonly (Loaded | "corrupt")[];
  readonly next: string | null;
}

export interface StorageParts {
  readonly store: SessionStore;
  readonly codec: Codec | undefined;
  readonly clock: Clock;
  readonly rules: Rules;
  readonly data: DataRules;
  /** Milliseconds. A pass of garbage collection may take ten times `write`. */
  readonly deadlines: { readonly read: number; readonly write: number };
}

export function createStorage({ store, codec, clock, rules, data, deadlines }: StorageParts): Storage {
  async function rowOf(identity: RowIdentity, version: number, record: SessionRecord): Promise<StoredSession> {
    const { id, userId, ref } = identity;
    const body = encodeRecord(record);
    const sealed = codec ? await askCodec("seal", () => codec.seal(body, { id, userId, ref, version })) : body;
    return { id, userId, ref, version, expiresAt: wholeMillisecond(forgettableAt(record, rules)), body: sealed };
  }

  /** What `row` says, whose body is `opened`. */
  function recordIn(row: StoredSession, opened: string): Loaded | "corrupt" {
    try {
      const record = decodeRecord(opened);
      // A row with a user and a body without a level, or the reverse, was not written by this library.
      if (!record || (row.userId === null) !== (record.level === null)) return "corrupt";
      return { row, record: data.upgraded(record) };
    } catch {
      return "corrupt";
    }
  }

  async function unsealed(row: StoredSession, by: Codec): Promise<Loaded | "corrupt"> {
    const { id, userId, ref, version, body } = row;
    try {
      return recordIn(row, await askCodec("open", () => by.open(body, { id, userId, ref, version })));
    } catch (error) {
      // Keys that cannot be reached are no damaged row: nobody is signed out for that.
      if (error instanceof SojournError && error.code === "ERR_STORE_UNAVAILABLE") throw error;
      return "corrupt";
    }
  }

  /** What was made of rows that nobody can change. A sealed body is opened every time: its keys may be withdrawn. */
  const made = new WeakMap<StoredSession, Loaded | "corrupt">();

  function loadedFrom(row: StoredSession | null, asked: SessionId): Answer<Found> {
    // Whatever a store says for "there is none".
    if (!row) return null;
    if (!isRowOf(asked, row)) return "corrupt";
    if (codec) return unsealed(row, codec);
    const known = made.get(row);
    if (known) return known;
    const loaded = recordIn(row, row.body);
    if (Object.isFrozen(row)) made.set(row, loaded);
    return loaded;
  }

  const who = `${store.name} store`;
  const ask = <T>(operation: string, limit: number, call: () => Answer<T>) =>
    answerWithin(limit, { clock, who, operation, call });
  const askCodec = (operation: string, call: () => Answer<string>) =>
    answerWithin(deadlines.read, { clock, who: "codec", operation, call });

  const walk = walkOf(store);

  return {
    name: store.name,
    store,
    mayBeStale: store.mayBeStale === true,
    find(id, options) {
      const found = ask("find", deadlines.read, () => store.find(id, options));
      return isAwaited(found) ? found.then((row) => loadedFrom(row, id)) : loadedFrom(found, id);
    },
    firstRow: (identity, record) => rowOf(identity, 1, record),
    insert: async (row, record) =>
      ask("insert", deadlines.write, () =>
        store.insert(row, { indexUntil: wholeMillisecond(indexedUntil(record, rules)) }),
      ),
    nextRow: ({ row }, record) => rowOf(row, row.version + 1, record),
    update: async ({ userId: _userId, ref: _ref, ...update }, options) =>
      ask("update", deadlines.write, () => store.update(update, options)),
    remove: async (id) => ask("remove", deadlines.write, () => store.remove(id)),
    confirm: async (id) => ask("confirm", deadlines.write, () => store.confirm?.(id)),
    idsOf: async (key) => ask("idsOf", deadlines.read, () => store.idsOf(key)),
    removeExpired: async (before, limit) =>
      ask("removeExpired", 10 * deadlines.write, () => store.removeExpired(before, limit)),
    walk:
      walk &&
      (async (from, limit, isSession) => {
        const { rows, next } = await ask("walk", 10 * deadlines.read, () => walk(from, limit));
        const opened = rows.filter(isSession).map((row) => (codec ? unsealed(row, codec) : recordIn(row, row.body)));
        return { sessions: await Promise.all(opened), next };
      }),
    keyOf: (row) => (codec?.keyOf ? codec.keyOf(row.body) : undefined),
  };
}

/** Databases keep whole ones, some clocks tell parts of them: later, because a row may not be forgotten too early. */
const wholeMillisecond = (instant: Instant): Instant => Math.ceil(instant);

/** Whether the facts the engine relies on are there, and are those of the session it asked for. */
function isRowOf(asked: SessionId, { id, version, userId }: StoredSession): boolean {
  return id === asked && Number.isSafeInteger(version) && (userId === null || typeof userId === "string");
}

interface Question<T> {
  readonly clock: Clock;
  readonly who: string;
  readonly operation: string;
  readonly call: () => Answer<T>;
}

/** The answer of a store or codec, at once where it has it, or an error that says who did not give one. */
export function answerWithin<T>(limit: number, question: Question<T>): Answer<T> {
  let answer: Answer<T>;
  try {
    answer = question.call();
  } catch (error) {
    throw failure(error, question);
  }
  return isAwaited(answer) ? awaited(answer, limit, question) : answer;
}

function awaited<T>(answer: Promise<T>, limit: number, question: Question<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    let callOff = () => {};
    const end = () => {
      isOver = true;
      callOff();
    };
    answer.then(
      (value) => {
        end();
        resolve(value);
      },
      (error) => {
        end();
        reject(failure(error, question));
      },
    );
    // A moment later, when a store in this very process has answered: it costs no timer.
    queueMicrotask(() => {
      if (isOver) return;
      const { clock, who, operation } = question;
      const silence = `The ${who} did not answer "${operation}" within ${limit} ms`;
      callOff = clock.after(limit, () => reject(new SojournError("ERR_STORE_UNAVAILABLE", silence)));
    });
  });
}

function failure(error: unknown, { who, operation }: Question<unknown>): SojournError {
  if (error instanceof SojournError) return error;
  return new SojournError("ERR_STORE_UNAVAILABLE", `The ${who} failed at "${operation}"`, { cause: error });
}
