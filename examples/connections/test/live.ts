import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import WebSocket from "ws";
import {
  type OpenConnections,
  type OpenConnectionsOptions,
  openConnections,
} from "../../../packages/sojourn/src/connections/index.ts";
import { createSessionManager, type SessionManager } from "../../../packages/sojourn/src/index.ts";
import { memoryStore } from "../../../packages/sojourn/src/stores/memory.ts";
import { type FaultyStore, faultyStore } from "../../../packages/sojourn/src/testing/index.ts";
import { RecordedResponse } from "../../../packages/sojourn/test/support/recorded-response.ts";

export type AnyData = Record<string, unknown>;
export const shop = "https://shop.example";

/** An application in this process, and another process of it that ends sessions. */
export interface Live {
  readonly store: FaultyStore;
  readonly manager: SessionManager<AnyData>;
  readonly elsewhere: SessionManager<AnyData>;
  readonly connections: OpenConnections<AnyData>;
  /** Logs somebody in; answers their `Cookie` header. */
  logIn(userId: string): Promise<string>;
}

export function live(options: OpenConnectionsOptions = {}): Live {
  const rows = memoryStore();
  const store = Object.assign(faultyStore(rows), { watch: rows.watch });
  const manager = createSessionManager<AnyData>({ store, origins: [shop] });
  return {
    store,
    manager,
    elsewhere: createSessionManager<AnyData>({ store, origins: [shop] }),
    connections: openConnections(manager, options),
    async logIn(userId) {
      const jar: string[] = [];
      const response = new RecordedResponse((_name, line) => jar.push(line.split(";")[0] ?? ""));
      const about = { method: "POST", url: `${shop}/login`, secure: true, header: () => null };
      const session = await manager.open(about, response);
      if (session.kind === "locked") throw new Error("locked");
      await session.authenticate({ id: userId, keep: "none" });
      return jar.join("; ");
    },
  };
}

/** The headers of a handshake by the application's own page. */
export const fromPage = (cookie: string) => ({ Origin: shop, Cookie: cookie });

/** Serves until the story is told. */
export async function serving(server: Server, story: (port: number) => Promise<void>): Promise<void> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await story((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

export { createServer };

/** A WebSocket as a browser has it: it is open, or throws how it was refused. */
export async function dial(
  port: number,
  headers: Readonly<Record<string, string>>,
  path = "/live",
): Promise<WebSocket & { readonly said: readonly string[] }> {
  const said: string[] = [];
  const socket = Object.assign(new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers }), { said });
  // From the beginning: what comes with the handshake's answer is heard too.
  socket.on("message", (text) => said.push(String(text)));
  socket.on("error", () => {});
  const refused = new Promise<never>((_, reject) => {
    socket.once("unexpected-response", async (_request, response: IncomingMessage) => {
      reject(new Error(`${response.statusCode} ${await textOf(response)}`));
    });
  });
  await Promise.race([once(socket, "open"), refused]);
  return socket;
}

/** How it is closed: code, reason, and after how many milliseconds. */
export async function closing(socket: WebSocket): Promise<{ readonly how: string; readonly took: number }> {
  const start = performance.now();
  const [code, reason] = (await once(socket, "close")) as [number, Buffer];
  return { how: `${code} ${reason}`, took: performance.now() - start };
}

/** A plain GET whose answer is read as it comes. */
export async function get(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<IncomingMessage> {
  const request = httpRequest({ host: "127.0.0.1", port, path, headers }).end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

export async function textOf(response: IncomingMessage): Promise<string> {
  return Buffer.concat(await response.toArray()).toString();
}

/** Resolves when the server has noticed that the client that comes next is gone. */
export function leavesNext(server: Server): Promise<void> {
  return new Promise((resolve) => server.once("connection", (socket: Socket) => socket.once("close", () => resolve())));
}

/** Resolves as soon as `holds`; the test's own time limit is how long it may take. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
