import { Server } from "socket.io";
import { io, type Socket } from "socket.io-client";
import { expect, test } from "vitest";
import { type OpenConnectionsOptions, socketIoConnections } from "../../../packages/sojourn/src/connections/index.ts";
import { createServer, fromPage, live, serving, shop, until } from "./live.ts";

function chat(options: OpenConnectionsOptions = {}) {
  const application = live(options);
  const server = createServer();
  const chatServer = new Server(server);
  const sockets = socketIoConnections(application.connections);
  const heard: string[] = [];
  for (const namespace of [chatServer, chatServer.of("/admin")]) {
    namespace.use(sockets.middleware);
    namespace.on("connection", (socket) => {
      const { session } = sockets.of(socket);
      socket.on("say", (text: string, answer: (said: string) => void) => {
        heard.push(text);
        answer(`${session.userId}: ${text}`);
      });
    });
  }
  return { ...application, server, chatServer, sockets, heard };
}

function client(port: number, headers: Record<string, string>, transports: string[], path = ""): Socket {
  return io(`http://127.0.0.1:${port}${path}`, {
    transports,
    extraHeaders: headers,
    reconnection: false,
    forceNew: true,
  });
}

const event = (socket: Socket, name: string) =>
  new Promise<Record<string, unknown>>((resolve) => socket.once(name, resolve));

test.each([["websocket"], ["polling"]])(
  "over %s: a socket hears why it is closed, within a second of a revocation elsewhere",
  async (transport) => {
    const { server, chatServer, logIn, elsewhere, connections } = chat();
    await serving(server, async (port) => {
      const socket = client(port, fromPage(await logIn("alice")), [transport]);
      await event(socket, "connect");
      expect(await socket.emitWithAck("say", "hello")).toBe("alice: hello");
      const told = event(socket, "session-closed");
      const gone = event(socket, "disconnect");
      const start = performance.now();
      await elsewhere.revokeAll("alice");
      expect(await told).toEqual({ code: 4401, reason: "ended" });
      await gone;
      expect(performance.now() - start).toBeLessThan(1_000);
      await until(() => connections.stats.connections === 0 && chatServer.engine.clientsCount === 0);
    });
  },
);

test.each([["websocket"], ["polling"]])(
  "over %s: who is not let in hears a connect_error with status and error",
  async (transport) => {
    const { server, logIn } = chat({ perSession: 1 });
    await serving(server, async (port) => {
      const errorOf = async (headers: Record<string, string>) => {
        const socket = client(port, headers, [transport]);
        const { data } = await event(socket, "connect_error");
        socket.close();
        return data;
      };
      expect(await errorOf({ Origin: shop })).toEqual({ status: 401, error: "signed-out" });
      const cookie = await logIn("alice");
      const foreign = { Origin: "https://evil.example", Cookie: cookie };
      expect(await errorOf(foreign)).toEqual({ status: 403, error: "ERR_CSRF_REFUSED" });
      const first = client(port, fromPage(cookie), [transport]);
      await event(first, "connect");
      expect(await errorOf(fromPage(cookie))).toEqual({ status: 429, error: "too-many-connections" });
      first.close();
    });
  },
);

test("each namespace counts, and the whole connection is closed with either", async () => {
  const { server, logIn, elsewhere, connections, heard } = chat();
  await serving(server, async (port) => {
    const headers = fromPage(await logIn("alice"));
    const manager = client(port, headers, ["websocket"]);
    await event(manager, "connect");
    const admin = manager.io.socket("/admin");
    await event(admin, "connect");
    expect(connections.stats.connections).toBe(2);
    const gone = event(admin, "disconnect");
    await elsewhere.revokeAll("alice");
    await gone;
    admin.emit("say", "still here");
    expect(heard).toEqual([]);
    await until(() => connections.stats.connections === 0);
  });
});

test("a socket that leaves one namespace is not held there any more", async () => {
  const { server, logIn, connections } = chat();
  await serving(server, async (port) => {
    const socket = client(port, fromPage(await logIn("alice")), ["websocket"]);
    await event(socket, "connect");
    const admin = socket.io.socket("/admin");
    await event(admin, "connect");
    admin.disconnect();
    await until(() => connections.stats.connections === 1);
    expect(socket.connected).toBe(true);
    socket.close();
  });
});

test("a client that goes away while it is judged is not held", async () => {
  const { server, chatServer, logIn, connections, store } = chat();
  await serving(server, async (port) => {
    const held = store.hold("find", { on: "answer" });
    const socket = client(port, fromPage(await logIn("alice")), ["websocket"]);
    await held.reached;
    socket.io.engine.close();
    await until(() => chatServer.engine.clientsCount === 0);
    held.release();
    await until(() => store.calls.find > 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(connections.stats.connections).toBe(0);
  });
});

test("a client that polls no more is cut off all the same", async () => {
  const { server, chatServer, logIn, elsewhere, connections } = chat();
  await serving(server, async (port) => {
    const headers = fromPage(await logIn("alice"));
    const url = `http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(url, { headers })).text()).slice(1)) as { readonly sid: string };
    await fetch(`${url}&sid=${sid}`, { method: "POST", body: "40", headers });
    await until(() => connections.stats.connections === 1);
    const start = performance.now();
    await elsewhere.revokeAll("alice");
    await until(() => chatServer.engine.clientsCount === 0);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

test("a socket that leaves altogether is not held any more", async () => {
  const { server, logIn, connections } = chat();
  await serving(server, async (port) => {
    const socket = client(port, fromPage(await logIn("alice")), ["websocket"]);
    await event(socket, "connect");
    socket.disconnect();
    await until(() => connections.stats.connections === 0);
  });
});

test("a namespace without the middleware is said to be one", () => {
  const { sockets } = chat();
  expect(() => sockets.of({})).toThrow("use the middleware on its namespace");
});
