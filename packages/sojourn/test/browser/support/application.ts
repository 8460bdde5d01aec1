import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { nodeFacts, withSession } from "../../../src/adapters/node.ts";
import type { SessionEvent } from "../../../src/core/events.ts";
import type { ResponseSink } from "../../../src/core/request.ts";
import type { Session } from "../../../src/core/session.ts";
import type { SessionStore } from "../../../src/core/store.ts";
import { createSessionManager, type SessionManager } from "../../../src/manager.ts";
import type { SessionManagerOptions } from "../../../src/options.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import { type TestClock, testClock } from "../../../src/testing/index.ts";
import { tls } from "./chromium.ts";

/** A request as the server saw it, and what it answered. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly status: number;
}

/** An application of a few pages over https, whose sessions are bound to their devices. */
export interface Application {
  readonly port: number;
  readonly url: string;
  readonly origins: readonly string[];
  readonly clock: TestClock;
  readonly outage: Outage;
  readonly events: readonly SessionEvent[];
  readonly manager: SessionManager<Record<string, unknown>>;
  /** Everything that was asked of it, in the order it was answered. */
  readonly seen: readonly Seen[];
  close(): Promise<void>;
}

/** The store's, while `on` says so. */
export interface Outage {
  on: boolean;
}

/** `hosts`: all the browser's names for this machine. */
export async function startApplication(
  options: Partial<SessionManagerOptions> = {},
  hosts: readonly string[] = ["localhost"],
): Promise<Application> {
  const clock = testClock(Date.now());
  const outage: Outage = { on: false };
  const store = failingDuring(outage, memoryStore());
  const events: SessionEvent[] = [];
  const seen: Seen[] = [];
  const server = createServer(tls);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const origins = hosts.map((host) => `https://${host}:${port}`);
  const manager = createSessionManager({
    store,
    clock,
    origins,
    // As long-lived as its device allows: a session cookie would not survive the browser.
    cookie: { persistent: true },
    binding: { policy: "offer" },
    onEvent: (event) => events.push(event),
    ...options,
    schema: undefined as never,
  });
  const answer = withSession(manager, (request, response, { session }) => respond(request, response, session));
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    response.on("finish", () => {
      const { method = "", url: path = "", headers } = request;
      seen.push({ method, path, headers, status: response.statusCode });
    });
    void answer(request, response);
  });
  server.on("upgrade", async (request: IncomingMessage, socket: Duplex) => {
    const session = await manager.open(nodeFacts(request), nowhere);
    socket.end(handshakeAndMessage(request, { user: session.userId, bound: isBound(session) }));
  });
  return {
    port,
    url: `https://localhost:${port}`,
    origins,
    clock,
    outage,
    events,
    manager,
    seen,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** A handshake has no response that a cookie could go into. */
const nowhere: ResponseSink = { writable: false, setCookie() {}, setHeader() {}, setCaching() {} };

/** The answer to a WebSocket's handshake, one message, and the end. */
function handshakeAndMessage({ headers }: IncomingMessage, message: object): Buffer {
  const accept = createHash("sha1")
    .update(`${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest("base64");
  const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
  const text = Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from(head), Buffer.from([0x81, text.length]), text]);
}

/** Every call is refused during the outage, as by a database that is down. */
function failingDuring(outage: Outage, store: SessionStore): SessionStore {
  const unlessDown = <Given extends unknown[], Result>(verb: (...given: Given) => Result | Promise<Result>) => {
    return async (...given: Given): Promise<Result> =>
      outage.on ? Promise.reject(new Error("connection refused")) : verb(...given);
  };
  return {
    name: store.name,
    insert: unlessDown(store.insert),
    find: unlessDown(store.find),
    update: unlessDown(store.update),
    remove: unlessDown(store.remove),
    idsOf: unlessDown(store.idsOf),
    removeExpired: unlessDown(store.removeExpired),
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  session: Session<Record<string, unknown>>,
): Promise<void> {
  const { method, url } = request;
  if (method === "POST" && url === "/login") {
    await session.authenticate({ id: "ada", keep: "none" });
    response.writeHead(303, { Location: "/" }).end();
  } else if (method === "POST" && url === "/logout") {
    await session.end();
    response.writeHead(303, { Location: "/" }).end();
  } else if (url === "/login") {
    response.setHeader("Content-Type", "text/html");
    response.end('<title>Log in</title><form method="post"><button>Log in</button></form>');
  } else if (url === "/api" || (method === "POST" && url === "/echo")) {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ user: session.userId, bound: isBound(session), body }));
  } else {
    const title = session.kind === "authenticated" ? `Hello ${session.userId}` : `Nobody: ${because(session)}`;
    response.setHeader("Content-Type", "text/html");
    response.end(
      `<title>${title}</title><p id="bound">${isBound(session)}</p><form method="post" action="/logout"><button>Log out</button></form>`,
    );
  }
}

function isBound(session: Session<object>): boolean {
  return session.kind === "authenticated" && session.isBound;
}

function because(session: Session<object>): string {
  return session.kind === "anonymous" ? session.because : session.kind;
}
