import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { honoOnDeno } from "../../../../../examples/hono/test/live-deno.ts";
import type { SqliteDatabase } from "../../../src/stores/sqlite.ts";
import type { ClientSocket, Host } from "../stories/host.ts";
import { tellAll } from "../stories/tell.ts";

interface DenoServer {
  readonly addr: { readonly port: number };
  shutdown(): Promise<void>;
}
declare const Deno: {
  readonly version: { readonly deno: string };
  serve(options: object, handler: (request: Request) => Response | Promise<Response>): DenoServer;
};

/** By its shape: the types of Node 20, with which this is compiled, do not have it. */
const { DatabaseSync } = (await import("node:sqlite" as string)) as {
  readonly DatabaseSync: new (file: string) => SqliteDatabase & { close(): void };
};
const folder = mkdtempSync(join(tmpdir(), "sojourn-runtime-"));

/** Stopped at once, whatever is still open: `shutdown` waits for streams and sockets. */
function served(handler: (request: Request) => Response | Promise<Response>) {
  const off = new AbortController();
  const options = { port: 0, hostname: "127.0.0.1", signal: off.signal, onListen() {} };
  const { port } = Deno.serve(options, handler).addr;
  return { port, close: async () => off.abort() };
}

/** Deno's own client, which can say where it is from. */
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

const host: Host = {
  runtime: `deno ${Deno.version.deno}`,
  async serve(handler) {
    const { port, close } = served(handler);
    return { origin: `http://127.0.0.1:${port}`, close };
  },
  sqlite: (file) => new DatabaseSync(file),
  folder,
  streams: true,
  sockets: {
    async "Hono's"(connections) {
      const fetch = honoOnDeno(connections);
      const { port, close } = served((request) => fetch(request));
      return { dial: (headers) => dial(port, headers), close };
    },
  },
};

await tellAll(host, (line) => console.log(JSON.stringify(line)));
rmSync(folder, { recursive: true, force: true });
process.exit(0);
