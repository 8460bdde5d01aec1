import { request as httpRequest, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, connect as http2Connect } from "node:http2";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { withSession } from "../../src/adapters/node.ts";
import { createSessionManager, type Session } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { listen } from "./applications/listen.ts";

interface Page {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly session: Session<Record<string, unknown>>;
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** What a browser gets from a server whose handler logs Alice in and then does `write`. */
async function answerOf(write: (page: Page) => unknown, around: (next: RequestListener) => RequestListener = same) {
  const { origin, close } = await listen(around(loginHandler(write)));
  closing.push(close);
  return answerFrom(origin);
}

const same = (next: RequestListener) => next;

function loginHandler(write: (page: Page) => unknown): RequestListener {
  const manager = createSessionManager({ store: memoryStore() });
  const handle = withSession(manager, async (request, response, { session }) => {
    await session.authenticate({ id: "alice", keep: "none" });
    await write({ request, response, session });
  });
  return (request, response) => void handle(request, response);
}

function answerFrom(origin: string): Promise<{ status: number; message: string; raw: string[]; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { "Sec-Fetch-Site": "same-origin" };
    const sent = httpRequest(origin, { method: "POST", agent: false, headers }, async (incoming) => {
      const pieces: Buffer[] = [];
      for await (const piece of incoming) pieces.push(piece as Buffer);
      resolve({
        status: incoming.statusCode ?? 0,
        message: incoming.statusMessage ?? "",
        raw: incoming.rawHeaders,
        body: Buffer.concat(pieces).toString(),
      });
    });
    sent.once("error", reject).end();
  });
}

function valuesOf(raw: readonly string[], name: string): string[] {
  return raw.filter((_, at) => at % 2 === 1 && raw[at - 1]?.toLowerCase() === name);
}

const sessionCookie = expect.stringMatching(
  /^__Host-Http-id=[\w-]{22}\.[\w-]{44}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
);

const waysToSend: readonly (readonly [string, (page: Page) => unknown])[] = [
  ["writeHead with a status", ({ response }) => response.writeHead(200).end("body")],
  ["writeHead with an object", ({ response }) => response.writeHead(200, { "Cache-Control": "public" }).end("body")],
  [
    "writeHead with a message and an object",
    ({ response }) => response.writeHead(200, "OK", { "Cache-Control": "public" }).end("body"),
  ],
  [
    "writeHead with undefined for the message",
    ({ response }) => response.writeHead(200, undefined, { "Cache-Control": "public" }).end("body"),
  ],
  ["writeHead with a flat list", ({ response }) => response.writeHead(200, ["Cache-Control", "public"]).end("body")],
  [
    "writeHead with a message and a flat list",
    ({ response }) => response.writeHead(200, "OK", ["Cache-Control", "public"]).end("body"),
  ],
  ["implicit headers, by end", ({ response }) => response.end("body")],
  [
    "implicit headers, by write",
    ({ response }) => {
      response.write("bo");
      response.end("dy");
    },
  ],
  ["implicit headers, by a pipe", ({ response }) => Readable.from(["bo", "dy"]).pipe(response)],
  [
    "flushHeaders",
    ({ response }) => {
      response.setHeader("Cache-Control", "public");
      response.flushHeaders();
      response.end("body");
    },
  ],
  [
    "early hints before it",
    ({ response }) => {
      response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
      response.writeHead(200, { "Cache-Control": "public" }).end("body");
    },
  ],
  [
    "an informational response before it",
    ({ response }) => {
      response.writeProcessing();
      response.end("body");
    },
  ],
  [
    "headers set one by one, also after the login",
    ({ response }) => {
      response.setHeader("Cache-Control", "public");
      response.setHeader("Vary", ["Accept-Encoding", "Cookie"]);
      response.end("body");
    },
  ],
];

test.each(waysToSend)("%s: the cookie is there once, and nothing may store it", async (_way, write) => {
  const { status, raw, body } = await answerOf(write);
  expect([status, body]).toEqual([200, "body"]);
  expect(valuesOf(raw, "set-cookie")).toEqual([sessionCookie]);
  expect(valuesOf(raw, "cache-control")).toEqual(["no-store"]);
  expect(valuesOf(raw, "vary").join()).toMatch(/\bCookie$/);
});

