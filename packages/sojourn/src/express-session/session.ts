import type { Cookie } from "./cookie.ts";
import type { SessionData } from "./session-data.ts";

/** Called once it is done, with what went wrong. Written as a method, so that a listener may say how much it takes. */
export type SessionCallback = { called(error?: Error | null): void }["called"];

/** What can be done with the session of a request. */
export interface SessionActions {
  readonly sid: string;
  save(callback: SessionCallback | undefined): void;
  destroy(callback: SessionCallback | undefined): void;
  regenerate(callback: SessionCallback | undefined): void;
  reload(callback: SessionCallback | undefined): void;
  update(change: SessionChange): Promise<void>;
}

/** Changes a session's data, and returns nothing: it is run again where another request was first. */
export type SessionChange = (draft: Partial<SessionData>) => undefined;

let actionsOf: (session: Session) => SessionActions;

/** `req.session`: the application's data as properties, and what express-session has as methods. */
export class Session {
  /** How this session's cookie is set. */
  cookie: Cookie;
  readonly #actions: SessionActions;

  static {
    actionsOf = (session) => session.#actions;
  }

  /** Made by the middleware. Data that is named like a method is left out. */
  constructor(actions: SessionActions, cookie: Cookie, data: object) {
    this.#actions = actions;
    this.cookie = cookie;
    for (const [key, value] of Object.entries(data)) {
      if (!(key in this)) Object.assign(this, { [key]: value });
    }
  }

  /** Names the session; the same as `req.sessionID`. Public: the cookie holds a secret beside it, which the store never sees. */
  get id(): string {
    return this.#actions.sid;
  }

  /**
   * Stores the session now. What other requests have changed meanwhile is kept. Fails with `ERR_SESSION_ENDED` where it was
   * ended meanwhile: it does not come back. Happens by itself when the response ends.
   */
  save(callback?: SessionCallback): this {
    this.#actions.save(callback);
    return this;
  }

  /** Ends the session: on the server for good, and in the browser. `req.session` is gone. */
  destroy(callback?: SessionCallback): this {
    this.#actions.destroy(callback);
    return this;
  }

  /** Ends this session and puts an empty one with another id in its place, in `req.session`. */
  regenerate(callback?: SessionCallback): this {
    this.#actions.regenerate(callback);
    return this;
  }

  /** Reads the session again, and puts it in `req.session`. Changes that were not saved are lost. */
  reload(callback?: SessionCallback): this {
    this.#actions.reload(callback);
    return this;
  }

  /** Begins `cookie.maxAge` anew. Happens by itself when the response ends. */
  touch(): this {
    return this.resetMaxAge();
  }

  /** As `touch`. */
  resetMaxAge(): this {
    this.cookie.maxAge = this.cookie.originalMaxAge;
    return this;
  }
}

/** `req.session`, as it is typed. */
export type RequestSession = Session & Partial<SessionData>;

/**
 * What express-session does not have: applies `change` to the latest data and stores it, running it again where another
 * request was first. For what two values cannot be merged into, like a counter. `session` holds what came of it.
 *
 * `await updateSession(req.session, (draft) => { draft.views = (draft.views ?? 0) + 1; })`. Rejects as `save` fails.
 */
export function updateSession(session: Session, change: SessionChange): Promise<void> {
  return actionsOf(session).update(change);
}
