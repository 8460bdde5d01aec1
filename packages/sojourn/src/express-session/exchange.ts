import type { Request } from "express";
import { nodeFacts } from "../adapters/shared/node-facts.ts";
import { SojournError } from "../core/errors.ts";
import { anonymous } from "../core/handle.ts";
import type { SessionToken } from "../core/ids.ts";
import { openSession } from "../core/open.ts";
import { randomText } from "../core/random.ts";
import type { RequestFacts } from "../core/request.ts";
import { createTokenOf } from "../core/token.ts";
import type { Visit } from "../core/visit.ts";
import type { CookieOptions } from "./cookie.ts";
import type { CookieSink } from "./cookie-sink.ts";
import { type Handle, LiveSession, type Stored } from "./live-session.ts";
import { NextToken } from "./next-token.ts";
import type { RequestSession } from "./session.ts";
import { isSecureConnection, type SessionSettings } from "./settings.ts";
import { type Carried, rowIdOf } from "./signed-cookie.ts";
import { Work } from "./work.ts";

/** Where the application finds its session: it may take it away. */
export interface SessionRequest {
  session?: RequestSession | null;
  sessionID?: string;
}

/** One request and its response: opens the session, and stores it before the response ends. */
export class Exchange {
  readonly settings: SessionSettings;
  readonly cookieOptions: CookieOptions;
  readonly sink: CookieSink;
  readonly visit: Visit<Stored>;
  readonly isSecure: boolean;
  readonly #request: Omit<Request, keyof SessionRequest> & SessionRequest;
  readonly #facts: RequestFacts;
  readonly work = new Work();
  readonly #next = new NextToken(() => this.#drawn());
  #live: LiveSession | null = null;
  /** The token by which the session was opened. */
  #shown: SessionToken | null = null;
  #isConcluded = false;

