import type { SessionStore } from "../core/store.ts";

/** Runs one call of a store and looks at how it went. */
export type ObserveCall = <Answer>(operation: string, call: () => Promise<Answer>) => Promise<Answer>;

const verbs: readonly PropertyKey[] = [
  ...["insert", "find", "update", "remove", "confirm", "idsOf", "removeExpired", "scan", "walk", "versionsOf"],
];

/** `store`, each of whose calls `observe` sees; whatever else it can do, it still can. */
export function observedStore<Store extends SessionStore>(store: Store, observe: ObserveCall): Store {
  const observed = {};
  for (const key of keysOf(store)) {
    const value: unknown = Reflect.get(store, key);
    if (typeof value !== "function") {
      Object.defineProperty(observed, key, { get: () => Reflect.get(store, key), enumerable: true });
      continue;
    }
    const call = (...given: readonly unknown[]) => Reflect.apply(value, store, given);
    const seen = (...given: readonly unknown[]) => observe(String(key), () => call(...given));
    Object.defineProperty(observed, key, { value: verbs.includes(key) ? seen : call, enumerable: true });
  }
  return Object.freeze(observed) as Store;
}

/** Also those of its class. */
function keysOf(store: object): ReadonlySet<PropertyKey> {
  const keys = new Set<PropertyKey>();
  for (let part: object | null = store; part && part !== Object.prototype; part = Object.getPrototypeOf(part)) {
    for (const key of Reflect.ownKeys(part)) if (key !== "constructor") keys.add(key);
  }
  return keys;
}
