import type { SessionId } from "../../../src/core/ids.ts";
import type {
  ScannableStore,
  SessionStore,
  StoredSession,
  StoredUpdate,
  WalkableStore,
} from "../../../src/core/store.ts";
import { memoryStore } from "../../../src/stores/memory.ts";

/** A store that breaks the contract in one way, and the checks that have to notice. */
export interface BrokenStore {
  readonly weakness: string;
  /** Connections to one new database. */
  open(): readonly SessionStore[];
  readonly caughtBy: readonly string[];
}

/** More rows than there are, later than any instant. */
export const unlimited = Number.MAX_SAFE_INTEGER;

/** What is different about a weakened store. */
type Weakening = (store: ScannableStore) => Partial<ScannableStore & WalkableStore>;

/** A store with some verbs weakened. Writes take turns, so that the weakness is the only one. */
export function broken(weaken: Weakening): () => readonly SessionStore[] {
  return () =>
    racy(weaken)().map((store) => {
      const inTurn = turns();
      return {
        ...store,
        insert: inTurn(store.insert),
        update: inTurn(store.update),
        remove: inTurn(store.remove),
        removeExpired: inTurn(store.removeExpired),
      };
    });
}

/** A store with some verbs weakened, whose writes get in each other's way. */
export function racy(weaken: Weakening): () => readonly SessionStore[] {
  return () => {
    const store = memoryStore();
    return [{ ...store, ...weaken(store) }];
  };
}

/** Time for whatever else is under way to get in between. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What no caller can say to a real store. */
export function overwrite(store: SessionStore, row: StoredSession): void {
  void store.remove(row.id);
  void store.insert(row, { indexUntil: unlimited });
}

/** An update that does what the weakness says with the row it found. */
export function updateWith(
  store: SessionStore,
  written: (current: StoredSession, row: StoredUpdate) => StoredSession,
): SessionStore["update"] {
  return async (row) => {
    const current = await store.find(row.id);
    if (current?.version !== row.version - 1) return false;
    overwrite(store, written(current, row));
    return true;
  };
}

/** What an update may change. */
export function changesOf({ version, expiresAt, body }: StoredUpdate): Omit<StoredUpdate, "id"> {
  return { version, expiresAt, body };
}

/** Stores user ids and refs as `change` makes them, and asks for them so. */
export function withNames(store: SessionStore, change: (name: string) => string): Partial<ScannableStore> {
  const changed = (name: string | null) => (name === null ? null : change(name));
  const originals = new Map<SessionId, StoredSession>();
  return {
    async insert(row, options) {
      const inserted = await store.insert({ ...row, userId: changed(row.userId), ref: changed(row.ref) }, options);
      if (inserted) originals.set(row.id, { ...row });
      return inserted;
    },
    async find(id) {
      const [row, original] = [await store.find(id), originals.get(id)];
      return row && original ? { ...row, userId: original.userId, ref: original.ref } : row;
    },
    idsOf: (key) => store.idsOf("userId" in key ? { userId: change(key.userId) } : { ref: change(key.ref) }),
  };
}

/** An index beside the rows, as on a database without transactions. */
export function separateIndex() {
  const entries = new Map<string, Set<SessionId>>();
  const entry = (key: string) => {
    const ids = entries.get(key) ?? new Set();
    entries.set(key, ids);
    return ids;
  };
  const entriesOf = ({ userId, ref }: StoredSession) => [
    ...(userId === null ? [] : [entry(`user ${userId}`)]),
    ...(ref === null ? [] : [entry(`ref ${ref}`)]),
  ];
  return {
    add(row: StoredSession) {
      for (const ids of entriesOf(row)) ids.add(row.id);
    },
    drop(row: StoredSession) {
      for (const ids of entriesOf(row)) ids.delete(row.id);
    },
    of: (key: Parameters<SessionStore["idsOf"]>[0]) => entry("userId" in key ? `user ${key.userId}` : `ref ${key.ref}`),
  };
}

/** A connection that remembers what it read, and forgets what it wrote itself. */
export function cached(store: SessionStore): SessionStore {
  const cache = new Map<SessionId, StoredSession | null>();
  return {
    ...store,
    mayBeStale: true,
    async find(id) {
      const row = cache.get(id) ?? (await store.find(id));
      cache.set(id, row);
      return row;
    },
    update(row) {
      cache.delete(row.id);
      return store.update(row);
    },
    remove(id) {
      cache.delete(id);
      return store.remove(id);
    },
  };
}

function turns() {
  let last: Promise<unknown> = Promise.resolve();
  return <Given extends readonly unknown[], Answer>(verb: (...given: Given) => Promise<Answer>) =>
    (...given: Given): Promise<Answer> => {
      const answer = last.then(() => verb(...given));
      last = answer.catch(() => {});
      return answer;
    };
}
