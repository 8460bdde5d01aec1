import type { RequestHandler } from "express";
import { Cookie } from "./cookie.ts";
import { middleware } from "./middleware.ts";
import type { SessionOptions } from "./options.ts";
import { type RequestSession, Session } from "./session.ts";
import { MemoryStore, Store } from "./store.ts";

/**
 * The sessions of an application that was written for express-session: the same options and the same `req.session`, on
 * Sojourn's engine. What differs, and why: `docs/moving-from-express-session.md`.
 *
 * Mount it before whatever asks for `req.session`. Errors go to `next`, with their `status`. Throws `OptionsError`.
 */
// That `options` may be left out is for the types of stores, which ask for a function like express-session's: it throws then.
export const session: ((options?: SessionOptions) => RequestHandler) & {
  readonly Cookie: typeof Cookie;
  readonly MemoryStore: typeof MemoryStore;
  readonly Session: typeof Session;
  readonly Store: typeof Store;
} = Object.assign((options?: SessionOptions) => middleware(options), { Cookie, MemoryStore, Session, Store });

/** For those who write `session.SessionOptions`, as with express-session's types. */
export declare namespace session {
  export type Cookie = import("./cookie.ts").Cookie;
  export type CookieOptions = import("./cookie.ts").CookieOptions;
  export type MemoryStore = import("./store.ts").MemoryStore;
  export type Session = import("./session.ts").Session;
  export type SessionData = import("./session-data.ts").SessionData;
  export type SessionOptions = import("./options.ts").SessionOptions;
  export type Store = import("./store.ts").Store;
}

declare global {
  namespace Express {
    interface Request {
      /** This request's session. It is there once the middleware ran, and until the application destroys it. */
      session: RequestSession;
      /** Names the session: public, not what the cookie holds. */
      sessionID: string;
      /** All sessions, as express-session's stores show them. */
      sessionStore: Store;
    }
  }
}

export type { CookieOptions, StoredCookie } from "./cookie.ts";
export type { SessionOptions, SessionPolicy } from "./options.ts";
export { overExpressStore } from "./over-express-store.ts";
export { type RequestSession, type SessionCallback, type SessionChange, updateSession } from "./session.ts";
export * from "./session-data.ts";
export type { CookieSecret } from "./signed-cookie.ts";
export type { ExpressSessionStore, StoreCallback, StoredSessionData } from "./store.ts";
export type { DifferenceCode, SessionWarning } from "./warnings.ts";
// What `require` answers, for applications that are no modules.
export { Cookie, MemoryStore, Session, Store, session as default, session as "module.exports" };
