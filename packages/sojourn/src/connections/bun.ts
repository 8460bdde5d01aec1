import { type FetchHandshakeOptions, fetchHandshakes } from "./fetch-handshake.ts";
import type { Admitted, Connection, OpenConnections } from "./open-connections.ts";
import { type ConnectionContext, timeToHear } from "./web-sockets.ts";

/** What is used of Bun's `ServerWebSocket`. */
export interface BunSocket<Data extends object> {
  data: BunSocketData<Data>;
  send(message: string | Uint8Array<ArrayBuffer>): number;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** What a socket carries; yours is what `of` answers. */
export interface BunSocketData<Data extends object> {
  readonly admission: Admitted<Data>;
  connection: Connection | null;
}

/** What an application does with a socket. `message` is not called any more once it is being closed. */
export interface BunSocketHandlers<Data extends object, Socket, Message> {
  open?(socket: Socket, context: ConnectionContext<Data>): void;
  message(socket: Socket, message: Message, context: ConnectionContext<Data>): void;
  close?(socket: Socket, code: number, reason: string): void;
}

interface BunServer<Data extends object> {
  upgrade(request: Request, options: { readonly data: BunSocketData<Data> }): boolean;
}

/** Both halves of `Bun.serve`. */
export interface BunSockets<Data extends object, Socket, Message> {
  /** In `fetch`: `undefined` where the request has become a socket, and the answer where it has not. */
  upgrade(request: Request, server: BunServer<Data>): Promise<Response | undefined>;
  /** `Bun.serve({ websocket })`; spread it to add Bun's own settings. */
  readonly websocket: {
    open(socket: Socket): void;
    message(socket: Socket, message: Message): void;
    close(socket: Socket, code: number, reason: string): void;
  };
}

/**
 * Bun's own WebSockets: lets in those of logged-in users, from the application's own pages, and closes each when its
 * session is over.
 */
export function bunSockets<Data extends object, Socket extends BunSocket<Data>, Message>(
  connections: OpenConnections<Data>,
  handlers: BunSocketHandlers<Data, Socket, Message>,
  options: FetchHandshakeOptions = {},
): BunSockets<Data, Socket, Message> {
  const factsOf = fetchHandshakes(options, "bunSockets");
  return {
    async upgrade(request, server) {
      const admission = await connections.admit(factsOf(request));
      if (!admission.admitted) return new Response(admission.answer.body, admission.answer);
      if (server.upgrade(request, { data: { admission, connection: null } })) return undefined;
      return new Response("Expected a WebSocket", { status: 426, headers: { Upgrade: "websocket" } });
    },
    websocket: {
      open(socket) {
        const { admission } = socket.data;
        const connection = admission.hold(({ code, reason }) => {
          socket.close(code, reason);
          setTimeout(() => socket.terminate(), timeToHear);
        });
        socket.data.connection = connection;
        if (connection.isOpen) handlers.open?.(socket, { session: admission.session, connection });
      },
      message(socket, message) {
        const { admission, connection } = socket.data;
        if (connection?.isOpen) handlers.message(socket, message, { session: admission.session, connection });
      },
      close(socket, code, reason) {
        socket.data.connection?.release();
        handlers.close?.(socket, code, reason);
      },
    },
  };
}
