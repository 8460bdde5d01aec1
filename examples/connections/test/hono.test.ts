import type { Server } from "node:http";
import { createAdaptorServer, upgradeWebSocket, type WebSocketServerLike } from "@hono/node-server";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { answerError, honoSessions, type SessionEnv } from "../../../packages/sojourn/src/adapters/hono.ts";
import { eventStream, honoSockets } from "../../../packages/sojourn/src/connections/index.ts";
import { closing, dial, fromPage, get, live, serving, shop, textOf, until } from "./live.ts";

function application(isBehindMiddleware: boolean) {
  const here = live();
  const app = new Hono<SessionEnv<typeof here.manager>>();
  const ended: string[] = [];
  app.onError(answerError);
  if (isBehindMiddleware) app.use(honoSessions(here.manager, { behindProxy: true }).middleware);
  app.get(
    "/live",
    upgradeWebSocket(
      honoSockets(here.connections, (_context, { session }) => ({
        onOpen: (_event, socket) => socket.send(`Hello, ${session.userId}`),
        onMessage: (event, socket) => socket.send(`${session.userId}: ${event.data}`),
        onClose: () => ended.push("socket"),
      })),
    ),
  );
  app.get("/events", (c) =>
    eventStream(here.connections, c.req.raw, (stream) => {
      stream.send({ data: `Hello,\n${stream.session.userId}`, event: "greeting", id: "1" });
      return () => ended.push("stream");
    }),
  );
  const sockets = new WebSocketServer({ noServer: true });
  // Its own example: what its types ask for is not quite what ws' types say.
  const websocket = { server: sockets as unknown as WebSocketServerLike };
  return { ...here, ended, server: createAdaptorServer({ fetch: app.fetch, websocket }) as Server };
}

describeBoth(
  "a WebSocket of Hono's is closed with 4401 within a second of a revocation elsewhere",
  async (here, port) => {
    const cookie = await here.logIn("alice");
    const socket = await dial(port, { ...fromPage(cookie), "X-Forwarded-Proto": "https" });
    socket.send("hello");
    await until(() => socket.said.length === 2);
    expect(socket.said).toEqual(["Hello, alice", "alice: hello"]);
    const closed = closing(socket);
    await here.elsewhere.revokeAll("alice");
    const { how, took } = await closed;
    expect(how).toBe("4401 ended");
    expect(took).toBeLessThan(1_000);
    await until(() => here.ended.includes("socket"));
    expect(here.connections.stats.connections).toBe(0);
  },
);

describeBoth("a WebSocket whose client goes away is not held any more", async (here, port) => {
  const socket = await dial(port, { ...fromPage(await here.logIn("alice")), "X-Forwarded-Proto": "https" });
  await until(() => here.connections.stats.connections === 1);
  socket.close();
  await until(() => here.ended.includes("socket"));
  expect(here.connections.stats.connections).toBe(0);
});

describeBoth("who is not let in gets an answer of HTTP", async ({ logIn }, port) => {
  await expect(dial(port, { Origin: shop, "X-Forwarded-Proto": "https" })).rejects.toThrow("401");
  const foreign = { Origin: "https://evil.example", Cookie: await logIn("alice"), "X-Forwarded-Proto": "https" };
  await expect(dial(port, foreign)).rejects.toThrow("403");
});

describeBoth("an event stream is told why it ends, and its clean-up is done once", async (here, port) => {
  const headers = { ...fromPage(await here.logIn("alice")), "X-Forwarded-Proto": "https" };
  const response = await get(port, "/events", headers);
  expect([response.statusCode, response.headers["content-type"], response.headers["cache-control"]]).toEqual([
    200,
    "text/event-stream",
    "no-store",
  ]);
  const text = textOf(response);
  await until(() => here.connections.stats.connections === 1);
  await here.elsewhere.revokeAll("alice");
  expect(await text).toBe(
    'event: greeting\nid: 1\ndata: Hello,\ndata: alice\n\nevent: session-closed\ndata: {"code":4401,"reason":"ended"}\n\n',
  );
  expect(here.ended).toEqual(["stream"]);
});

describeBoth("an event stream whose client goes away is not held any more", async (here, port) => {
  const headers = { ...fromPage(await here.logIn("alice")), "X-Forwarded-Proto": "https" };
  const response = await get(port, "/events", headers);
  await until(() => here.connections.stats.connections === 1);
  response.destroy();
  await until(() => here.ended.includes("stream"));
  expect(here.connections.stats.connections).toBe(0);
});

/** With the sessions' middleware in front, as most applications have it, and without. */
function describeBoth(
  name: string,
  story: (here: ReturnType<typeof application>, port: number) => Promise<void>,
): void {
  test.each([
    ["behind the middleware", true],
    ["without the middleware", false],
  ])(`${name}: %s`, async (_name, isBehind) => {
    const here = application(isBehind);
    await serving(here.server, (port) => story(here, port));
  });
}
