import { expect, test } from "vitest";
import { createSessionManager, type SessionEvent } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { aRequest, aResponse } from "./exchange.ts";

const shop = "https://shop.example";
const origins = [shop, "https://admin.shop.example:8443"];

type Headers = Readonly<Record<string, string>>;
type Row = readonly [method: string, headers: Headers, verdict: string];

async function verdictOf(method: string, headers: Headers, options: { readonly origins?: readonly string[] }) {
  const events: SessionEvent[] = [];
  const manager = createSessionManager({ store: memoryStore(), onEvent: (event) => events.push(event), ...options });
  const request = aRequest({ method, headers });
  const session = await manager.open(request, aResponse().plan);
  const verdict = manager.checkCsrf(request, session);
  return { verdict: verdict.allowed ? "allowed" : verdict.because, events };
}

const withOrigins: readonly Row[] = [
  // What changes nothing passes, whatever it carries.
  ["GET", {}, "allowed"],
  ["HEAD", { "sec-fetch-site": "cross-site" }, "allowed"],
  ["OPTIONS", { origin: "https://evil.example" }, "allowed"],
  // A socket's handshake is a GET that opens a way to change everything, and no page may read another site's answer to.
  ["GET", { upgrade: "websocket", origin: "https://evil.example" }, "foreign-origin"],
  ["GET", { upgrade: "WebSocket", origin: "https://forum.shop.example", "sec-fetch-site": "same-site" }, "cross-site"],
  ["GET", { upgrade: "h2c, websocket", origin: "https://evil.example" }, "foreign-origin"],
  ["GET", { upgrade: "websocket" }, "origin-unknown"],
  ["GET", { upgrade: "websocket", origin: shop }, "allowed"],
  ["GET", { upgrade: "h2c" }, "allowed"],
  // Everything else is looked at, also what only looks safe.
  ["get", {}, "origin-unknown"],
  ["Get", { "sec-fetch-site": "cross-site" }, "cross-site"],
  ["head", {}, "origin-unknown"],
  ["TRACE", {}, "origin-unknown"],
  ["PROPFIND", {}, "origin-unknown"],
  ["PUT", {}, "origin-unknown"],
  ["PATCH", {}, "origin-unknown"],
  ["DELETE", {}, "origin-unknown"],
  ["", {}, "origin-unknown"],
  ["POST", {}, "origin-unknown"],
  // Fetch Metadata decides first.
  ["POST", { "sec-fetch-site": "same-origin" }, "allowed"],
  ["DELETE", { "sec-fetch-site": "same-origin" }, "allowed"],
  ["POST", { "sec-fetch-site": "same-origin", origin: "https://evil.example" }, "allowed"],
  ["POST", { "sec-fetch-site": "cross-site" }, "cross-site"],
  ["POST", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }, "cross-site"],
  ["POST", { "sec-fetch-site": "same-site" }, "cross-site"],
  ["POST", { "sec-fetch-site": "same-site", origin: "https://forum.shop.example" }, "cross-site"],
  // Another origin of this very application is another site to the browser.
  ["POST", { "sec-fetch-site": "same-site", origin: "https://admin.shop.example:8443" }, "allowed"],
  ["POST", { "sec-fetch-site": "cross-site", origin: shop }, "allowed"],
  // The user's own doing: a typed address, a form sent again.
  ["POST", { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" }, "allowed"],
  ["POST", { "sec-fetch-site": "none" }, "origin-unknown"],
  ["POST", { "sec-fetch-site": "none", "sec-fetch-mode": "cors" }, "origin-unknown"],
  // What is not a value of Fetch Metadata says nothing.
  ["POST", { "sec-fetch-site": "" }, "origin-unknown"],
  ["POST", { "sec-fetch-site": "Same-Origin" }, "origin-unknown"],
  ["POST", { "sec-fetch-site": "same-origin, cross-site" }, "origin-unknown"],
  ["POST", { "sec-fetch-site": "sideways" }, "origin-unknown"],
  ["POST", { "sec-fetch-site": "sideways", origin: shop }, "allowed"],
  ["POST", { "sec-fetch-site": "sideways", origin: "https://evil.example" }, "foreign-origin"],
  // Then Origin, byte by byte, against the list.
  ["POST", { origin: shop }, "allowed"],
  ["POST", { origin: "https://admin.shop.example:8443" }, "allowed"],
  ["POST", { origin: "null" }, "foreign-origin"],
  ["POST", { origin: "" }, "foreign-origin"],
  ["POST", { origin: "http://shop.example" }, "foreign-origin"],
  ["POST", { origin: "https://SHOP.example" }, "foreign-origin"],
  ["POST", { origin: "https://shop.example/" }, "foreign-origin"],
  ["POST", { origin: "https://shop.example:443" }, "foreign-origin"],
  ["POST", { origin: "https://shop.example.evil.example" }, "foreign-origin"],
  ["POST", { origin: "https://evil.example?https://shop.example" }, "foreign-origin"],
  ["POST", { origin: "https://shop.example, https://evil.example" }, "foreign-origin"],
  ["POST", { origin: "http://localhost:3000" }, "foreign-origin"],
  // Whoever sends a request chooses these, so they are compared with nothing.
  ["POST", { host: "shop.example" }, "origin-unknown"],
  ["POST", { host: "evil.example", origin: "https://evil.example" }, "foreign-origin"],
  ["POST", { "x-forwarded-host": "evil.example", origin: "https://evil.example" }, "foreign-origin"],
  ["POST", { host: "evil.example", origin: shop }, "allowed"],
  ["POST", { referer: `${shop}/form` }, "origin-unknown"],
];

test.each(withOrigins)("%s %j: %s", async (method, headers, expected) => {
  expect((await verdictOf(method, headers, { origins })).verdict).toBe(expected);
});

const withoutOrigins: readonly Row[] = [
  ["POST", { origin: "http://localhost:3000" }, "allowed"],
  ["POST", { origin: "http://127.0.0.1:3000" }, "allowed"],
  ["POST", { origin: "https://localhost" }, "allowed"],
  ["POST", { origin: "http://localhost.evil.example" }, "foreign-origin"],
  ["POST", { origin: shop }, "foreign-origin"],
  ["POST", { origin: shop, host: "shop.example" }, "foreign-origin"],
  ["POST", { origin: "null" }, "foreign-origin"],
  ["POST", { origin: "http://localhost:3000", "sec-fetch-site": "same-site" }, "cross-site"],
  ["POST", { origin: "http://localhost:3000", "sec-fetch-site": "cross-site" }, "cross-site"],
  ["POST", { "sec-fetch-site": "same-origin" }, "allowed"],
  ["POST", {}, "origin-unknown"],
];

test.each(withoutOrigins)("in development, without a list: %s %j: %s", async (method, headers, expected) => {
  expect((await verdictOf(method, headers, {})).verdict).toBe(expected);
});

test("a refusal is an event with its reason; a request that passes is none", async () => {
  const refused = await verdictOf("POST", { origin: "https://evil.example" }, { origins });
  expect(refused.events).toEqual([
    expect.objectContaining({ type: "csrf_refused", because: "foreign-origin", method: "POST", sessionId: null }),
  ]);
  expect((await verdictOf("POST", { origin: shop }, { origins })).events).toEqual([]);
});
