import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TcpProxy, tcpProxy } from "../support/servers/tcp-proxy.ts";

/** What the server heard, in all. */
let heard = "";
let server: ReturnType<typeof createServer>;
let wire: TcpProxy;

beforeEach(async () => {
  heard = "";
  server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      heard += bytes;
      socket.write(`re:${bytes}`);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  wire = await tcpProxy((server.address() as { readonly port: number }).port);
});

afterEach(async () => {
  await wire.close();
  server.close();
});

test("passes on what is said, both ways", async () => {
  const client = await connected();
  expect(await answerTo(client, "hello")).toBe("re:hello");
});

test("cuts every connection with a reset", async () => {
  const client = await connected();
  await answerTo(client, "hello");
  wire.cut();
  expect(await errorOf(client)).toBe("ECONNRESET");
});

test("half-open: the server hears, the client does not, and learns of it when traffic passes again", async () => {
  const client = await connected();
  await answerTo(client, "one");
  wire.set("half-open");
  expect(await answerTo(client, "two", 200)).toBe(null);
  expect(heard).toBe("onetwo");
  wire.set("pass");
  expect(await errorOf(client)).toBe("ECONNRESET");
});

test("black hole: connections are accepted, and nobody answers", async () => {
  wire.set("black hole");
  const client = await connected();
  expect(await answerTo(client, "hello", 200)).toBe(null);
  expect(heard).toBe("");
});

test("refuses: a new connection is reset", async () => {
  wire.set("refuse");
  const client = createConnection({ host: "127.0.0.1", port: wire.port });
  expect(await errorOf(client)).toBe("ECONNRESET");
});

test("delays, each way, and keeps the order when the delay ends", async () => {
  const client = await connected();
  wire.set({ delay: 100 });
  const start = performance.now();
  client.write("slow ");
  await setTimeout(20);
  wire.set("pass");
  client.write("fast");
  while (heard.length < "slow fast".length) await once(client, "data");
  expect(heard).toBe("slow fast");
  expect(performance.now() - start).toBeGreaterThan(95);
});

async function connected(): Promise<Socket> {
  const client = createConnection({ host: "127.0.0.1", port: wire.port });
  client.on("error", () => {});
  await once(client, "connect");
  return client;
}

async function answerTo(client: Socket, text: string, patience = 5_000): Promise<string | null> {
  client.write(text);
  return Promise.race([once(client, "data").then(([bytes]) => String(bytes)), setTimeout(patience, null)]);
}

async function errorOf(client: Socket): Promise<string | undefined> {
  const [error] = (await once(client, "error")) as [NodeJS.ErrnoException];
  return error.code;
}
