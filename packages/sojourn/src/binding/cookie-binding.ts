import type { Binding } from "../core/binding.ts";
import type { ResponseSink } from "../core/request.ts";
import { textHash } from "../core/token.ts";
import type { CookieShape } from "../http/cookie-options.ts";
import { attributesOf } from "../http/cookie-transport.ts";
import { cookieValues } from "../http/read-cookie.ts";
import type { BindingShape } from "./options.ts";
import { headers, registrationOffer } from "./wire.ts";

/** The bound cookie: where the session cookie goes, for as long as a proof is good. */
export interface BoundCookieHandler extends Binding {
  readonly name: string;
  /** As the browser has to find them on every `Set-Cookie`: exactly these, `Max-Age` apart. */
  readonly attributes: string;
  /** The domain all of whose hosts share it; `null` for the one host. */
  readonly site: string | null;
  /** `lifetime`: in milliseconds. */
  issue(sink: ResponseSink, secret: string, lifetime: number): void;
}

export function cookieBinding(cookie: CookieShape, { rules, registerPath }: BindingShape): BoundCookieHandler {
  // Chromium 156 registers no cookie whose name begins with `__Host-Http-`.
  const name = `${cookie.name.replace(/^__Host-Http-/, "__Host-")}-bound`;
  const attributes = attributesOf(cookie).slice("; ".length);
  const valuesIn = (header: string | null) =>
    header === null ? [] : cookieValues(header, name).filter((value) => value !== "");
  const set = (sink: ResponseSink, value: string, lifetime: string) => {
    sink.setCookie(name, `${name}=${value}; ${lifetime}; ${attributes}`);
  };
  return {
    rules,
    name,
    attributes,
    site: cookie.domain,
    // On plain http browsers do not even read it, on localhost neither.
    hearsOffers: (request) => request.secure,
    offer: (sink, challenge) => sink.setHeader(headers.registration, registrationOffer(registerPath, challenge)),
    // Of two different ones either may be the session's: planting a second takes nobody's session away.
    shownBy: (request) => valuesIn(request.header("cookie")).map(textHash),
    issue: (sink, secret, lifetime) => set(sink, secret, `Max-Age=${Math.floor(lifetime / 1000)}`),
    withdraw(request, sink) {
      if (valuesIn(request.header("cookie")).length > 0)
        set(sink, "", "Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    },
  };
}
