import type { SessionToken } from "./ids.ts";
import type { RequestFacts, ResponseSink } from "./request.ts";

/** What a request carries where the token belongs. */
export type TokenReading =
  | { readonly kind: "none" }
  | { readonly kind: "token"; readonly token: SessionToken }
  /** Two different values under one name: cookie tossing until proven otherwise. Refused, reported, nothing cleared. */
  | { readonly kind: "ambiguous" }
  | { readonly kind: "malformed" }
  /** A bearer token in a request that a web page made. */
  | { readonly kind: "web-page" };

/** How a token travels. It has one way in and one way out; a URL is neither. */
export interface Transport {
  /** The request header the token travels in: what a response that depends on it varies on. */
  readonly header: "Cookie" | "Authorization";
  read(request: RequestFacts): TokenReading;
  /** Whether a token may travel on this connection: TLS, loopback, or a scope that is insecure by choice. */
  isSafeFor(request: RequestFacts): boolean;
  /** Throws `ERR_INSECURE_TRANSPORT` or `ERR_INSECURE_ORIGIN` where the client would lose a token or leak it. */
  assertMayIssue(request: RequestFacts): void;
  /**
   * Hands the token to the client. `seconds`: how much longer the session can last, for clients that keep it that long;
   * `persistent`: this client is to keep it, also when it is closed.
   */
  issue(
    sink: ResponseSink,
    token: SessionToken,
    options: { readonly seconds: number; readonly persistent: boolean },
  ): void;
  /** Makes the client forget its token. */
  withdraw(sink: ResponseSink): void;
}
