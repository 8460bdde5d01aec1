import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { expect, test } from "vitest";
import { expressFacts } from "../../src/adapters/shared/express-facts.ts";
import { fetchFacts } from "../../src/adapters/shared/fetch-http.ts";
import { forwardedAddress } from "../../src/adapters/shared/forwarded.ts";
import { nextFacts } from "../../src/adapters/shared/next-http.ts";
import { nodeFacts } from "../../src/adapters/shared/node-facts.ts";

const forwarded = { "x-forwarded-for": "203.0.113.9, 198.51.100.7, 10.0.0.2" };

/** What `addressOf` makes of a request over a real socket. */
async function overSocket(addressOf: (request: IncomingMessage) => string | null): Promise<string> {
  const server = createServer((request, response) => void response.end(String(addressOf(request))));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await (await fetch(`http://127.0.0.1:${port}/`, { headers: forwarded })).text();
  } finally {
    server.close();
  }
}

test("node: the socket's address, whatever a stranger's header says", async () => {
  expect(await overSocket((request) => nodeFacts(request).address?.() ?? null)).toBe("127.0.0.1");
  expect(await overSocket((request) => forwardedAddress(request, () => false))).toBe("127.0.0.1");
});

test("node: behind named proxies the last hop that is none of them", async () => {
  const proxies = ["127.0.0.1", "10.0.0.2"];
  expect(await overSocket((request) => forwardedAddress(request, (each) => proxies.includes(each)))).toBe(
    "198.51.100.7",
  );
  expect(await overSocket((request) => forwardedAddress(request, () => true))).toBe("203.0.113.9");
});

test.each([
  [false, "127.0.0.1"],
  ["loopback, 10.0.0.0/8", "198.51.100.7"],
])("Express: what it makes of trust proxy %s", async (trust, address) => {
  const app = express().set("trust proxy", trust);
  app.use((request, response) => void response.send(expressFacts(request).address?.()));
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: forwarded });
  expect(await answer.text()).toBe(address);
  server.close();
});

test("fetch: nobody's word, the own proxy's, or the platform's", () => {
  const request = new Request("https://shop.example/", { headers: { ...forwarded, "cf-connecting-ip": "192.0.2.1" } });
  const addressIn = (options: Parameters<typeof fetchFacts>[1]) => fetchFacts(request, options).address?.();
  expect(addressIn({})).toBeNull();
  expect(addressIn({ behindProxy: true })).toBe("10.0.0.2");
  expect(addressIn({ address: ({ headers }) => headers.get("cf-connecting-ip") })).toBe("192.0.2.1");
});

test("Next.js: nobody's word, or the own proxy's", () => {
  const addressIn = (behindProxy: boolean, sent: Record<string, string>) =>
    nextFacts({ method: "GET", path: "/", headers: new Headers(sent), behindProxy }).address?.();
  expect(addressIn(false, forwarded)).toBeNull();
  expect(addressIn(true, forwarded)).toBe("10.0.0.2");
  expect(addressIn(true, {})).toBeNull();
  expect(addressIn(true, { "x-forwarded-for": "" })).toBeNull();
});
