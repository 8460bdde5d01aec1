import { SojournError } from "../core/errors.ts";
import { anonymous } from "../core/handle.ts";
import type { JsonObject } from "../core/json.ts";
import type { AnonymousSession, AuthenticatedSession } from "../core/session.ts";
import { Cookie, type StoredCookie } from "./cookie.ts";
import type { Exchange } from "./exchange.ts";
import { isSame, merged } from "./merge.ts";
import {
  type RequestSession,
  Session,
  type SessionActions,
  type SessionCallback,
  type SessionChange,
} from "./session.ts";
import type { SessionData } from "./session-data.ts";

/** What a row of such a session holds: the application's data, and its cookie under the name `cookie`. */
export type Stored = Record<string, unknown>;

/** A session of the engine that has data: no locked one. */
export type Handle = AnonymousSession<Stored> | AuthenticatedSession<Stored>;

/** What a request made of a session: from `base` to `mine`. */
interface Change {
  readonly base: JsonObject | null;
  readonly mine: JsonObject;
}

/** One session of one request: what the store said of it, and what the application makes of it. */
export class LiveSession implements SessionActions {
  readonly session: RequestSession;
  /** How the application knows it: the id of its row, or what `genid` said. */
  sid: string;
  /** The application has ended it, or begun another one in its place. */
  isOver = false;
  #handle: Handle;
  readonly #exchange: Exchange;
  /** What it held when it was loaded, and when the application's object was last stored. */
  readonly #loaded: JsonObject;
  #base: JsonObject;
  #storedCookie: StoredCookie;
  /** Who its data said was logged in, when it was loaded or stored. */
  #userThen: string | null;
  /** Stored also where nobody has put anything into it. */
  readonly #isWanted: boolean;

  constructor(exchange: Exchange, handle: Handle, options: { readonly sid: string; readonly isWanted: boolean }) {
    const { cookie: stored, ...data } = handle.data;
    const cookie = stored as StoredCookie | undefined;
    this.sid = options.sid;
    this.#exchange = exchange;
    this.#handle = handle;
    this.#isWanted = options.isWanted;
    this.#storedCookie = cookie ?? {};
    const { clock } = exchange.settings.engine;
    const own = cookie ? Cookie.stored(cookie, clock) : new Cookie(exchange.cookieOptions, clock);
    this.session = new Session(this, own, structuredClone(data));
    this.#base = dataOf(this.session);
    this.#loaded = this.#base;
    this.#userThen = this.#user();
  }

  get isStored(): boolean {
    return this.#handle.id !== null;
  }

