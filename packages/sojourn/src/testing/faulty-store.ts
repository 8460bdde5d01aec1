import { SojournError } from "../core/errors.ts";
import type { SessionStore } from "../core/store.ts";
import { walking } from "../core/walk.ts";

/** The verbs that every store has. */
export type StoreVerb = Exclude<keyof SessionStore, "name" | "mayBeStale" | "confirm">;

/** A store that delays, fails and loses answers on cue. Each cue is for one call; several for one verb are taken in turn. */
export interface FaultyStore extends SessionStore {
  /** How often each verb was called, cued or not. */
  readonly calls: Readonly<Record<StoreVerb, number>>;
  /** The next call is not performed and rejects with `error`. Default: `ERR_STORE_UNAVAILABLE`. */
  failNext(verb: StoreVerb, error?: unknown): void;
  /** The next call never reaches the store: not performed, and nobody learns of it. */
  loseRequest(verb: StoreVerb, options?: LossOptions): void;
  /** The next call is performed, and nobody learns of it. */
  loseAnswer(verb: StoreVerb, options?: LossOptions): void;
  /** The next call waits: on its way to the store (default), or on its way back. */
  hold(verb: StoreVerb, options?: { readonly on: "request" | "answer" }): HeldCall;
}

/** What the caller sees of a loss: a promise that never settles (default), or an error like that of a broken connection. */
export interface LossOptions {
  readonly as: "silence" | "error";
}

/** A call that waits. */
export interface HeldCall {
  /** Settles when the call has come to where it waits. */
  readonly reached: Promise<void>;
  /** Lets it go on; also ahead of time. */
  release(): void;
}

type Perform = () => Promise<unknown>;
type Cue = (perform: Perform) => Promise<unknown>;

/** Wraps a real store; without cues it behaves exactly like it. */
export function faultyStore(inner: SessionStore): FaultyStore {
  const calls = perVerb(() => 0);
  const cues = perVerb<Cue[]>(() => []);

  function call<Answer>(verb: StoreVerb, perform: () => Promise<Answer>): Promise<Answer> {
    calls[verb]++;
    const cue = cues[verb].shift();
    return cue ? (cue(perform) as Promise<Answer>) : perform();
  }

  return {
    name: inner.name,
    mayBeStale: inner.mayBeStale ?? false,
    calls,

    insert: (row, options) => call("insert", () => inner.insert(row, options)),
    find: (id, options) => call("find", async () => inner.find(id, options)),
    update: (row, options) => call("update", () => inner.update(row, options)),
    remove: (id) => call("remove", () => inner.remove(id)),
    idsOf: (key) => call("idsOf", () => inner.idsOf(key)),
    removeExpired: (before, limit) => call("removeExpired", () => inner.removeExpired(before, limit)),
    ...walking(inner),

    failNext(verb, error = new SojournError("ERR_STORE_UNAVAILABLE", "The store was told to fail.")) {
      cues[verb].push(() => Promise.reject(error));
    },
    loseRequest(verb, options) {
      cues[verb].push(() => lost(options));
    },
    loseAnswer(verb, options) {
      cues[verb].push((perform) => perform().then(() => lost(options)));
    },
    hold(verb, { on } = { on: "request" }) {
      const reached = settledLater();
      const released = settledLater();
      const wait = () => {
        reached.resolve();
        return released.promise;
      };
      cues[verb].push(
        on === "request"
          ? (perform) => wait().then(perform)
          : (perform) => perform().then((answer) => wait().then(() => answer)),
      );
      return { reached: reached.promise, release: () => released.resolve() };
    },
  };
}

function lost(options: LossOptions = { as: "silence" }): Promise<never> {
  return options.as === "silence"
    ? new Promise(() => {})
    : Promise.reject(new SojournError("ERR_STORE_UNAVAILABLE", "The connection broke before the answer came."));
}

function perVerb<Value>(start: () => Value): Record<StoreVerb, Value> {
  return {
    insert: start(),
    find: start(),
    update: start(),
    remove: start(),
    idsOf: start(),
    removeExpired: start(),
  };
}

function settledLater() {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
