import { SojournError } from "../core/errors.ts";
import type { SessionId } from "../core/ids.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import type { SessionStore, StoredSession, StorePage, WalkableStore } from "../core/store.ts";
import { inTurns } from "./in-turns.ts";
import type { ExpressSessionStore, StoreCallback, StoredSessionData } from "./store.ts";

/** What this library keeps in a session of such a store, beside the application's own data. */
interface Kept extends Pick<StoredSession, "id" | "version" | "userId" | "ref" | "expiresAt"> {
  readonly indexUntil: number;
  /** The body, without the data where that is plain JSON in the body's third line. */
  readonly body: string;
  readonly isPlain: boolean;
  /** What the application's cookie says: `cookie.expires` is for the store, which forgets by it. */
  readonly expires: unknown;
}

const key = "sojourn";

/**
 * A store that was written for express-session (`get`, `set`, `destroy`), as a store of Sojourn.
 *
 * Its keys are public ids, the cookie's secret is there as a hash only, and the application's data is where it was, so that
 * code which looks through the store goes on to work. A session that ended stays ended, also where another process writes it afterwards: a
 * mark under `<id>.ended` outlives it. What cannot be had without compare-and-set: of two processes that write one session
 * in the same moment one may lose its change (within one process they take turns), and two may both `take` one value.
 * Sessions of a user are found only where the store has `all`, by reading them all. Expired ones are the store's to remove.
 */
export function overExpressStore(store: ExpressSessionStore): SessionStore | WalkableStore {
  const turns = inTurns();
  const get = (sid: string) => asked<StoredSessionData>((done) => store.get(sid, done));
  const set = (sid: string, session: object) => asked((done) => store.set(sid, session, done));
  const destroy = (sid: string) => asked((done) => store.destroy(sid, done));

  async function find(id: SessionId): Promise<StoredSession | null> {
    const [session, ended] = await Promise.all([get(id), get(endedName(id))]);
    return ended ? null : rowIn(session, id);
  }

  async function readAll(): Promise<readonly StoredSession[]> {
    const all = await asked<object>((done) => store.all?.(done));
    return Object.values(all ?? {}).flatMap((session) => rowIn(session) ?? []);
  }

  const adapted: SessionStore = {
    name: "express-session",
    insert: (row, { indexUntil }) =>
      turns(row.id, async () => {
        if ((await get(row.id)) || (await get(endedName(row.id)))) return false;
        await set(row.id, sessionOf(row, indexUntil));
        return true;
      }),
    find,
    update: (row) =>
      turns(row.id, async () => {
        const stored = await find(row.id);
        if (stored === null || stored.version !== row.version - 1) return false;
        const { userId, ref } = stored;
        await set(row.id, sessionOf({ ...row, userId, ref }, indexUntilOf(stored)));
        return true;
      }),
    remove: (id) =>
      turns(id, async () => {
        const stored = await find(id);
        if (stored === null) return false;
        // First the mark: whoever writes from now on, in whatever process, writes something that nobody reads.
        const expires = new Date(indexUntilOf(stored)).toISOString();
        await set(endedName(id), { cookie: { originalMaxAge: null, expires } });
        await destroy(id);
        return true;
      }),
    async idsOf(index) {
      if (!store.all) {
        throw new SojournError(
          "ERR_STORE_UNAVAILABLE",
          "This store of express-session has no all(): a user's sessions cannot be found in it",
        );
      }
      const isMeant = (row: StoredSession) => ("userId" in index ? row.userId === index.userId : row.ref === index.ref);
      return (await readAll()).filter(isMeant).map(({ id }) => id);
    },
    removeExpired: async () => 0,
  };
  if (!store.all) return adapted;
  // Such a store has no pages: all of them are one.
  const walk = async (): Promise<StorePage> => ({ rows: await readAll(), next: null });
  return Object.assign(adapted, { walk });
}

const indexUntils = new WeakMap<StoredSession, number>();

function indexUntilOf(row: StoredSession): number {
  return indexUntils.get(row) ?? row.expiresAt;
}

function endedName(id: SessionId): string {
  return `${id}.ended`;
}

/** A row as a session of express-session: with a cookie, by whose `expires` stores forget. */
function sessionOf({ id, version, userId, ref, expiresAt, body }: StoredSession, indexUntil: number): object {
  const data = dataIn(body);
  const { cookie, ...own } = data ?? {};
  const attributes = isObject(cookie) ? cookie : {};
  const kept: Kept = {
    ...{ id, version, userId, ref, expiresAt, indexUntil },
    body: data ? body.slice(0, body.lastIndexOf("\n") + 1) : body,
    isPlain: data !== null,
    expires: attributes.expires ?? null,
  };
  const expires = new Date(expiresAt).toISOString();
  return { cookie: { originalMaxAge: null, ...attributes, expires }, ...own, [key]: kept };
}

/** The row in a stored session; `null` where it is none of this library's. */
function rowIn(session: unknown, id?: SessionId): StoredSession | null {
  const { [key]: kept, cookie, ...own } = isObject(session) ? session : {};
  if (!isKept(kept) || (id !== undefined && kept.id !== id)) return null;
  const attributes = isObject(cookie) ? { cookie: { ...cookie, expires: kept.expires } } : {};
  const body = kept.isPlain ? kept.body + JSON.stringify({ ...attributes, ...own }) : kept.body;
  const row = { ...{ id: kept.id, version: kept.version, userId: kept.userId, ref: kept.ref }, body };
  const found = { ...row, expiresAt: kept.expiresAt };
  indexUntils.set(found, kept.indexUntil);
  return found;
}

function isKept(value: unknown): value is Kept {
  return isObject(value) && typeof value.id === "string" && typeof value.body === "string";
}

/** The application's data in a body; `null` where it is sealed. */
function dataIn(body: string): JsonObject | null {
  try {
    const data: unknown = JSON.parse(body.slice(body.lastIndexOf("\n") + 1));
    return isObject(data) && !Object.hasOwn(data, key) ? (data as JsonObject) : null;
  } catch {
    return null;
  }
}

/** The answer of a store that calls back. "No such file" is an answer too. */
function asked<Value>(ask: (done: StoreCallback<Value>) => unknown): Promise<Value | null> {
  return new Promise((resolve, reject) => {
    const returned = ask((error, value) => {
      if (error && !(isObject(error) && error.code === "ENOENT")) reject(error);
      else resolve(error ? null : (value ?? null));
    });
    // Of those that are async as well, one may fail without calling back.
    Promise.resolve(returned).catch(reject);
  });
}
