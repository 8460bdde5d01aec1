import type { IncomingMessage } from "node:http";
import type { RequestFacts } from "../../core/request.ts";
import { saysTls } from "./forwarded.ts";

export interface NodeFactsOptions {
  /** Whether the request arrived over TLS, where the framework knows. Default: the socket's word. */
  readonly secure?: boolean;
  /** The path and query as the client sent them, where the framework changes `request.url`. */
  readonly url?: string;
  /** The client's address, where somebody knows better than the socket. Asked only where somebody looks at networks. */
  readonly address?: (request: IncomingMessage) => string | null;
}

/** The facts of a Node request. */
export function nodeFacts(request: IncomingMessage, options: NodeFactsOptions = {}): RequestFacts {
  const { secure, url, address = socketAddress } = options;
  return new NodeFacts(request, secure ?? isTls(request), url ?? request.url ?? "/", address);
}

/** The facts of a request that came through the application's own proxy. */
export function behindOwnProxy(request: IncomingMessage, url: string): RequestFacts {
  const { headers } = request;
  const address = () =>
    String(headers["x-forwarded-for"] ?? "")
      .split(",")
      .at(-1)
      ?.trim() || socketAddress(request);
  return nodeFacts(request, { secure: saysTls(String(headers["x-forwarded-proto"] ?? "")), url, address });
}

/** A class, so that a request costs one small object and no function of its own. */
class NodeFacts implements RequestFacts {
  readonly method: string;
  readonly secure: boolean;
  readonly url: string;
  readonly #request: IncomingMessage;
  readonly #address: (request: IncomingMessage) => string | null;

  constructor(
    request: IncomingMessage,
    secure: boolean,
    path: string,
    address: (request: IncomingMessage) => string | null,
  ) {
    const { headers } = request;
    // Under HTTP/2 the host is a pseudo-header.
    const host = headers.host ?? headers[":authority"] ?? "unknown.invalid";
    this.method = request.method ?? "GET";
    this.secure = secure;
    this.url = `${secure ? "https" : "http"}://${host}${path}`;
    this.#request = request;
    this.#address = address;
  }

  header(name: string): string | null {
    const value = this.#request.headers[name];
    return value === undefined ? null : Array.isArray(value) ? value.join(", ") : value;
  }

  address(): string | null {
    return this.#address(this.#request);
  }
}

function socketAddress(request: IncomingMessage): string | null {
  return request.socket.remoteAddress ?? null;
}

export function isTls(request: IncomingMessage): boolean {
  return "encrypted" in request.socket && request.socket.encrypted === true;
}
