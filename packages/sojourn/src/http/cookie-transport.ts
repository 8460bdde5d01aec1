import { parseToken } from "../core/token.ts";
import type { Transport } from "../core/transport.ts";
import type { CookieShape } from "./cookie-options.ts";
import { cookieValues } from "./read-cookie.ts";
import { assertSafeToIssue, isSafeConnection } from "./safe-connection.ts";

/** Browsers keep no cookie longer than 400 days (draft-ietf-httpbis-rfc6265bis). */
const longestSeconds = 400 * 86_400;

/** The token in one cookie: how browsers carry it. */
export function cookieTransport(shape: CookieShape): Transport {
  const { name } = shape;
  const attributes = attributesOf(shape);
  return {
    header: "Cookie",
    read(request) {
      const header = request.header("cookie");
      const values = header === null ? [] : cookieValues(header, name);
      if (values.length > 1) return { kind: "ambiguous" };
      const value = values[0];
      // Some clients keep a deleted cookie as an empty one.
      if (value === undefined || value === "") return { kind: "none" };
      const token = parseToken(value);
      return token ? { kind: "token", token } : { kind: "malformed" };
    },
    isSafeFor: (request) => shape.scope === "insecure" || isSafeConnection(request),
    assertMayIssue(request) {
      if (shape.scope !== "insecure") assertSafeToIssue(request);
    },
    issue(sink, token, { seconds, persistent }) {
      const lifetime = persistent || shape.persistent ? `; Max-Age=${Math.min(seconds, longestSeconds)}` : "";
      sink.setCookie(name, `${name}=${token}${lifetime}${attributes}`);
      sink.setCaching("no-store", { vary: "Cookie" });
    },
    withdraw(sink) {
      // `Expires` as well: a grammar in circulation has no `Max-Age=0` (CK-03).
      sink.setCookie(name, `${name}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT${attributes}`);
      sink.setCaching("no-store", { vary: "Cookie" });
    },
  };
}

/**
 * The attributes for setting and for deleting: a browser deletes only what matches exactly. Written here and not by a
 * library, because every part was checked with the options and nothing in it comes from a request.
 */
export function attributesOf({ path, domain, secure, sameSite, partitioned }: CookieShape): string {
  return [
    `; Path=${path}`,
    domain === null ? "" : `; Domain=${domain}`,
    "; HttpOnly",
    secure ? "; Secure" : "",
    `; SameSite=${sameSite}`,
    partitioned ? "; Partitioned" : "",
  ].join("");
}
