import type { IncomingMessage } from "node:http";
import type { RequestFacts } from "../../core/request.ts";

export interface NodeFactsOptions {
  /** Whether the request arrived over TLS, where the framework knows. Default: the socket's word. */
  readonly secure?: boolean;
  /** The path and query as the client sent them, where the framework changes `request.url`. */
  readonly url?: string;
  /** The client's address, where somebody knows better than the socket. */
  readonly address?: () => string | null;
}

/** The facts of a Node request. */
export function nodeFacts(request: IncomingMessage, options: NodeFactsOptions = {}): RequestFacts {
  const secure = options.secure ?? isTls(request);
  // Under HTTP/2 the host is a pseudo-header.
  const host = request.headers.host ?? request.headers[":authority"] ?? "unknown.invalid";
  return {
    method: request.method ?? "GET",
    url: `${secure ? "https" : "http"}://${host}${options.url ?? request.url ?? "/"}`,
    secure,
    header(name) {
      const value = request.headers[name];
      return value === undefined ? null : Array.isArray(value) ? value.join(", ") : value;
    },
    address: options.address ?? (() => request.socket.remoteAddress ?? null),
  };
}

export function isTls(request: IncomingMessage): boolean {
  return "encrypted" in request.socket && request.socket.encrypted === true;
}
