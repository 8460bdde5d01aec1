import { connect } from "node:net";
import { expect, test } from "vitest";
import { type EventStream, eventStream, nodeEventStream } from "../../../packages/sojourn/src/connections/index.ts";
import { type AnyData, createServer, fromPage, get, leavesNext, live, serving, shop, textOf, until } from "./live.ts";

function streams() {
  const here = live();
  const open: EventStream<AnyData>[] = [];
  const server = createServer(async (request, response) => {
    const stream = await nodeEventStream(here.connections, { request, response });
    if (stream) open.push(stream);
  });
  return { ...here, open, server };
}

test("on Node: a stream says what it is told, and at last why it ends, within a second of a revocation elsewhere", async () => {
  const { server, logIn, elsewhere, open, connections } = streams();
  await serving(server, async (port) => {
    const response = await get(port, "/", fromPage(await logIn("alice")));
    expect([response.statusCode, response.headers["cache-control"]]).toEqual([200, "no-store"]);
    const text = textOf(response);
    await until(() => open.length === 1);
    const [stream] = open as [EventStream<AnyData>];
    expect(stream.send({ data: `to ${stream.session.userId}` })).toBe(true);
    expect(() => stream.send({ data: "", event: "two\nlines" })).toThrow("write it on one line");
    const start = performance.now();
    await elsewhere.revokeAll("alice");
    expect(await text).toBe('data: to alice\n\nevent: session-closed\ndata: {"code":4401,"reason":"ended"}\n\n');
    expect(performance.now() - start).toBeLessThan(1_000);
    expect([stream.send({ data: "more" }), connections.stats.connections]).toEqual([false, 0]);
  });
});

test("on Node: who is not let in gets status and code, a plain GET of another site's page too", async () => {
  const { server, logIn } = streams();
  await serving(server, async (port) => {
    const refused = await get(port, "/", { Origin: shop });
    expect([refused.statusCode, await textOf(refused)]).toEqual([401, '{"error":"signed-out"}']);
    const foreign = await get(port, "/", { "Sec-Fetch-Site": "cross-site", Cookie: await logIn("alice") });
    expect([foreign.statusCode, await textOf(foreign)]).toEqual([403, '{"error":"ERR_CSRF_REFUSED"}']);
  });
});

test("on Node: a client that goes away is not held any more, also one that goes while it is judged", async () => {
  const { server, logIn, open, connections, store } = streams();
  await serving(server, async (port) => {
    const headers = fromPage(await logIn("alice"));
    (await get(port, "/", headers)).destroy();
    await until(() => open.length === 1 && connections.stats.connections === 0);
    const held = store.hold("find", { on: "answer" });
    const left = leavesNext(server);
    const socket = connect(port, "127.0.0.1");
    const lines = Object.entries({ Host: "127.0.0.1", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`GET / HTTP/1.1\r\n${lines.join("")}\r\n`);
    await held.reached;
    socket.resetAndDestroy();
    await left;
    held.release();
    await until(() => open.length === 2);
    expect(connections.stats.connections).toBe(0);
  });
});

test("on Node: a client that does not read is cut off before a megabyte or two wait for it", async () => {
  const { server, logIn, open, connections } = streams();
  await serving(server, async (port) => {
    const response = await get(port, "/", fromPage(await logIn("alice")));
    response.on("error", () => {});
    response.pause();
    await until(() => open.length === 1);
    let sent = 0;
    while (open[0]?.send({ data: "x".repeat(100_000) })) {
      sent++;
      await new Promise(setImmediate);
      if (sent > 1_000) break;
    }
    expect(sent).toBeLessThan(1_000);
    expect(connections.stats.connections).toBe(0);
  });
});

test("with Request and Response: a stream whose client does not read is cut off, and one that is closed ends", async () => {
  const { connections, logIn } = live();
  const cookie = await logIn("alice");
  const request = () =>
    new Request(`${shop}/events`, { headers: { ...fromPage(cookie), "Sec-Fetch-Site": "same-origin" } });
  const ended: string[] = [];
  const answers: boolean[] = [];
  const slow = await eventStream(connections, request(), (stream) => {
    for (let count = 0; count < 12; count++) answers.push(stream.send({ data: "x".repeat(100_000) }));
    return () => void ended.push("slow");
  });
  expect(answers).toEqual([...Array(10).fill(true), false, false]);
  await expect(slow.text()).rejects.toThrow();
  const short = await eventStream(connections, request(), (stream) => {
    stream.send({ data: "one" });
    queueMicrotask(() => stream.close());
    return () => void ended.push("short");
  });
  expect(await short.text()).toBe("data: one\n\n");
  expect([ended, connections.stats.connections]).toEqual([["slow", "short"], 0]);
});

test("with Request and Response: what the application throws at a new stream leaves nothing held", async () => {
  const { connections, logIn } = live({ perSession: 1 });
  const headers = { ...fromPage(await logIn("alice")), "Sec-Fetch-Site": "same-origin" };
  const open = (start: () => undefined) => eventStream(connections, new Request(`${shop}/events`, { headers }), start);
  const failing = open(() => {
    throw new Error("no such room");
  });
  await expect(failing).rejects.toThrow("no such room");
  expect(connections.stats.connections).toBe(0);
  expect((await open(() => undefined)).status).toBe(200);
});
