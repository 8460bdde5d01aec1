import type { IncomingMessage } from "node:http";
import type { RequestFacts } from "../../core/request.ts";

export interface NodeFactsOptions {
  /** Whether the request arrived over TLS, where the framework knows. Default: the socket's word. */
  readonly secure?: boolean;
  /** The path and query as the client sent them, where the framework changes `request.url`. */
  readonly url?: string;
}

/** The facts of a Node request. */
export function nodeFacts(request: IncomingMessage, { secure, url }: NodeFactsOptions = {}): RequestFacts {
  return new NodeFacts(request, secure ?? isTls(request), url ?? request.url ?? "/");
}

/** A class, so that a request costs one small object and no function of its own. */
class NodeFacts implements RequestFacts {
  readonly method: string;
  readonly secure: boolean;
  readonly url: string;
  readonly #headers: IncomingMessage["headers"];

  constructor(request: IncomingMessage, secure: boolean, path: string) {
    const { headers } = request;
    // Under HTTP/2 the host is a pseudo-header.
    const host = headers.host ?? headers[":authority"] ?? "unknown.invalid";
    this.method = request.method ?? "GET";
    this.secure = secure;
    this.url = `${secure ? "https" : "http"}://${host}${path}`;
    this.#headers = headers;
  }

  header(name: string): string | null {
    const value = this.#headers[name];
    return value === undefined ? null : Array.isArray(value) ? value.join(", ") : value;
  }
}

export function isTls(request: IncomingMessage): boolean {
  return "encrypted" in request.socket && request.socket.encrypted === true;
}
