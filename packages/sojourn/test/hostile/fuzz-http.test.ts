import { connect } from "node:net";
import express from "express";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSessionManager } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { AdapterApplication, AdapterApplicationData } from "../../src/testing/index.ts";
import { expressApplication } from "../adapters/applications/express.ts";
import { listen } from "../adapters/applications/listen.ts";
import { startOnNode } from "../adapters/applications/node.ts";

const applications: Record<string, AdapterApplication> = {};
const store = memoryStore();

beforeAll(async () => {
  const options = {
    manager: createSessionManager<AdapterApplicationData>({ store, origins: ["https://shop.example"] }),
    isBehindProxy: false,
  };
  applications["node:http"] = await startOnNode(options);
  applications.Express = await listen(expressApplication(express, options));
});

afterAll(async () => {
  for (const application of Object.values(applications)) await application.close();
});

/** Everything the server says to these bytes, until it has nothing more to say. */
function answersTo(bytes: Buffer, origin: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const socket = connect(Number(new URL(origin).port), "127.0.0.1", () => socket.end(bytes));
    socket.setEncoding("latin1").on("data", (piece: string) => {
      said += piece;
    });
    // A reset is an answer too: the server has had enough.
    socket
      .once("close", () => resolve(said))
      .on("error", (error: { code?: string }) => {
        if (error.code !== "ECONNRESET" && error.code !== "EPIPE") reject(error);
      });
  });
}

const nobody = `${"A".repeat(22)}.${"A".repeat(44)}`;
const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 30,
});
const visible = fc.string({
  unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
  maxLength: 30,
});
const method = fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get", "BREW");
const target = fc.oneof(
  fc.constantFrom(
    "/me",
    "/poll",
    "/count",
    "/logout",
    "/sensitive",
    "//evil.example/sensitive",
    "*",
    "http://evil.example/me",
  ),
  visible.map((path) => `/${path}`),
);
const headerName = fc.constantFrom(
  ...[
    "Host",
    "Cookie",
    "Origin",
    "Referer",
    "Accept",
    "Authorization",
    "Sec-Fetch-Site",
    "Sec-Fetch-Mode",
    "Connection",
  ],
  ...["X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "X-CSRF-Token", "__proto__", "constructor"],
);
const headerValue = fc.oneof(
  latin1.map((text) => text.replace(/[\r\n]/g, "")),
  fc.constantFrom(
    "localhost",
    "127.0.0.1",
    "shop.example",
    "evil.example",
    "https://shop.example",
    "null",
    "text/html",
  ),
  fc.constantFrom("same-origin", "cross-site", "none", "navigate", "https", "https, http", "keep-alive"),
  fc.constantFrom(
    `__Host-Http-id=${nobody}`,
    `__Host-Http-id=x; __Host-Http-id=y`,
    "__Host-Http-id=",
    `Bearer ${nobody}`,
  ),
);
const request = fc
  .tuple(method, target, fc.array(fc.tuple(headerName, headerValue), { maxLength: 8 }), latin1)
  .map(([verb, path, headers, body]) =>
    [
      `${verb} ${path} HTTP/1.1`,
      "Host: 127.0.0.1",
      ...headers.map(([name, value]) => `${name}: ${value}`),
      `Content-Length: ${body.length}`,
      "Connection: close",
      `\r\n${body}`,
    ].join("\r\n"),
  );
/** Cut off, or with a byte of it changed. */
const damaged = fc
  .tuple(request, fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom("", "\0", "\r", "\n", " ", ":", "\xff"))
  .map(([text, where, byte]) => {
    const at = Math.floor(where * text.length);
    return byte === "" ? text.slice(0, at) : `${text.slice(0, at)}${byte}${text.slice(at + 1)}`;
  });

test.each(["node:http", "Express"])(
  "%s: no request that was made up is answered with a 500, signs anybody in or brings the server down",
  async (name) => {
    const { origin } = applications[name] as AdapterApplication;
    await fc.assert(
      fc.asyncProperty(fc.oneof({ arbitrary: request, weight: 3 }, damaged), async (text) => {
        const said = await answersTo(Buffer.from(text, "latin1"), origin);
        for (const [, status] of said.matchAll(/HTTP\/1\.1 (\d{3})/g)) expect(Number(status)).toBeLessThan(500);
        expect(said).not.toMatch(/"kind":"(?:authenticated|locked)"/);
      }),
      { numRuns: 1_000 },
    );
    const users = (await store.scan(null, 10_000)).map(({ userId }) => userId);
    expect(users.filter((userId) => userId !== null)).toEqual([]);
    const me = await answersTo(Buffer.from("GET /me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), origin);
    expect(me).toContain('"kind":"anonymous"');
  },
);

test.each(["node:http", "Express"])("%s: headers too large are refused before anybody reads them", async (name) => {
  const { origin } = applications[name] as AdapterApplication;
  const cookies = Array.from({ length: 10_000 }, (_, index) => `c${index}=${index}`).join("; ");
  const head = `GET /me HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookies}\r\n\r\n`;
  expect(await answersTo(Buffer.from(head), origin)).toMatch(/^HTTP\/1\.1 431 |^$/);
});
