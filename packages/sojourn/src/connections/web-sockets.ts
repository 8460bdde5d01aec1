import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { checkedOptions } from "../adapters/shared/adapter-options.ts";
import type { Answer } from "../binding/exchange.ts";
import type { AuthenticatedSession } from "../core/session.ts";
import { type NodeHandshakeOptions, nodeHandshakes } from "./node-handshake.ts";
import type { Admitted, Connection, OpenConnections } from "./open-connections.ts";
import { connectionsProblems } from "./options.ts";

/** What is used of `ws`: a `WebSocketServer({ noServer: true })`. */
export interface WebSocketServerLike<Socket extends WebSocketLike> {
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    opened: (socket: Socket, request: IncomingMessage) => void,
  ): void;
}

export interface WebSocketLike {
  close(code: number, reason: string): void;
  removeAllListeners(event: "message"): unknown;
  terminate(): void;
  on(event: "close" | "error", listener: () => void): unknown;
}

/** What comes with a connection. */
export interface ConnectionContext<Data extends object> {
  /** As `Admitted` has it. */
  readonly session: AuthenticatedSession<Data>;
  readonly connection: Connection;
}

/** Milliseconds a client has to hear why it is being closed. */
export const timeToHear = 250;

export interface AcceptOptions extends NodeHandshakeOptions {
  /** Told of what is thrown, beside the library's own errors: by `onConnection`, for one. Default: a process warning. */
  readonly onError?: (error: unknown, request: IncomingMessage) => void;
}

/**
 * For a Node server's `"upgrade"` event: lets in the WebSockets of logged-in users, from the application's own pages, and
 * closes each when its session is over. Others get an HTTP answer instead. `sockets` is `ws`' server, without a server.
 * Never rejects.
 */
export function acceptWebSockets<Data extends object, Socket extends WebSocketLike>(
  connections: OpenConnections<Data>,
  sockets: WebSocketServerLike<Socket>,
  onConnection: (socket: Socket, context: ConnectionContext<Data> & { readonly request: IncomingMessage }) => void,
  options: AcceptOptions = {},
): (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void> {
  const { onError = warn, ...about } = checkedOptions(
    options,
    "acceptWebSockets",
    ["proxy", "onError"],
    [
      ...connectionsProblems(connections),
      ...(typeof sockets?.handleUpgrade === "function"
        ? []
        : ["sockets is no server of ws: write new WebSocketServer({ noServer: true })"]),
      ...(typeof onConnection === "function"
        ? []
        : ["onConnection is none: write (socket, { session, connection }) => ..."]),
    ],
  );
  const factsOf = nodeHandshakes(about, "acceptWebSockets");

  function opened(socket: Socket, admission: Admitted<Data>, request: IncomingMessage): void {
    // What a client sends that is no frame closes its socket; heard by nobody, it would end the process.
    socket.on("error", () => {});
    const connection = admission.hold(({ code, reason }) => {
      socket.close(code, reason);
      // From here on it is not heard, whether or not it answers.
      socket.removeAllListeners("message");
      setTimeout(() => socket.terminate(), timeToHear);
    });
    socket.on("close", () => connection.release());
    if (!connection.isOpen) return;
    try {
      onConnection(socket, { session: admission.session, connection, request });
    } catch (error) {
      socket.close(1011, "internal");
      onError(error, request);
    }
  }

  return async (request, raw, head) => {
    // Nobody else listens yet, and a client that goes away meanwhile must not end the process.
    raw.on("error", () => {});
    try {
      const admission = await connections.admit(factsOf(request));
      if (!admission.admitted) return answer(raw, admission.answer);
      sockets.handleUpgrade(request, raw, head, (socket) => opened(socket, admission, request));
    } catch (error) {
      onError(error, request);
      answer(raw, { status: 500, headers: { "Content-Type": "application/json" }, body: '{"error":"internal"}' });
    }
  };
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}

function answer(raw: Duplex, { status, headers, body }: Answer): void {
  const all = { ...headers, "Content-Length": String(Buffer.byteLength(body)), Connection: "close" };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  raw.once("finish", () => raw.destroy());
  raw.end(`HTTP/1.1 ${status} ${reasons[status] ?? "Refused"}\r\n${lines.join("")}\r\n${body}`);
}

const reasons: { readonly [status: number]: string } = {
  401: "Unauthorized",
  403: "Forbidden",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};
