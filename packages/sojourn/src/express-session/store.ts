import { EventEmitter } from "node:events";
import type { SessionData } from "./session-data.ts";

/** What existing store classes call when they have answered. Written as a method: they say how much they take. */
export type StoreCallback<Value> = {
  called(error?: unknown, value?: Value | null): void;
}["called"];

/** A session as a store of express-session keeps it. */
export type StoredSessionData = Partial<SessionData> & object;

/** What this library asks of a store that was written for express-session, whatever types it was written with. */
export interface ExpressSessionStore {
  get(sid: string, callback: StoreCallback<object>): unknown;
  set(sid: string, session: object, callback?: StoreCallback<unknown>): unknown;
  destroy(sid: string, callback?: StoreCallback<unknown>): unknown;
  all?(callback: StoreCallback<object>): unknown;
}

/** What a store written for express-session is derived from, and what `req.sessionStore` is. */
export interface Store extends EventEmitter {
  get(sid: string, callback: StoreCallback<StoredSessionData>): unknown;
  set(sid: string, session: StoredSessionData, callback?: StoreCallback<unknown>): unknown;
  destroy(sid: string, callback?: StoreCallback<unknown>): unknown;
  touch?(sid: string, session: StoredSessionData, callback?: StoreCallback<unknown>): unknown;
  /** By the ids of the sessions, or as a list. */
  all?(callback: StoreCallback<readonly StoredSessionData[] | { readonly [sid: string]: StoredSessionData }>): unknown;
  length?(callback: StoreCallback<number>): unknown;
  clear?(callback?: StoreCallback<unknown>): unknown;
}

/** A function and no class: many stores are derived from it as one did before there were classes. */
function StoreFunction(this: EventEmitter): void {
  EventEmitter.call(this);
}
Object.setPrototypeOf(StoreFunction.prototype, EventEmitter.prototype);

export const Store = StoreFunction as unknown as abstract new (options?: unknown) => EventEmitter;

/** Sessions in this process's memory, as `new session.MemoryStore()` has them. Without a store, Sojourn's own is used. */
export class MemoryStore extends Store implements Store {
  readonly #sessions = new Map<string, string>();

  get(sid: string, callback: StoreCallback<StoredSessionData>): void {
    const text = this.#sessions.get(sid);
    setImmediate(callback, null, text === undefined ? null : JSON.parse(text));
  }

  set(sid: string, session: StoredSessionData, callback?: StoreCallback<unknown>): void {
    this.#sessions.set(sid, JSON.stringify(session));
    if (callback) setImmediate(callback);
  }

  destroy(sid: string, callback?: StoreCallback<unknown>): void {
    this.#sessions.delete(sid);
    if (callback) setImmediate(callback);
  }

  all(callback: StoreCallback<{ readonly [sid: string]: StoredSessionData }>): void {
    const sessions = [...this.#sessions].map(([sid, text]) => [sid, JSON.parse(text)] as const);
    setImmediate(callback, null, Object.fromEntries(sessions));
  }

  length(callback: StoreCallback<number>): void {
    setImmediate(callback, null, this.#sessions.size);
  }

  clear(callback?: StoreCallback<unknown>): void {
    this.#sessions.clear();
    if (callback) setImmediate(callback);
  }
}
