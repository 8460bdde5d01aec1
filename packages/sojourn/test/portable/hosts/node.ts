import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acceptWebSockets } from "../../../src/connections/index.ts";
import type { SqliteDatabase } from "../../../src/stores/sqlite.ts";
import { serve } from "../../adapters/applications/fetch-server.ts";
import type { ClientSocket, Host } from "../stories/host.ts";
import { tellAll } from "../stories/tell.ts";

type Database = SqliteDatabase & { close(): void };

const repository = process.argv[2] as string;
const folder = mkdtempSync(join(tmpdir(), "sojourn-runtime-"));

/** `node:sqlite` where Node has it; else libsql, which is what the repository uses there. */
function openSqlite(file: string): Database {
  // By its shape: the types of Node 20, with which this is compiled, do not have it.
  const brought = process.getBuiltinModule?.("node:sqlite") as
    | { DatabaseSync: new (file: string) => Database }
    | undefined;
  if (brought) return new brought.DatabaseSync(file);
  const Libsql = createRequire(`${repository}/package.json`)("libsql") as new (file: string) => Database;
  return new Libsql(file);
}

/** What is used of `ws`, which is installed with the example. */
const { WebSocket, WebSocketServer } = createRequire(`${repository}/examples/connections/package.json`)("ws") as {
  readonly WebSocket: new (url: string, options: object) => Listener;
  readonly WebSocketServer: new (options: object) => Parameters<typeof acceptWebSockets>[1];
};
interface Listener {
  on(event: string, listener: (...given: readonly unknown[]) => void): unknown;
}

/** A client of `ws`; `open` rejects where it is not let in. */
function dial(port: number, headers: object): Promise<ClientSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers });
  return new Promise((resolve, reject) => {
    const heard = new Promise<string>((hear) => socket.on("message", (text) => hear(String(text))));
    const closed = new Promise<{ code: number; reason: string }>((end) =>
      socket.on("close", (code, reason) => end({ code: Number(code), reason: String(reason) })),
    );
    socket.on("open", () => resolve({ heard, closed }));
    socket.on("error", reject);
  });
}

const host: Host = {
  runtime: `node ${process.versions.node}`,
  serve: (handler) => serve(async (request) => handler(request)),
  sqlite: openSqlite,
  folder,
  streams: true,
  sockets: {
    async ws(connections) {
      const server = createServer();
      const sockets = new WebSocketServer({ noServer: true });
      const greet = acceptWebSockets(connections, sockets, (socket, { session }) =>
        (socket as unknown as { send(text: string): void }).send(`Hello, ${session.userId}`),
      );
      server.on("upgrade", greet);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      return {
        dial: (headers) => dial(port, headers),
        async close() {
          server.closeAllConnections();
          await new Promise((resolve) => server.close(resolve));
        },
      };
    },
  },
};

await tellAll(host, (line) => console.log(JSON.stringify(line)));
rmSync(folder, { recursive: true, force: true });
process.exit(0);
