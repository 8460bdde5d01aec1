import { describe } from "../../core/describe.ts";
import { isObject } from "../../core/json.ts";
import type { RequestFacts, ResponseSink } from "../../core/request.ts";
import { valuesToVerify } from "../../http/read-cookie.ts";

/** Where the earlier cookie was set: a browser forgets only what matches. */
export interface EarlierCookie {
  /** Default `"/"`. */
  readonly path?: string;
  /** Default: the host alone. */
  readonly domain?: string;
}

/** What `read` makes of the cookie under `name`: of two different ones the one that is valid, `"ambiguous"` where both are. */
export async function readCookie<Read>(
  request: RequestFacts,
  name: string,
  read: (value: string) => Promise<Read | null>,
): Promise<Read | "ambiguous" | null> {
  const header = request.header("cookie");
  const values = header === null ? [] : valuesToVerify(header, name);
  if (values === null) return "ambiguous";
  const [first = null, second = null] = (await Promise.all(values.map(read))).filter((each) => each !== null);
  return second === null ? first : "ambiguous";
}

/** `%3A` and the like, or `null` where that is broken. */
export function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}

/** Makes the browser forget the cookies `names`. */
export function withdrawal(names: readonly string[], { path = "/", domain }: EarlierCookie = {}) {
  return (sink: ResponseSink): void => {
    for (const name of names) {
      const secure = /^__(Secure|Host)-/.test(name) ? "; Secure" : "";
      const where = `; Path=${path}${domain === undefined ? "" : `; Domain=${domain}`}`;
      sink.setCookie(name, `${name}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT${where}; HttpOnly${secure}`);
    }
  };
}

/** A name of RFC 6265. */
const token = /^[!#$%&'*+\-.^_`|~\w]{1,200}$/;
const attribute = /^[\x21-\x3a\x3c-\x7e]{1,200}$/;

export function cookieProblems({
  name,
  cookie,
}: {
  readonly name: unknown;
  readonly cookie: unknown;
}): readonly string[] {
  const { path, domain } = isObject(cookie) ? cookie : {};
  const isAttribute = (value: unknown) => value === undefined || (typeof value === "string" && attribute.test(value));
  return [
    ...(typeof name === "string" && token.test(name) ? [] : [`name is ${describe(name)}: write the cookie's name`]),
    ...(cookie === undefined || isObject(cookie) ? [] : ['cookie must be an object, like { path: "/app" }']),
    ...(isAttribute(path) && isAttribute(domain)
      ? []
      : ["cookie.path and cookie.domain must be as the cookie had them"]),
  ];
}

/** One or several secrets, the newest first. */
export function listOf<Other>(secrets: string | Other): readonly string[] | Other {
  return typeof secrets === "string" ? [secrets] : secrets;
}

export function secretProblems(secrets: unknown, option: string): readonly string[] {
  const list = listOf(secrets);
  const isList =
    Array.isArray(list) && list.length > 0 && list.every((each) => typeof each === "string" && each !== "");
  // Not what was given instead: it may be half a secret.
  return isList ? [] : [`${option} must be the secret that signed the cookies, or a list of them, the newest first`];
}
