import { commit } from "../core/commit.ts";
import { SojournError } from "../core/errors.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import { judge } from "../core/judge.ts";
import { removeSession } from "../core/remove.ts";
import type { Loaded } from "../core/storage.ts";
import type { Engine } from "../core/visit.ts";
import { rowIdOf } from "./signed-cookie.ts";
import { Store, type StoreCallback, type StoredSessionData } from "./store.ts";

/** Sessions as an application asks for them outside of their requests: what `req.sessionStore` is, whatever the store. */
export class SessionStoreOfEngine extends Store implements Store {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    super();
    this.#engine = engine;
  }

  /** The session of that id, which is `req.sessionID`; `null` where there is none, or none that is not over. */
  get(sid: string, callback: StoreCallback<StoredSessionData>): void {
    answer(async () => this.#dataOf(await this.#find(sid)), callback);
  }

  /** As `get`. */
  load(sid: string, callback: StoreCallback<StoredSessionData>): void {
    this.get(sid, callback);
  }

  /** Replaces what a session holds. There is no session that it could bring back: `ERR_SESSION_ENDED` where it is over. */
  set(sid: string, session: StoredSessionData, callback?: StoreCallback<unknown>): void {
    answer(async () => {
      const loaded = await this.#find(sid);
      if (loaded === null) throw new SojournError("ERR_SESSION_ENDED", "There is no such session, or it has ended");
      const data = JSON.parse(JSON.stringify(session)) as JsonObject;
      const checked = this.#engine.data.checked(data, loaded.record);
      await commit(loaded, (record) => ({ record: { ...record, ...checked }, result: null }), this.#engine);
      return null;
    }, callback);
  }

  /** Does nothing: activity is noted when a request opens its session. */
  touch(_sid: string, _session: StoredSessionData, callback?: StoreCallback<unknown>): void {
    answer(async () => null, callback);
  }

  /** Ends a session, for good. */
  destroy(sid: string, callback?: StoreCallback<unknown>): void {
    answer(async () => {
      await removeSession(rowIdOf(sid), this.#engine.storage);
      return null;
    }, callback);
  }

  /** All sessions that are not over, by the ids of their rows. Fails where the store cannot be walked through. */
  all(callback: StoreCallback<{ readonly [sid: string]: StoredSessionData }>): void {
    answer(async () => {
      const all = (await this.#walk()).map((loaded) => [loaded.row.id, this.#dataOf(loaded)] as const);
      return Object.fromEntries(all.flatMap(([id, data]) => (data ? [[id, data] as const] : [])));
    }, callback);
  }

  length(callback: StoreCallback<number>): void {
    answer(async () => (await this.#walk()).filter((loaded) => this.#dataOf(loaded) !== null).length, callback);
  }

  clear(callback?: StoreCallback<unknown>): void {
    answer(async () => {
      for (const { row } of await this.#walk()) await removeSession(row.id, this.#engine.storage);
      return null;
    }, callback);
  }

  async #find(sid: string): Promise<Loaded | null> {
    const found = await this.#engine.storage.find(rowIdOf(sid), { fresh: true });
    return found === "corrupt" ? null : found;
  }

  async #walk(): Promise<readonly Loaded[]> {
    const { walk, name } = this.#engine.storage;
    if (walk === null) throw new Error(`The ${name} store cannot tell all its sessions`);
    const all: Loaded[] = [];
    let from: string | null = null;
    do {
      const { sessions, next }: Awaited<ReturnType<typeof walk>> = await walk(from, 1_000, () => true);
      all.push(...sessions.filter((each) => each !== "corrupt"));
      from = next;
    } while (from !== null);
    return all;
  }

  #dataOf(loaded: Loaded | null): StoredSessionData | null {
    const { clock, rules } = this.#engine;
    if (loaded === null || judge(loaded.record, clock.now(), rules) !== "alive" || loaded.record.sealed) return null;
    const data = structuredClone(loaded.record.data.value);
    const expires = isObject(data.cookie) ? data.cookie.expires : null;
    const hasRunOut = typeof expires === "string" && Date.parse(expires) <= clock.now();
    return hasRunOut ? null : (data as unknown as StoredSessionData);
  }
}

function answer<Value>(ask: () => Promise<Value>, callback: StoreCallback<Value> | undefined): void {
  const told = callback ?? (() => {});
  ask().then(
    (value) => setImmediate(told, null, value),
    (error) => setImmediate(told, error),
  );
}
