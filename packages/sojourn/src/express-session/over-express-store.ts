import { type Instant, systemClock } from "../core/clock.ts";
import { SojournError } from "../core/errors.ts";
import type { SessionId } from "../core/ids.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import type { SessionStore, StoredSession, StorePage, WalkableStore } from "../core/store.ts";
import { inTurns } from "./in-turns.ts";
import type { ExpressSessionStore, StoreCallback } from "./store.ts";

const key = "sojourn";

/**
 * A store that was written for express-session (`get`, `set`, `destroy`), as a store of Sojourn.
 *
 * Its keys are public ids, the cookie's secret is there as a hash only, and the application's data is where it was, so that
 * code which looks through the store goes on to work. A session that ended stays ended, also where another process writes
 * it afterwards: a mark under `<id>.ended` outlives it. What cannot be had without compare-and-set: of two processes that
 * write one session in the same moment one may lose its change (within one process they take turns), and two may both
 * `take` one value. Sessions of a user are found only where the store has `all`, by reading them all. Expired ones are the
 * store's to remove.
 */
export function overExpressStore(store: ExpressSessionStore): SessionStore | WalkableStore {
  const turns = inTurns();
  const get = (sid: string) => asked<object>((done) => store.get(sid, done)).catch(noFile);
  const set = (sid: string, session: object) => asked((done) => store.set(sid, session, done));

  async function find(id: SessionId): Promise<Found | null> {
    const [session, ended] = await Promise.all([get(id), get(endedName(id))]);
    const found = foundIn(session);
    return ended === null && found?.row.id === id ? found : null;
  }

  async function readAll(): Promise<readonly StoredSession[]> {
    const sessions = Object.values((await asked<object>((done) => store.all?.(done))) ?? {});
    const ended = new Set(sessions.flatMap((session) => endedIn(session) ?? []));
    return sessions.flatMap((session) => foundIn(session)?.row ?? []).filter(({ id }) => !ended.has(id));
  }

  const adapted: SessionStore = {
    name: "express-session",
    insert: (row, { indexUntil }) =>
      turns(row.id, async () => {
        if ((await get(row.id)) || (await get(endedName(row.id)))) return false;
        await set(row.id, sessionOf({ row, indexUntil }));
        return true;
      }),
    find: async (id) => (await find(id))?.row ?? null,
    update: (row) =>
      turns(row.id, async () => {
        const found = await find(row.id);
        if (found?.row.version !== row.version - 1) return false;
        const { userId, ref } = found.row;
        await set(row.id, sessionOf({ row: { ...row, userId, ref }, indexUntil: found.indexUntil }));
        return true;
      }),
    remove: (id) =>
      turns(id, async () => {
        const found = await find(id);
        if (found === null) return false;
        // First the mark: whoever writes from now on, in whatever process, writes something that nobody reads.
        await set(endedName(id), { cookie: cookieUntil(found.indexUntil), [key]: { ended: id } });
        await asked((done) => store.destroy(id, done)).catch(noFile);
        return true;
      }),
    async idsOf(index) {
      if (!store.all) {
        const problem = "This store of express-session has no all(): a user's sessions cannot be found in it";
        throw new SojournError("ERR_STORE_UNAVAILABLE", problem);
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

interface Found {
  readonly row: StoredSession;
  readonly indexUntil: Instant;
}

/** What is kept in a session of such a store, beside the application's own data. */
interface Kept extends Omit<StoredSession, "body"> {
  readonly indexUntil: Instant;
  /** The body; without the application's data, its third line, where that is plain. */
  readonly body: string;
  /** What the application's cookie says where stores look when they forget; `null`: the body is whole. */
  readonly time: { readonly expires: Json; readonly originalMaxAge: Json } | null;
}

/** A row as a session of express-session. */
function sessionOf({ row: { body, ...facts }, indexUntil }: Found): object {
  const data = dataIn(body);
  if (data === null) {
    return { cookie: cookieUntil(facts.expiresAt), [key]: { ...facts, indexUntil, body, time: null } satisfies Kept };
  }
  const { expires = null, originalMaxAge = null, ...attributes } = data.cookie;
  const head = body.slice(0, body.lastIndexOf("\n") + 1);
  const kept: Kept = { ...facts, indexUntil, body: head, time: { expires, originalMaxAge } };
  return { ...data, cookie: { ...attributes, ...cookieUntil(facts.expiresAt) }, [key]: kept };
}

/** The row in a stored session; `null` where it is none of this library's. */
function foundIn(session: unknown): Found | null {
  const { [key]: kept, cookie, ...own } = isObject(session) ? session : {};
  if (!isKept(kept)) return null;
  const { time, indexUntil, body, ...facts } = kept;
  const data = { ...own, cookie: { ...(isObject(cookie) ? cookie : {}), ...time } };
  return { row: { ...facts, body: time === null ? body : body + JSON.stringify(data) }, indexUntil };
}

function isKept(value: unknown): value is Kept {
  return isObject(value) && typeof value.id === "string" && typeof value.body === "string";
}

function endedIn(session: unknown): unknown {
  const kept = isObject(session) ? session[key] : null;
  return isObject(kept) ? kept.ended : null;
}

function endedName(id: SessionId): string {
  return `${id}.ended`;
}

/** What such stores forget by: some go by the one, some by the other. */
function cookieUntil(instant: Instant): { readonly expires: string; readonly originalMaxAge: number } {
  return {
    expires: new Date(instant).toISOString(),
    originalMaxAge: Math.max(1, instant - systemClock.now()),
  };
}

/** The application's data in a body, with its cookie; `null` where it is sealed, or none of the drop-in's. */
function dataIn(body: string): { readonly cookie: JsonObject; readonly [name: string]: Json } | null {
  try {
    const data: unknown = JSON.parse(body.slice(body.lastIndexOf("\n") + 1));
    if (!isObject(data) || !isObject(data.cookie) || Object.hasOwn(data, key)) return null;
    return data as { readonly cookie: JsonObject };
  } catch {
    return null;
  }
}

/** Of stores that keep files, "no such file" is an answer too. Of a database's socket it is none. */
function noFile(error: unknown): null {
  if (isObject(error) && error.code === "ENOENT" && error.syscall !== "connect") return null;
  throw error;
}

/** The answer of a store that calls back. */
function asked<Value>(ask: (done: StoreCallback<Value>) => unknown): Promise<Value | null> {
  return new Promise((resolve, reject) => {
    const returned = ask((error, value) => {
      if (error) reject(error);
      else resolve(value ?? null);
    });
    // Of those that are async as well, one may fail without calling back.
    Promise.resolve(returned).catch(reject);
  });
}
