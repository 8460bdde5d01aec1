import { type FetchHandshakeOptions, fetchHandshakes } from "./fetch-handshake.ts";
import type { Connection, OpenConnections } from "./open-connections.ts";
import { type ConnectionContext, timeToHear } from "./web-sockets.ts";

/** What is used of the sockets that Hono's `upgradeWebSocket` hands out, on whatever runtime. */
export interface HonoSocketLike {
  readonly raw?: unknown;
  close(code?: number, reason?: string): void;
}

/** What Hono calls while a socket is open. */
export interface HonoSocketEvents<Socket extends HonoSocketLike, Message, Close> {
  onOpen?(event: Event, socket: Socket): void;
  onMessage?(event: Message, socket: Socket): void;
  onClose?(event: Close, socket: Socket): void;
  onError?(event: Event, socket: Socket): void;
}

/**
 * For Hono's `upgradeWebSocket`: lets in the WebSockets of logged-in users, from the application's own pages, and closes
 * each when its session is over: `upgradeWebSocket(honoSockets(connections, (c, { session, connection }) => ({ onMessage }))`.
 * `events` is called when the socket is open. What is refused is thrown, as an error that Hono answers like an `HTTPException`.
 * On Workers no socket says that it is open, so that none can be held: there it is closed with its first message.
 */
export function honoSockets<
  Data extends object,
  Context extends { readonly req: { readonly raw: Request } },
  Socket extends HonoSocketLike,
  Message,
  Close,
>(
  connections: OpenConnections<Data>,
  events: (context: Context, about: ConnectionContext<Data>) => HonoSocketEvents<Socket, Message, Close>,
  options: FetchHandshakeOptions = {},
): (context: Context) => Promise<Required<HonoSocketEvents<Socket, Message, Close>>> {
  const factsOf = fetchHandshakes(options, "honoSockets");
  return async (context) => {
    const admission = await connections.admit(factsOf(context.req.raw));
    if (!admission.admitted) {
      const { status, headers, body } = admission.answer;
      const getResponse = () => new Response(body, { status, headers });
      throw Object.assign(new Error(admission.because), { status, getResponse });
    }
    let connection: Connection | null = null;
    let handlers: HonoSocketEvents<Socket, Message, Close> = {};
    return {
      onOpen(event, socket) {
        connection = admission.hold(({ code, reason }) => {
          socket.close(code, reason);
          setTimeout(() => cut(socket.raw), timeToHear);
        });
        if (!connection.isOpen) return;
        handlers = events(context, { session: admission.session, connection });
        handlers.onOpen?.(event, socket);
      },
      onMessage(event, socket) {
        if (connection?.isOpen) handlers.onMessage?.(event, socket);
        else if (connection === null) socket.close(1011, "not-held");
      },
      onClose(event, socket) {
        connection?.release();
        handlers.onClose?.(event, socket);
      },
      onError: (event, socket) => handlers.onError?.(event, socket),
    };
  };
}

/** Where the runtime can: others wait for the client to answer, and are deaf meanwhile. */
function cut(raw: unknown): void {
  (raw as { terminate?(): void } | undefined)?.terminate?.();
}
