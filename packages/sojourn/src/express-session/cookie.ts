import { type Clock, systemClock } from "../core/clock.ts";

/** How the session's cookie is set: the names and meanings of express-session. */
export interface CookieOptions {
  /** Milliseconds. The session ends on the server too, so long after the last activity. Default: none. */
  maxAge?: number | null | undefined;
  /** Of `maxAge` and `expires` the later one counts. `false`: gone with the browser. */
  expires?: Date | false | null | undefined;
  /** Always on: `false` is answered with a warning. */
  httpOnly?: boolean | undefined;
  /** Default `"/"`. Requests outside of it have no session. */
  path?: string | undefined;
  domain?: string | undefined;
  /** `"auto"`, the default: as the connection is. `true`: no cookie, and so no session, over plain HTTP. */
  secure?: boolean | "auto" | undefined;
  /** `true` is `"strict"`, `"auto"` is `"none"` over TLS and else `"lax"`, `false` says nothing. Default `"lax"`. */
  sameSite?: boolean | "lax" | "strict" | "none" | "auto" | undefined;
  partitioned?: boolean | undefined;
  priority?: "low" | "medium" | "high" | undefined;
}

/** A cookie as a session is stored with it. */
export interface StoredCookie extends Omit<CookieOptions, "expires" | "maxAge"> {
  readonly originalMaxAge?: number | null;
  readonly expires?: string | Date | false | null;
}

/** The names that a cookie's options and a stored cookie have. */
export const attributes: readonly string[] = [
  ...["path", "httpOnly", "domain", "secure", "sameSite", "partitioned", "priority"],
  ...["maxAge", "expires", "originalMaxAge"],
];

/** `req.session.cookie`: how this one session's cookie is set. */
export class Cookie implements CookieOptions {
  path: string | undefined = "/";
  httpOnly: boolean | undefined = true;
  domain: string | undefined;
  secure: boolean | "auto" | undefined;
  sameSite: boolean | "lax" | "strict" | "none" | "auto" | undefined;
  partitioned: boolean | undefined;
  priority: "low" | "medium" | "high" | undefined;
  /** The `maxAge` that was set last: what `touch` begins anew. `null`: the cookie is gone with the browser. */
  originalMaxAge: number | null = null;
  readonly #clock: Clock;
  #expires: Date | false | null = null;

  constructor(options: CookieOptions = {}, clock: Clock = systemClock) {
    if (typeof options !== "object") throw new TypeError("argument options must be a object");
    this.#clock = clock;
    // One after the other, as they were written: of maxAge and expires the later one counts.
    for (const [name, value] of Object.entries(options)) {
      if (attributes.includes(name)) Object.assign(this, { [name]: value });
    }
  }

  /** The cookie of a stored session; `expires` is a date again, and `originalMaxAge` what it was. */
  static stored({ expires, originalMaxAge = null, ...attributes }: StoredCookie, clock: Clock): Cookie {
    const cookie = new Cookie(attributes, clock);
    cookie.expires = typeof expires === "string" ? new Date(expires) : (expires ?? null);
    cookie.originalMaxAge = originalMaxAge;
    return cookie;
  }

  /** When the browser forgets it. Setting it sets `originalMaxAge`; `false` or `null`: when it is closed. */
  get expires(): Date | null | undefined {
    return this.#expires === false ? null : this.#expires;
  }

  set expires(date: Date | false | null | undefined) {
    this.#expires = date ?? null;
    this.originalMaxAge = this.maxAge ?? null;
  }

  /** How much longer the browser keeps it, in milliseconds. Setting it sets `expires`. */
  get maxAge(): number | undefined {
    return this.#expires instanceof Date ? this.#expires.valueOf() - this.#clock.now() : undefined;
  }

  set maxAge(ms: number | null | undefined) {
    if (ms && typeof ms !== "number") throw new TypeError("maxAge must be a number");
    this.expires = typeof ms === "number" ? new Date(this.#clock.now() + ms) : null;
  }

  toJSON(): StoredCookie {
    const { originalMaxAge, path, domain, secure, sameSite, partitioned, priority } = this;
    const expires = this.#expires || null;
    return { originalMaxAge, expires, secure, httpOnly: true, domain, path, sameSite, partitioned, priority };
  }
}

const harmless = /^[\x21-\x3a\x3c-\x7e]+$/;

/** A `Set-Cookie` line. Throws a `TypeError` for attributes that would be others. */
export function cookieLine(name: string, value: string, cookie: CookieOptions): string {
  const { domain, path, expires, secure, partitioned, priority, sameSite } = cookie;
  for (const [attribute, text] of Object.entries({ domain, path })) {
    if (text !== undefined && !harmless.test(text)) throw new TypeError(`req.session.cookie.${attribute} is invalid`);
  }
  return [
    `${name}=${encodeURIComponent(value)}`,
    domain ? `; Domain=${domain}` : "",
    path ? `; Path=${path}` : "",
    expires ? `; Expires=${expires.toUTCString()}` : "",
    "; HttpOnly",
    secure ? "; Secure" : "",
    partitioned ? "; Partitioned" : "",
    priority ? `; Priority=${capitalized(priority)}` : "",
    sameSite ? `; SameSite=${sameSite === true ? "Strict" : capitalized(sameSite)}` : "",
  ].join("");
}

/** The line that makes a browser forget the cookie. */
export function clearingLine(name: string, cookie: CookieOptions): string {
  return cookieLine(name, "", { ...cookie, expires: new Date(0) });
}

const words = { low: "Low", medium: "Medium", high: "High", lax: "Lax", strict: "Strict", none: "None" };

function capitalized(word: string): string {
  const known = Object.entries(words).find(([lower]) => lower === word.toLowerCase());
  if (!known) throw new TypeError("req.session.cookie.sameSite or priority is invalid");
  return known[1];
}
