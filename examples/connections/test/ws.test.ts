import { connect } from "node:net";
import { expect, test, vi } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { acceptWebSockets, type OpenConnectionsOptions } from "../../../packages/sojourn/src/connections/index.ts";
import { isARunningExample } from "../../../packages/sojourn/test/adapters/support/example.ts";
import { closing, createServer, dial, fromPage, leavesNext, live, serving, shop, until } from "./live.ts";

/** An application whose sockets say back what they are told. */
function echo(options: OpenConnectionsOptions = {}) {
  const application = live(options);
  const heard: string[] = [];
  const errors: unknown[] = [];
  const server = createServer((_request, response) => response.end("a page"));
  const sockets = new WebSocketServer({ noServer: true });
  const accept = acceptWebSockets(
    application.connections,
    sockets,
    (socket, { session }) => {
      if (session.userId === "mallory") throw new Error("no such room");
      socket.on("message", (text) => {
        heard.push(String(text));
        socket.send(`${session.userId}: ${text}`);
      });
    },
    { onError: (error) => errors.push(error) },
  );
  server.on("upgrade", accept);
  return { ...application, server, sockets, heard, errors };
}

test("a WebSocket of somebody logged in is open, and closed with 4401 within a second of a revocation elsewhere", async () => {
  const { server, logIn, elsewhere, connections } = echo();
  await serving(server, async (port) => {
    const socket = await dial(port, fromPage(await logIn("alice")));
    socket.send("hello");
    await until(() => socket.said.length > 0);
    expect(socket.said).toEqual(["alice: hello"]);
    const closed = closing(socket);
    await elsewhere.revokeAll("alice");
    const { how, took } = await closed;
    expect(how).toBe("4401 ended");
    expect(took).toBeLessThan(1_000);
    expect(connections.stats).toMatchObject({ connections: 0, sessions: 0, closed: 1 });
  });
});

test("who is not let in gets an answer of HTTP: nobody logged in, another site, too many", async () => {
  const { server, logIn, connections } = echo({ perSession: 1 });
  await serving(server, async (port) => {
    await expect(dial(port, { Origin: shop })).rejects.toThrow('401 {"error":"signed-out"}');
    const cookie = await logIn("alice");
    const foreign = { Origin: "https://evil.example", Cookie: cookie };
    await expect(dial(port, foreign)).rejects.toThrow('403 {"error":"ERR_CSRF_REFUSED"}');
    const socket = await dial(port, fromPage(cookie));
    await expect(dial(port, fromPage(cookie))).rejects.toThrow('429 {"error":"too-many-connections"}');
    socket.close();
    await until(() => connections.stats.connections === 0);
    (await dial(port, fromPage(cookie))).close();
  });
});

test("a client that does not take part in closing is not heard any more, and is cut off", async () => {
  const { server, sockets, logIn, elsewhere, heard } = echo();
  await serving(server, async (port) => {
    const cookie = await logIn("alice");
    const raw = connect(port, "127.0.0.1");
    raw.on("error", () => {});
    const handshake = [
      `GET /live HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${shop}\r\nCookie: ${cookie}\r\nConnection: Upgrade`,
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    ];
    raw.write(handshake.join("\r\n"));
    await until(() => sockets.clients.size === 1);
    const chatter = setInterval(() => raw.write(frame("still here")), 5);
    await until(() => heard.length > 0);
    await elsewhere.revokeAll("alice");
    const start = performance.now();
    await until(() => sockets.clients.size === 1 && [...sockets.clients][0]?.readyState === WebSocket.CLOSING);
    const heardSoFar = heard.length;
    await new Promise((resolve) => raw.once("close", resolve));
    clearInterval(chatter);
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(heard.length).toBe(heardSoFar);
  });
});

test("what is no frame ends the connection it came over, and not the process, also of one that is closed at once", async () => {
  const { server, sockets, logIn, connections } = echo({ perSession: 1 });
  await serving(server, async (port) => {
    const cookie = await logIn("alice");
    const handshake = [
      `GET /live HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${shop}\r\nCookie: ${cookie}\r\nConnection: Upgrade`,
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    ];
    const clients = Array.from({ length: 3 }, () => {
      const raw = connect(port, "127.0.0.1");
      raw.on("error", () => {});
      raw.write(handshake.join("\r\n"));
      raw.once("data", () => raw.write(Buffer.from([0xff, 0xff, 0xff])));
      return new Promise((resolve) => raw.once("close", resolve));
    });
    await Promise.all(clients);
    await until(() => connections.stats.connections === 0 && sockets.clients.size === 0);
    (await dial(port, fromPage(cookie))).close();
  });
});

test("a client that goes away while it is judged ends nothing, and is not held", async () => {
  const { server, logIn, connections, store } = echo();
  await serving(server, async (port) => {
    const cookie = await logIn("alice");
    const held = store.hold("find", { on: "answer" });
    const left = leavesNext(server);
    const raw = connect(port, "127.0.0.1");
    raw.write(
      `GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: ${shop}\r\nCookie: ${cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
    await held.reached;
    raw.resetAndDestroy();
    await left;
    held.release();
    (await dial(port, fromPage(cookie))).close();
    await until(() => connections.stats.connections === 0);
  });
});

test("what the application throws at a new socket closes it, is reported, and ends nothing else", async () => {
  const { server, logIn, errors } = echo();
  await serving(server, async (port) => {
    const socket = await dial(port, fromPage(await logIn("mallory")));
    expect((await closing(socket)).how).toBe("1011 internal");
    expect(errors).toEqual([new Error("no such room")]);
    (await dial(port, fromPage(await logIn("alice")))).close();
  });
});

test("without an own listener, what is thrown is a warning of the process", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const { connections, logIn } = live();
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  server.on(
    "upgrade",
    acceptWebSockets(connections, sockets, () => {
      throw new Error("no such room");
    }),
  );
  await serving(server, async (port) => {
    await closing(await dial(port, fromPage(await logIn("alice"))));
    expect(warn).toHaveBeenCalledWith(new Error("no such room"));
  });
  warn.mockRestore();
});

test("closing all of them tells the sockets that the application goes away", async () => {
  const { server, logIn, connections } = echo();
  await serving(server, async (port) => {
    const socket = await dial(port, fromPage(await logIn("alice")));
    const closed = closing(socket);
    await connections.close();
    expect((await closed).how).toBe("1001 going-away");
    await expect(dial(port, fromPage(await logIn("alice")))).rejects.toThrow('503 {"error":"going-away"}');
  });
});

/** A text frame as a client sends it, masked with zeros. */
function frame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

isARunningExample("connections");
