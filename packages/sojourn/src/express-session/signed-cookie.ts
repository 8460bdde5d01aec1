import { createHmac, timingSafeEqual } from "node:crypto";
import type { SessionId, SessionToken } from "../core/ids.ts";
import { idOf, parseSessionId, parseToken, textHash } from "../core/token.ts";
import type { Transport } from "../core/transport.ts";
import { valuesToVerify } from "../http/read-cookie.ts";

/** What the cookie says: the session's token, and how the session is named where `genid` has named it. */
export interface Carried {
  readonly token: SessionToken;
  readonly sid: string;
}

/** What signs a cookie: whatever `crypto.createHmac` takes. */
export type CookieSecret = string | NodeJS.ArrayBufferView;

export interface SignedCookie {
  readonly name: string;
  /** The different sessions that the cookies of this name carry, as far as they are signed. `malformed`: none, but cookies. */
  read(header: string | null): readonly Carried[] | "malformed";
  /** The cookie's value: `s:<token>.<signature>`, with the session's name between them where that is not the token's id. */
  value(carried: Carried): string;
}

const tokenLength = 67;

/** The session's token in a cookie that is signed as express-session signs its own: by the first secret, judged by any. */
export function signedCookie(name: string, secrets: readonly CookieSecret[]): SignedCookie {
  const [newest = ""] = secrets;

  function unsigned(value: string): Carried | null {
    const text = decoded(value);
    const dot = text.lastIndexOf(".");
    if (!text.startsWith("s:") || dot < 0) return null;
    const payload = text.slice(2, dot);
    const signature = Buffer.from(text.slice(dot + 1));
    const isSigned = secrets.some((secret) => {
      const right = Buffer.from(sign(payload, secret));
      return right.length === signature.length && timingSafeEqual(right, signature);
    });
    const token = parseToken(payload.slice(0, tokenLength));
    if (!isSigned || token === null) return null;
    const sid = payload.length === tokenLength ? idOf(token) : payload.slice(tokenLength + 1);
    return rowIdOf(sid) === idOf(token) ? { token, sid } : null;
  }

  return {
    name,
    read(header) {
      const values = header === null ? [] : valuesToVerify(header, name)?.filter((value) => value !== "");
      if (values === undefined) return "malformed";
      const carried = values.flatMap((value) => unsigned(value) ?? []);
      return carried.length === 0 && values.length > 0 ? "malformed" : carried;
    },
    value({ token, sid }) {
      const payload = sid === idOf(token) ? token : `${token}.${sid}`;
      return `s:${payload}.${sign(payload, newest)}`;
    },
  };
}

/**
 * How such a cookie brings the engine its token. The response's side hands the token itself to the sink, which knows the
 * cookie's attributes only when the headers are sent; `""`: the cookie is withdrawn.
 */
export function signedCookieTransport(cookie: SignedCookie): Transport {
  return {
    header: "Cookie",
    read(request) {
      const carried = cookie.read(request.header("cookie"));
      if (carried === "malformed") return { kind: "malformed" };
      if (carried.length > 1) return { kind: "ambiguous" };
      return carried[0] ? { kind: "token", token: carried[0].token } : { kind: "none" };
    },
    // As with express-session, `cookie.secure` says whether plain HTTP will do.
    isSafeFor: () => true,
    assertMayIssue() {},
    issue(sink, token) {
      sink.setCookie(cookie.name, token);
      sink.setCaching("no-store", { vary: "Cookie" });
    },
    withdraw(sink) {
      sink.setCookie(cookie.name, "");
      sink.setCaching("no-store", { vary: "Cookie" });
    },
  };
}

/** The id of the row of a session of that name: the name itself, or what follows from it. */
export function rowIdOf(sid: string): SessionId {
  return parseSessionId(sid) ?? (textHash(sid).slice(0, 22) as unknown as SessionId);
}

function sign(payload: string, secret: CookieSecret): string {
  return createHmac("sha256", secret).update(payload).digest("base64").replace(/=+$/, "");
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replace(/^"(.*)"$/, "$1"));
  } catch {
    return "";
  }
}