test("the handler's status message, headers and cookies survive, whichever way they were said", async () => {
  const { message, raw } = await answerOf(({ response }) => {
    response.setHeader("X-First", "1");
    response.setHeader("Set-Cookie", "overwritten=1");
    response.writeHead(200, "Fine", ["X-Second", "2", "X-Second", "3", "Set-Cookie", "a=1", "set-cookie", "b=2"]).end();
  });
  expect(message).toBe("Fine");
  expect([valuesOf(raw, "x-first"), valuesOf(raw, "x-second")]).toEqual([["1"], ["2", "3"]]);
  expect(valuesOf(raw, "set-cookie")).toEqual(["a=1", "b=2", sessionCookie]);
});

test.each([
  ["a status and an object", [200, { "X-Own": "1" }]],
  ["a status, a message and an object", [200, "Fine", { "X-Own": "1" }]],
  ["a status, undefined and an object", [200, undefined, { "X-Own": "1" }]],
  ["a status and a list", [200, ["X-Own", "1"]]],
  ["a status, undefined and a list", [200, undefined, ["X-Own", "1"]]],
])("writeHead with %s loses none of the headers", async (_form, given) => {
  const { raw } = await answerOf(({ response }) => {
    Reflect.apply(response.writeHead, response, given);
    response.end();
  });
  expect(valuesOf(raw, "x-own")).toEqual(["1"]);
});

test("a list of values in an object is sent as several lines", async () => {
  const { raw } = await answerOf(({ response }) => {
    response.writeHead(200, { "Set-Cookie": ["a=1", "b=2"], Link: ["<1>", "<2>"] }).end();
  });
  expect(valuesOf(raw, "set-cookie")).toEqual(["a=1", "b=2", sessionCookie]);
  expect(valuesOf(raw, "link")).toEqual(["<1>", "<2>"]);
});

test("a writeHead that throws loses nothing: the error page still carries the cookie, and is not stored", async () => {
  const { status, raw, body } = await answerOf(({ response }) => {
    try {
      response.writeHead(99_999);
    } catch {
      response.removeHeader("Cache-Control");
      response.removeHeader("Set-Cookie");
      response.writeHead(500, { "Cache-Control": "public" }).end("error page");
    }
  });
  expect([status, body]).toEqual([500, "error page"]);
  expect(valuesOf(raw, "set-cookie")).toEqual([sessionCookie]);
  expect(valuesOf(raw, "cache-control")).toEqual(["no-store"]);
});

test("a second writeHead is Node's own error, and changes nothing of what was sent", async () => {
  let code: unknown;
  const { status } = await answerOf(({ response }) => {
    response.writeHead(200);
    try {
      response.writeHead(204);
    } catch (error) {
      code = (error as { code?: unknown }).code;
    }
    response.end();
  });
  expect([status, code]).toEqual([200, "ERR_HTTP_HEADERS_SENT"]);
});

/** Compresses like the middleware in use: it takes over `write` and `end`, and says so when the headers are sent. */
function compressing(next: RequestListener): RequestListener {
  return (request, response) => {
    const gzip = createGzip();
    const { write, end, writeHead } = response;
    gzip.on("data", (piece: Buffer) => Reflect.apply(write, response, [piece]));
    gzip.on("end", () => Reflect.apply(end, response, []));
    response.writeHead = ((status: number, ...rest: never[]) => {
      response.setHeader("Content-Encoding", "gzip");
      response.setHeader("Vary", "Accept-Encoding");
      response.writeHead = writeHead;
      return Reflect.apply(writeHead, response, [status, ...rest]);
    }) as typeof writeHead;
    response.end = ((piece?: string) => {
      if (!response.headersSent) response.writeHead(response.statusCode);
      gzip.end(piece);
      return response;
    }) as typeof end;
    next(request, response);
  };
}

test("end in the middle of compression: the cookie is there, and both have their say in Vary", async () => {
  const { raw, body } = await answerOf(({ response }) => response.end("body"), compressing);
  expect(valuesOf(raw, "set-cookie")).toEqual([sessionCookie]);
  expect(valuesOf(raw, "content-encoding")).toEqual(["gzip"]);
  expect(valuesOf(raw, "cache-control")).toEqual(["no-store"]);
  expect(body.length).toBeGreaterThan(0);
});

