export type { Answer } from "../binding/exchange.ts";
export { type BunSocket, type BunSocketHandlers, type BunSockets, bunSockets } from "./bun.ts";
export { type CloseReason, type Closing, closeCodes } from "./closing.ts";
export type { EventMessage, EventStream } from "./event-stream.ts";
export { eventStream } from "./fetch-event-stream.ts";
export type { FetchHandshakeOptions } from "./fetch-handshake.ts";
export type { HandshakeRefusal, Refused } from "./handshake.ts";
export { type HonoSocketEvents, type HonoSocketLike, honoSockets } from "./hono.ts";
export { nodeEventStream } from "./node-event-stream.ts";
export type { NodeHandshakeOptions } from "./node-handshake.ts";
export {
  type Admission,
  type Admitted,
  type Connection,
  type ConnectionStats,
  type OpenConnections,
  openConnections,
} from "./open-connections.ts";
export type { OpenConnectionsOptions } from "./options.ts";
export { type SocketIoConnections, type SocketIoSocket, socketIoConnections } from "./socket-io.ts";
export {
  type AcceptOptions,
  acceptWebSockets,
  type ConnectionContext,
  type WebSocketLike,
  type WebSocketServerLike,
} from "./web-sockets.ts";