  /** Since it was loaded. */
  get isModified(): boolean {
    return !isSame(this.#loaded, dataOf(this.session));
  }

  /** Whether there is something to store that is not mere activity. */
  get isUnsaved(): boolean {
    if (this.isOver) return false;
    if (!this.isStored) return this.#isWanted || this.isModified;
    const { expires: _now, ...cookie } = asJson(this.session.cookie);
    const { expires: _then, ...stored } = asJson(this.#storedCookie);
    return !isSame(this.#base, dataOf(this.session)) || !isSame(cookie, stored);
  }

  /** Whether its own `maxAge`, which was begun anew, is worth a write: at most one in a fifteenth of it. */
  get isTouched(): boolean {
    const { expires, originalMaxAge } = this.session.cookie;
    const { expires: stored } = this.#storedCookie;
    if (this.isOver || !this.isStored || !originalMaxAge || !expires || !stored) return false;
    return expires.valueOf() - new Date(stored).valueOf() >= originalMaxAge / 15;
  }

  /** Whether it is over by its own `maxAge`, which may be shorter than the policy has it. */
  get hasRunOut(): boolean {
    const { expires, originalMaxAge } = this.session.cookie;
    return this.isStored && originalMaxAge !== null && !!expires && expires.valueOf() <= this.#exchange.now();
  }

  /** Whether this request has logged somebody in or out: then it is about to become another session. */
  get isChangingUser(): boolean {
    return this.#user() !== this.#userThen;
  }

  /** Writes it. What others wrote meanwhile is kept; what has ended stays so. */
  async store(): Promise<void> {
    if (this.isOver) throw new SojournError("ERR_SESSION_ENDED", "This session was ended by this very request");
    const mine = dataOf(this.session);
    const cookie = asJson(this.session.cookie) as unknown as StoredCookie;
    const user = this.#user();
    const change = { base: this.isStored ? this.#base : null, mine };
    if (user === this.#userThen) await this.#write(change, cookie);
    else if (user === null) await this.#writeLogout(change, cookie);
    else await this.#writeLogin(user, change, cookie);
    this.#base = mine;
    this.#storedCookie = cookie;
    this.#userThen = user;
    this.#exchange.stored(this);
  }

  /** Ends it where it is stored. */
  async end(): Promise<void> {
    if (this.isOver) return;
    await this.#handle.end();
    this.isOver = true;
  }

  save(callback: SessionCallback | undefined): void {
    this.#exchange.work.settle(() => this.#exchange.store(this), callback);
  }

  destroy(callback: SessionCallback | undefined): void {
    this.#exchange.takeAway(this);
    this.#exchange.work.settle(() => this.#exchange.destroy(this), callback);
  }

  regenerate(callback: SessionCallback | undefined): void {
    this.#exchange.work.settle(() => this.#exchange.regenerate(this), callback);
  }

  reload(callback: SessionCallback | undefined): void {
    this.#exchange.work.settle(() => this.#exchange.reload(this), callback);
  }

  update(change: SessionChange): Promise<void> {
    return this.#exchange.work.inTurn(async () => {
      if (this.isUnsaved || !this.isStored) await this.#exchange.store(this);
      if (await this.#updateLatest(change)) return this.#takeOver();
      change(this.session);
      await this.#exchange.store(this);
    });
  }

  /** `false`: nothing is stored, since it logs somebody in or out, and that is another session. */
  async #updateLatest(change: SessionChange): Promise<boolean> {
    let isSameUser = true;
    try {
      await this.#handle.update((draft) => {
        const returned = change(draft as Partial<SessionData>);
        const { cookie: _cookie, ...data } = draft;
        isSameUser = this.#exchange.settings.userIdOf(asJson(data)) === this.#userThen;
        if (!isSameUser) throw new TypeError("Another user's session");
        return returned;
      });
    } catch (error) {
      if (isSameUser) throw error;
    }
    return isSameUser;
  }

  /** Puts what is stored into the application's object. */
  #takeOver(): void {
    const { cookie: _cookie, ...latest } = this.#handle.data;
    for (const name of Object.keys(this.#base)) Reflect.deleteProperty(this.session, name);
    Object.assign(this.session, structuredClone(latest));
    this.#base = dataOf(this.session);
  }

  /** `base: null`: all that is mine, and nothing else. */
  async #write({ base, mine }: Change, cookie: StoredCookie): Promise<void> {
    await this.#handle.update((draft) => {
      const { cookie: _cookie, ...theirs } = draft;
      for (const key of Object.keys(draft)) delete draft[key];
      Object.assign(draft, base ? merged(base, mine, theirs as JsonObject) : mine, { cookie });
    });
  }

  /** A new session for who has logged in, with or without `regenerate`; a visitor's data travels as the engine carries it. */
  async #writeLogin(user: string, { base, mine }: Change, cookie: StoredCookie): Promise<void> {
    if (base) this.#exchange.settings.warn("EXPRESS_SESSION_NEW_ID");
    const isVisitors = base !== null && this.#handle.userId === null;
    const keep = isVisitors ? [...new Set([...Object.keys(base), ...Object.keys(mine)])] : "none";
    this.#handle = await this.#handle.authenticate({ id: user, keep });
    await this.#write({ base: isVisitors ? base : null, mine }, cookie);
  }

  /** A new session for nobody, so that copies of the cookie are worth nothing after a logout by hand. */
  async #writeLogout(change: Change, cookie: StoredCookie): Promise<void> {
    try {
      await this.#write(change, cookie);
    } catch (error) {
      // Logged out already, by a second click or from elsewhere: this one is done, and begins nothing.
      if (error instanceof SojournError && error.code === "ERR_SESSION_ENDED") return;
      throw error;
    }
    if (!this.#exchange.sink.writable) return;
    const { cookie: _cookie, ...mine } = this.#handle.data;
    await this.#handle.end();
    this.#handle = anonymous(null, this.#exchange.visit);
    await this.#write({ base: null, mine: mine as JsonObject }, cookie);
  }

  #user(): string | null {
    return this.#exchange.settings.userIdOf(dataOf(this.session));
  }
}

/** The application's data, as JSON says it: what a store of express-session would keep of it. */
function dataOf(session: RequestSession): JsonObject {
  const { cookie: _cookie, ...data } = session;
  return asJson(data);
}

function asJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value));
}
