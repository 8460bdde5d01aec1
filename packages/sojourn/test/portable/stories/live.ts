import { eventStream, type OpenConnections, openConnections } from "../../../src/connections/index.ts";
import { createSessionManager } from "../../../src/index.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import { Visitor } from "../../support/visitor.ts";
import { is } from "./assert.ts";
import type { AnyData, Host, SocketServer, Suite } from "./host.ts";

const shop = "https://shop.example";

/** An application with connections, another process of it, and Alice's cookie. */
async function live() {
  const store = memoryStore();
  const manager = createSessionManager<AnyData>({ store, origins: [shop] });
  const elsewhere = createSessionManager<AnyData>({ store, origins: [shop] });
  const alice = new Visitor(manager);
  await alice.logIn("alice");
  const cookie = [...alice.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  return { connections: openConnections(manager), elsewhere, headers: { Origin: shop, Cookie: cookie } };
}

/** Event streams over real sockets, by what every runtime has. */
export const streams: Suite = {
  name: "event streams",
  offered: ({ streams }) => streams,
  stories: {
    async "a stream says why it ends, within a second of a revocation elsewhere"(host) {
      const { connections, elsewhere, headers } = await live();
      const server = await host.serve((request) =>
        eventStream(connections, request, (stream) => {
          stream.send({ data: `Hello, ${stream.session.userId}` });
          return undefined;
        }),
      );
      try {
        is((await fetch(server.origin, { headers: { Origin: shop } })).status, 401, "the status of a stranger");
        const response = await fetch(server.origin, { headers });
        const text = response.text();
        const start = performance.now();
        await elsewhere.revokeAll("alice");
        const end = 'event: session-closed\ndata: {"code":4401,"reason":"ended"}\n\n';
        is(await text, `data: Hello, alice\n\n${end}`, "the stream");
        is(performance.now() - start < 1_000, true, "whether it ended within a second");
      } finally {
        await connections.close();
        await server.close();
      }
    },
  },
};

/** WebSockets over real sockets, in every way that the runtime has. */
export const sockets: Suite = {
  name: "WebSockets",
  offered: ({ sockets }) => (typeof sockets === "string" ? sockets : true),
  stories: {
    "a socket is closed with 4401, within a second of a revocation elsewhere": (host) =>
      onEach(host, async ({ dial }, { elsewhere, headers, connections }) => {
        const socket = await dial(headers);
        is(await socket.heard, "Hello, alice", "the greeting");
        const start = performance.now();
        await elsewhere.revokeAll("alice");
        is(await socket.closed, { code: 4401, reason: "ended" }, "how it was closed");
        is(performance.now() - start < 1_000, true, "whether it was closed within a second");
        is(connections.stats.connections, 0, "the connections that are left");
      }),

    "nobody else's page opens one, and nobody who is not logged in": (host) =>
      onEach(host, async ({ dial }, { headers, connections }) => {
        const outcomes = await Promise.allSettled([
          dial({ ...headers, Origin: "https://evil.example" }).then(({ heard }) => heard),
          dial({ Origin: shop }).then(({ heard }) => heard),
        ]);
        is(
          outcomes.map(({ status }) => status),
          ["rejected", "rejected"],
          "what both got",
        );
        is(connections.stats.connections, 0, "the connections that are held");
      }),
  },
};

async function onEach(
  { sockets }: Host,
  story: (server: SocketServer, about: Awaited<ReturnType<typeof live>>) => Promise<void>,
): Promise<void> {
  if (typeof sockets === "string") throw new TypeError(sockets);
  for (const [name, serve] of Object.entries(sockets)) {
    const about = await live();
    const server = await serve(about.connections as OpenConnections<AnyData>);
    try {
      await story(server, about);
    } catch (error) {
      throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
    } finally {
      await about.connections.close();
      await server.close();
    }
  }
}
