import { Cookie, CookieJar } from "tough-cookie";

/** The cookies of one browser profile, kept as RFC 6265bis says (see docs/decisions/0031). */
export interface Jar {
  /** Takes the `Set-Cookie` lines of one answer. What a browser would refuse is refused. */
  store(lines: readonly string[], url: URL): void;
  /** What a browser would send. */
  sent(url: URL, context?: SendContext): readonly StoredCookie[];
  all(): readonly StoredCookie[];
  set(cookie: StoredCookie, value: string): void;
  remove(cookie: StoredCookie): void;
  clone(): Jar;
}

/** Who causes a request: this site, or another one by a link (`lax`) or by a form (`none`). */
export type SendContext = "strict" | "lax" | "none" | "whatever SameSite says";

export interface StoredCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  /** Only the very host that set it gets it. */
  readonly isHostOnly: boolean;
  readonly path: string;
  readonly isSecure: boolean;
  readonly isHttpOnly: boolean;
  /** As it was set; `null` where it was not. */
  readonly sameSite: "strict" | "lax" | "none" | null;
  /** Milliseconds since 1970; `null` for a cookie that ends with the browser. */
  readonly expires: number | null;
}

/** Chromium keeps as many for one host. */
export const cookiesAtMost = 180;

export function createJar(kept: CookieJar = new CookieJar(null, { looseMode: true })): Jar {
  const size = () => kept.serializeSync()?.cookies.length ?? 0;
  let count = size();

  return {
    store(lines, url) {
      for (const line of lines) {
        if (refusalOf(line, url) !== null || count > cookiesAtMost) continue;
        if (kept.setCookieSync(line, url, { ignoreError: true })) count++;
      }
      if (count > cookiesAtMost) count = size();
    },
    sent: (url, context = "strict") =>
      kept.getCookiesSync(url, context === "whatever SameSite says" ? {} : { sameSiteContext: context }).map(storedOf),
    all: () => (kept.serializeSync()?.cookies ?? []).map((each) => storedOf(Cookie.fromJSON(each) as Cookie)),
    set(cookie, value) {
      const url = `${cookie.isSecure ? "https" : "http"}://${cookie.domain}${cookie.path}`;
      kept.setCookieSync(toCookie({ ...cookie, value }), url, { ignoreError: true });
    },
    remove({ domain, path, name }) {
      kept.store.removeCookie(domain, path, name, () => {});
    },
    clone: () => createJar(kept.cloneSync() as CookieJar),
  };
}

function toCookie(cookie: StoredCookie): Cookie {
  return new Cookie({
    key: cookie.name,
    value: cookie.value,
    ...(!cookie.isHostOnly && { domain: cookie.domain }),
    path: cookie.path,
    secure: cookie.isSecure,
    httpOnly: cookie.isHttpOnly,
    ...(cookie.sameSite && { sameSite: cookie.sameSite }),
    ...(cookie.expires !== null && { expires: new Date(cookie.expires) }),
  });
}

function storedOf(cookie: Cookie): StoredCookie {
  const expires = cookie.expiryTime();
  return {
    name: cookie.key,
    value: cookie.value,
    domain: cookie.domain ?? "",
    isHostOnly: cookie.hostOnly !== false,
    path: cookie.path ?? "/",
    isSecure: cookie.secure,
    isHttpOnly: cookie.httpOnly,
    sameSite: sameSiteOf(cookie.sameSite),
    expires: expires === undefined || !Number.isFinite(expires) ? null : expires,
  };
}

function sameSiteOf(text: string | undefined): StoredCookie["sameSite"] {
  return text === "strict" || text === "lax" || text === "none" ? text : null;
}

/** Why a browser keeps a cookie out, where the jar underneath would take it; `null` if it takes it. */
export function refusalOf(line: string, url: URL): string | null {
  const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
  const has = (name: string) => attributes.some((each) => each.toLowerCase().split("=")[0] === name);
  const attribute = (name: string) =>
    attributes.find((each) => each.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
  const name = pair.slice(0, Math.max(0, pair.indexOf("=")));
  const lower = name.toLowerCase();
  const isHost = lower.startsWith("__host-");
  if (Buffer.byteLength(pair) - 1 > 4096) return "its name and value are longer than 4096 bytes";
  if (isHost && (!has("secure") || has("domain") || attribute("path") !== "/")) {
    return "a name with __Host- needs Secure, Path=/ and no Domain";
  }
  if ((isHost || lower.startsWith("__secure-") || lower.startsWith("__http-")) && !has("secure")) {
    return "a name with this prefix needs Secure";
  }
  if ((lower.startsWith("__http-") || lower.startsWith("__host-http-")) && !has("httponly")) {
    return "a name with __Http- needs HttpOnly";
  }
  if (attribute("samesite")?.toLowerCase() === "none" && !has("secure")) return "SameSite=None needs Secure";
  const domain = attribute("domain")?.toLowerCase().replace(/^\./, "");
  if (domain && url.hostname !== domain && !url.hostname.endsWith(`.${domain}`))
    return `it is for ${domain}, another host`;
  return null;
}