test("an error of the library is answered as itself, whatever the handler had said about its own body", async () => {
  const { status, raw, body } = await answerOf(async ({ response, session }) => {
    response.setHeader("Content-Encoding", "gzip");
    response.setHeader("Content-Length", "5");
    response.setHeader("X-Frame-Options", "DENY");
    // A login has replaced this handle.
    await session.end();
  });
  expect([status, body]).toEqual([401, '{"error":"ERR_SESSION_SUPERSEDED"}']);
  expect(valuesOf(raw, "content-encoding")).toEqual([]);
  expect(valuesOf(raw, "content-length")).toEqual([String(body.length)]);
  expect(valuesOf(raw, "x-frame-options")).toEqual(["DENY"]);
});

test.each([
  ["https", true],
  ["https, https", true],
  [" HTTPS ", true],
  ["https, http", false],
  ["http, https", false],
  ["https,", false],
  ["", false],
  ["httpsx", false],
])("the named proxy's X-Forwarded-Proto: %j means TLS: %j", async (forwarded, isTls) => {
  const manager = createSessionManager({ store: memoryStore() });
  const handle = withSession(
    manager,
    async (_request, response, { session }) => {
      await session.authenticate({ id: "alice", keep: "none" });
      response.end();
    },
    { proxy: () => true },
  );
  const { origin, close } = await listen((request, response) => void handle(request, response));
  closing.push(close);
  const status = await new Promise((resolve) => {
    const headers = { Host: "shop.example", "Sec-Fetch-Site": "same-origin", "X-Forwarded-Proto": forwarded };
    const answered = (incoming: IncomingMessage) => resolve(incoming.resume().statusCode);
    httpRequest(origin, { method: "POST", agent: false, headers }, answered).end();
  });
  expect(status).toBe(isTls ? 200 : 400);
});

test.each([
  ["writeHead", (response: ServerResponse) => void response.writeHead(200, { "cache-control": "public" }).end("body")],
  ["implicit headers", (response: ServerResponse) => void response.end("body")],
])("over HTTP/2, with %s, the login works as over HTTP/1", async (_way, write) => {
  const listener = loginHandler(({ response }) => write(response));
  const server = createHttp2Server((request, response) => listener(request as never, response as never));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = http2Connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  closing.push(
    () => new Promise((resolve) => client.close(resolve)),
    () => new Promise((resolve) => void server.close(() => resolve())),
  );
  const stream = client.request({ ":method": "POST", ":path": "/", "sec-fetch-site": "same-origin" }).end();
  const headers = await new Promise<Record<string, unknown>>((resolve) => stream.once("response", resolve));
  expect(headers).toMatchObject({ ":status": 200, "cache-control": "no-store", vary: "Cookie" });
  expect(headers["set-cookie"]).toEqual([sessionCookie]);
  expect(await stream.setEncoding("utf8").toArray()).toEqual(["body"]);
});

test("what a handler throws is answered with 500 and told, and the server lives on", async () => {
  const told: unknown[] = [];
  const handle = withSession(
    createSessionManager({ store: memoryStore() }),
    () => {
      throw new URIError("a bug");
    },
    { onError: (error) => told.push(error) },
  );
  const { origin, close } = await listen((request, response) => void handle(request, response));
  closing.push(close);
  for (let requests = 1; requests <= 2; requests++) {
    expect(await answerFrom(origin)).toMatchObject({ status: 500, body: '{"error":"internal"}' });
    expect(told).toHaveLength(requests);
  }
});

test("a name that a handler spells in two ways in one writeHead wins neither over the cookie nor over no-store", async () => {
  const { raw } = await answerOf(({ response }) =>
    response
      .writeHead(200, {
        "cache-control": "public",
        "Cache-Control": "public, max-age=600",
        "set-cookie": "a=1",
        "Set-Cookie": ["__Host-Http-id=planted", "b=2"],
      })
      .end(),
  );
  expect(valuesOf(raw, "cache-control")).toEqual(["no-store"]);
  const cookies = valuesOf(raw, "set-cookie").map((line) => line.split(";")[0]);
  expect(cookies.filter((pair) => pair?.startsWith("__Host-Http-id="))).toHaveLength(1);
  expect(cookies).not.toContain("__Host-Http-id=planted");
  expect(cookies).toEqual(expect.arrayContaining(["b=2"]));
});
