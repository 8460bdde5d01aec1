import type { IncomingMessage } from "node:http";
import { type NodeHandshakeOptions, nodeHandshakes } from "./node-handshake.ts";
import type { OpenConnections } from "./open-connections.ts";
import { type ConnectionContext, timeToHear } from "./web-sockets.ts";

/** What is used of a socket of Socket.IO. */
export interface SocketIoSocket {
  readonly request: IncomingMessage;
  readonly connected: boolean;
  /** The connection below, of Engine.IO. */
  readonly conn: {
    readonly readyState: string;
    close(discard?: boolean): unknown;
  };
  emit(event: string, closing: object): unknown;
  disconnect(close: boolean): unknown;
  on(event: "disconnect", listener: () => void): unknown;
}

export interface SocketIoConnections<Data extends object> {
  /** `io.use(live.middleware)`, and the same on each further namespace. */
  readonly middleware: (socket: SocketIoSocket, next: (error?: Error) => void) => void;
  /** What the socket was let in with. Throws a `TypeError` where it did not come through the middleware. */
  of(socket: object): ConnectionContext<Data>;
}

/**
 * Lets in the sockets of logged-in users, from the application's own pages, and closes each when its session is over.
 * What is refused the client hears as `connect_error`, with `status` and `error` in its `data`; what is closed, as the
 * event `session-closed` with code and reason, and then `disconnect`: Socket.IO has no codes of its own.
 *
 * `connectionStateRecovery` goes past middleware unless it is given `skipMiddlewares: false`.
 */
export function socketIoConnections<Data extends object>(
  connections: OpenConnections<Data>,
  options: NodeHandshakeOptions = {},
): SocketIoConnections<Data> {
  const factsOf = nodeHandshakes(options, "socketIoConnections");
  // Not in `socket.data`, which adapters send to other processes and bring back after a reconnection.
  const contexts = new WeakMap<object, ConnectionContext<Data>>();

  /** Why not, or `undefined`. */
  async function admit(socket: SocketIoSocket): Promise<Error | undefined> {
    const admission = await connections.admit(factsOf(socket.request));
    if (!admission.admitted) return refusalOf(admission.because, admission.answer.status);
    const connection = admission.hold((closing) => {
      if (socket.connected) {
        socket.emit("session-closed", closing);
        // The whole connection: what it still sends reaches no other namespace either.
        socket.disconnect(true);
      }
      socket.conn.close();
      setTimeout(() => socket.conn.close(true), timeToHear);
    });
    if (!connection.isOpen) return refusalOf("too-many-connections", 429);
    socket.on("disconnect", () => connection.release());
    // One that went away before it was connected is never disconnected.
    if (socket.conn.readyState !== "open") connection.release();
    contexts.set(socket, { session: admission.session, connection });
    return undefined;
  }

  return {
    middleware: (socket, next) => void admit(socket).then(next, next),
    of(socket) {
      const context = contexts.get(socket);
      if (context) return context;
      throw new TypeError(
        "This socket has no session: use the middleware on its namespace, and let no recovery skip it",
      );
    },
  };
}

function refusalOf(because: string, status: number): Error {
  return Object.assign(new Error(because), { data: { status, error: because } });
}
