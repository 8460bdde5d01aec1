import { SojournError } from "../../core/errors.ts";
import type { ResponseSink } from "../../core/request.ts";
import { type NextCookies, setOn } from "./next-cookie-line.ts";

/**
 * Sets cookies by `cookies()`, where Next.js allows that: in Server Actions and Route Handlers. Other headers cannot be set
 * there; what Next.js renders for somebody's cookies no cache may store in any case.
 */
export class CookieSink implements ResponseSink {
  readonly #cookies: NextCookies;
  readonly instead =
    "while a page is rendered Next.js cannot: do it in a Server Action, or in a Route Handler made with sessions.route";

  constructor(cookies: NextCookies) {
    this.#cookies = cookies;
  }

  get writable(): boolean {
    return maySet(this.#cookies);
  }

  setCookie(_name: string, serialized: string): void {
    if (!this.writable) throw new SojournError("ERR_RESPONSE_SENT", `This needs to set a cookie, but ${this.instead}`);
    setOn(this.#cookies, serialized);
  }

  setHeader(): void {}

  setCaching(): void {}
}

/**
 * Next.js has no word for it, other than throwing from `set` before it looks at the cookie. So it is shown one that ends the
 * matter when it is looked at: nothing is set either way.
 */
function maySet(cookies: NextCookies): boolean {
  const seen = new Error("The cookie was looked at");
  const probe = {
    value: "",
    get name(): string {
      throw seen;
    },
  };
  try {
    cookies.set(probe);
  } catch (error) {
    return error === seen;
  }
  return false;
}

/**
 * The cookies of the request as they are now: as sent, so that two of one name are seen, and those in their place that were
 * set meanwhile. After an action Next.js renders the page in the same request. What `getAll` tells is decoded: put into a
 * header as it is, the value of any cookie could be the session's.
 */
export function cookiesNow(sent: string | null, cookies: NextCookies): string {
  // Space and tab alone: other white space belongs to a name, and escapes the browsers' rules for prefixes.
  let pairs = (sent ?? "").split(/;[ \t]*/).filter((pair) => pair !== "");
  for (const { name, value } of cookies.getAll()) {
    const before = pairs.filter((pair) => pair.startsWith(`${name}=`));
    if (before.some((pair) => decoded(pair.slice(name.length + 1)) === value)) continue;
    pairs = pairs.filter((pair) => !before.includes(pair));
    if (value !== "") pairs.push(`${name}=${encodeURIComponent(value)}`);
  }
  return pairs.join("; ");
}

function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
