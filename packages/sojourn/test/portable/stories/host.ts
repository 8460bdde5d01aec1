import type { Connection, OpenConnections } from "../../../src/connections/index.ts";
import type { SqliteDatabase } from "../../../src/stores/sqlite.ts";
import type { AdapterApplication } from "../../../src/testing/index.ts";

/** A WebSocket of a client, as far as the stories look at it. */
export interface ClientSocket {
  /** The first thing it hears. */
  readonly heard: Promise<string>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** A server of WebSockets that greets whoever is let in. */
export interface SocketServer {
  dial(headers: Readonly<Record<string, string>>): Promise<ClientSocket>;
  close(): Promise<void>;
}

export type AnyData = Record<string, unknown>;

/** What a runtime has to offer to the stories. What it does not offer is the reason why. */
export interface Host {
  /** For example `bun 1.4.5`. */
  readonly runtime: string;
  /** Serves standard requests on a real socket. */
  serve(handler: (request: Request) => Response | Promise<Response>): Promise<AdapterApplication>;
  /** An empty database, by the driver that the runtime brings. */
  readonly sqlite: ((file: string) => SqliteDatabase & { close(): void }) | string;
  /** Where files may be written, where there is SQLite. */
  readonly folder: string;
  /** By name: the ways this runtime has to serve WebSockets. */
  readonly sockets: Readonly<Record<string, (connections: OpenConnections<AnyData>) => Promise<SocketServer>>> | string;
  /** Whether a stream that one request opened can be ended by what happens in another; a reason where it cannot. */
  readonly streams: true | string;
}

/** Runs on one runtime: stories by name. `offered` is a reason where the runtime has no such thing. */
export interface Suite {
  readonly name: string;
  offered(host: Host): true | string;
  readonly stories: Readonly<Record<string, (host: Host) => Promise<void>>>;
}

export type { Connection };
