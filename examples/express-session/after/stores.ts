import { RedisStore } from "connect-redis";
import { Store } from "express-session";
import { createClient } from "redis";
import session from "sojourn/express-session";

/** A store as an application wrote one itself. */
class OwnStore extends Store {
  readonly #sessions = new Map<string, string>();

  override get(sid: string, callback: Parameters<Store["get"]>[1]): void {
    const text = this.#sessions.get(sid);
    callback(null, text === undefined ? null : JSON.parse(text));
  }
  override set(sid: string, data: Parameters<Store["set"]>[1], callback?: (error?: unknown) => void): void {
    this.#sessions.set(sid, JSON.stringify(data));
    callback?.();
  }
  override destroy(sid: string, callback?: (error?: unknown) => void): void {
    this.#sessions.delete(sid);
    callback?.();
  }
}

/** Compiled, never run: stores typed by express-session's own types, where those are still installed. */
export const handlers = [
  session({ secret: "keyboard cat", store: new RedisStore({ client: createClient() }) }),
  session({ secret: "keyboard cat", store: new OwnStore() }),
];
