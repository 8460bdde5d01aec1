/** The facts of an HTTP request the engine may use. Adapters build it; nothing else crosses. */
export interface RequestFacts {
  /** In capitals, as sent. */
  readonly method: string;
  /** Absolute, with the host the client named. Compared with nothing but loopback names. */
  readonly url: string;
  /** Arrived over TLS: the socket says so, or a proxy that the application named. */
  readonly secure: boolean;
  /** By its lower-case name; several lines are joined as HTTP joins them; `null` if absent. */
  header(name: string): string | null;
  /**
   * The client's address: the socket's, or what a proxy says that the application named; `null` or left out where nobody
   * knows. Asked only by those who look at networks.
   */
  address?(): string | null;
}

/** Where response headers go, at the moment the engine decides them. */
export interface ResponseSink {
  /** Asked before any store write that needs a cookie; `open` renews nothing without it. */
  readonly writable: boolean;
  /** What to do where it is not: part of the error's message. Default: to act before the response is written. */
  readonly instead?: string;
  /** Replaces a cookie of the same name queued earlier on this response, and makes the response `no-store`. Throws once headers are sent. */
  setCookie(name: string, serialized: string): void;
  /** Sets a header that wins over what the handler says later. Throws once headers are sent. */
  setHeader(name: string, value: string): void;
  /**
   * `no-store`: wins over what the handler says later. `private`: `private, no-cache`, unless the handler says something
   * else. Either way the response varies on the header `vary`. The stricter of two calls counts.
   */
  setCaching(rule: "no-store" | "private", options: { readonly vary: string }): void;
}