  constructor(settings: SessionSettings, request: Request, sink: CookieSink) {
    this.settings = settings;
    this.#request = request;
    this.cookieOptions = settings.cookieOptions(request);
    this.isSecure = isSecureConnection(request, settings.proxy);
    this.sink = sink;
    this.#facts = nodeFacts(request, { secure: this.isSecure, url: request.originalUrl });
    this.visit = { engine: settings.engine, request: this.#facts, sink, draw: () => this.#next.use(), replaced() {} };
  }

  now(): number {
    return this.settings.engine.clock.now();
  }

  /** Puts the session into the request: the stored one, or one that is not stored yet. */
  async open(): Promise<void> {
    const carried = this.settings.cookie.read(this.#facts.header("cookie"));
    const opened = await openSession<Stored>(this.visit, {});
    if (opened.kind === "locked" || opened.id === null || carried === "malformed") {
      this.#begin(opened.kind === "locked" ? this.#nobody() : opened, { isWanted: this.settings.saveUninitialized });
      return;
    }
    const sid = carried[0]?.sid ?? opened.id;
    const live = new LiveSession(this, opened, { sid, isWanted: false });
    this.#shown = carried[0]?.token ?? null;
    this.#put(live);
    if (live.hasRunOut) {
      await live.end();
      this.#begin(this.#nobody(), { isWanted: this.settings.saveUninitialized });
    }
  }

  async store(live: LiveSession): Promise<void> {
    if (!live.isStored && live.session.cookie.secure && !this.isSecure) {
      this.settings.warn("EXPRESS_SESSION_COOKIE_NOT_SENT");
      return;
    }
    const { originalMaxAge } = live.session.cookie;
    const { authenticated } = this.settings.engine.rules;
    if (originalMaxAge !== null && originalMaxAge > authenticated.idle) this.settings.warn("EXPRESS_SESSION_MAX_AGE");
    await live.store();
  }

  /** Told when a session was written: it may have become another one. */
  stored(live: LiveSession): void {
    const carried = this.#next.settled();
    if (carried === null) return;
    live.sid = carried.sid;
    if (live === this.#live) this.#request.sessionID = live.sid;
  }

  /** Takes it out of the request at once. */
  takeAway(live: LiveSession): void {
    if (this.#request.session === live.session) delete this.#request.session;
  }

  destroy(live: LiveSession): Promise<void> {
    return live.end();
  }

  async regenerate(live: LiveSession): Promise<void> {
    if (live.isStored) await live.end();
    live.isOver = true;
    this.#begin(this.#nobody(), { isWanted: true });
  }

  async reload(live: LiveSession): Promise<void> {
    const token = this.sink.issued ?? this.#shown;
    if (!live.isStored || live.isOver || token === null) throw new Error("failed to load session");
    const cookie = encodeURIComponent(this.settings.cookie.value({ token, sid: live.sid }));
    const header = (name: string) =>
      name === "cookie" ? `${this.settings.cookie.name}=${cookie}` : this.#facts.header(name);
    const request = { method: this.#facts.method, url: this.#facts.url, secure: this.#facts.secure, header };
    const opened = await openSession<Stored>({ ...this.visit, request }, { activity: false });
    if (opened.kind === "locked" || opened.id === null) throw new Error("failed to load session");
    live.isOver = true;
    this.#put(new LiveSession(this, opened, { sid: live.sid, isWanted: false }));
  }

  /** Stores what is unsaved, when the response is about to end. `null`: there is nothing to wait for. */
  conclude(): Promise<void> | null {
    if (this.#isConcluded) return null;
    this.#isConcluded = true;
    try {
      if (!this.work.isLeft && !this.#isUnsaved()) return null;
    } catch {
      // What cannot be compared cannot be stored: that is where it fails, and not where the application ends its response.
    }
    return this.work.inTurn(() => this.#conclude());
  }

  /** What the headers say of the cookie, at the moment they are sent. */
  atHeaders(): void {
    const { cookie } = this.settings;
    const live = this.#current();
    const carried = live && this.#isSendable(live) ? this.#carriedBy(live) : null;
    if (!live || !carried) return void this.sink.put(null, { cookie, options: this.cookieOptions });
    live.session.touch();
    this.sink.put(carried, { cookie, options: live.session.cookie });
  }

  /** What the browser is to be told: a session's token that is new to it, or the one it has, where its time begins anew. */
  #carriedBy(live: LiveSession): Carried | null {
    // Before the session is stored: its token must be known now.
    if (!this.#isConcluded && this.#isStarting(live)) {
      this.sink.isPromised = true;
      return this.#next.current;
    }
    const isAgain = this.settings.rolling || (!!live.session.cookie.expires && live.isModified);
    const token = this.sink.issued ?? (live.isStored && isAgain ? this.#shown : null);
    return token && { token, sid: live.sid };
  }

  async #conclude(): Promise<void> {
    const live = this.#live;
    const { session } = this.#request;
    if (live && !session && this.settings.unset === "destroy") await this.destroy(live);
    this.work.assertDone();
    if (!live || session !== live.session) return;
    live.session.touch();
    if (live.isUnsaved) {
      await this.store(live).catch((error: unknown) => {
        if (!isLate(error)) throw error;
        this.settings.warn("EXPRESS_SESSION_DROPPED");
      });
      // Mere activity: failing to note it costs nobody their page.
    } else if (live.isTouched) await live.store().catch(() => {});
  }

  #isUnsaved(): boolean {
    const live = this.#live;
    const { session } = this.#request;
    if (!live || live.isOver) return false;
    if (!session) return this.settings.unset === "destroy" && live.isStored;
    if (session !== live.session) return false;
    session.touch();
    return live.isUnsaved || live.isTouched;
  }

  /** The session the application goes on with; `null` where it has taken it away. */
  #current(): LiveSession | null {
    return this.#live && this.#request.session === this.#live.session && !this.#live.isOver ? this.#live : null;
  }

  /** Whether it needs a token that no cookie carries yet. */
  #isStarting(live: LiveSession): boolean {
    return live.isUnsaved && (!live.isStored || live.isChangingUser);
  }

  #isSendable(live: LiveSession): boolean {
    return !live.session.cookie.secure || this.isSecure;
  }

  #begin(handle: Handle, { isWanted }: { readonly isWanted: boolean }): void {
    this.#put(new LiveSession(this, handle, { sid: this.#next.anew().sid, isWanted }));
  }

  #put(live: LiveSession): void {
    this.#live = live;
    this.#request.session = live.session;
    this.#request.sessionID = live.sid;
  }

  #nobody(): Handle {
    return anonymous<Stored>(null, this.visit);
  }

  #drawn(): Carried {
    const { engine, genid } = this.settings;
    const sid: unknown = genid ? genid(this.#request as Request) : randomText(engine.random, 16);
    if (typeof sid !== "string" || sid === "") throw new TypeError("genid(request) must return a string");
    return { sid, token: createTokenOf(rowIdOf(sid), engine.random) };
  }
}

/** The session ended, or became another one, while this request was at work: there is nothing to store. */
function isLate(error: unknown): boolean {
  const codes = ["ERR_SESSION_ENDED", "ERR_SESSION_SUPERSEDED", "ERR_SESSION_LOCKED", "ERR_SESSION_AMBIGUOUS"];
  return error instanceof SojournError && codes.includes(error.code);
}
