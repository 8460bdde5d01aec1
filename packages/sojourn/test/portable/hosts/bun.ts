import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { honoOnBun } from "../../../../../examples/hono/test/live-bun.ts";
import { bunSockets } from "../../../src/connections/index.ts";
import type { SqliteDatabase } from "../../../src/stores/sqlite.ts";
import type { ClientSocket, Host, SocketServer } from "../stories/host.ts";
import { tellAll } from "../stories/tell.ts";

interface BunServer {
  readonly port: number;
  stop(isAtOnce: boolean): Promise<void>;
}
declare const Bun: { readonly version: string; serve(options: object): BunServer };

const { Database } = (await import("bun:sqlite" as string)) as {
  readonly Database: new (file: string) => SqliteDatabase & { close(): void };
};
const folder = mkdtempSync(join(tmpdir(), "sojourn-runtime-"));
const listening = { port: 0, hostname: "127.0.0.1" };

/** Bun's own client, which can say where it is from. */
async function dial(port: number, headers: object): Promise<ClientSocket> {
  const Client = WebSocket as unknown as new (url: string, options: object) => WebSocket;
  const socket = new Client(`ws://127.0.0.1:${port}/`, { headers });
  const heard = new Promise<string>((resolve) => {
    socket.onmessage = ({ data }) => resolve(String(data));
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.onclose = ({ code, reason }) => resolve({ code, reason });
  });
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error("refused"));
  });
  return { heard, closed };
}

function served(options: object): SocketServer {
  const server = Bun.serve({ ...listening, ...options });
  return { dial: (headers) => dial(server.port, headers), close: () => server.stop(true) };
}

const host: Host = {
  runtime: `bun ${Bun.version}`,
  async serve(handler) {
    const server = Bun.serve({ ...listening, fetch: handler });
    return { origin: `http://127.0.0.1:${server.port}`, close: () => server.stop(true) };
  },
  sqlite: (file) => new Database(file),
  folder,
  streams: true,
  sockets: {
    async "Bun's own"(connections) {
      const live = bunSockets(connections, {
        open: (socket, { session }) => void socket.send(`Hello, ${session.userId}`),
        message() {},
      });
      return served({ fetch: live.upgrade, websocket: live.websocket });
    },
    "Hono's": async (connections) => served(honoOnBun(connections)),
  },
};

await tellAll(host, (line) => console.log(JSON.stringify(line)));
rmSync(folder, { recursive: true, force: true });
process.exit(0);
