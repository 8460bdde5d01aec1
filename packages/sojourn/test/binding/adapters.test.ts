import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import express from "express";
import express4 from "express4";
import { afterEach, expect, test } from "vitest";
import { expressSessions } from "../../src/adapters/express.ts";
import { withSession as withFetchSession } from "../../src/adapters/fetch.ts";
import { withSession as withNodeSession } from "../../src/adapters/node.ts";
import { requireBound } from "../../src/index.ts";
import type { SessionManager } from "../../src/manager.ts";
import { world } from "../support/world.ts";
import { newDevice } from "./device.ts";

type Manager = SessionManager<Record<string, unknown>>;
/** Sends a request as a proxy that ends TLS would. */
type Send = (path: string, init?: RequestInit) => Promise<Response>;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** The same application on each adapter: POST /login, /secret for devices alone, and anything else says who is there. */
const adapters: readonly [string, (manager: Manager) => Promise<Send>][] = [
  ["fetch", onFetch],
  ["node", onNode],
  ["express 5", (manager) => onExpress(manager, express)],
  ["express 4", (manager) => onExpress(manager, express4 as unknown as typeof express)],
];

test.each(adapters)(
  "on %s the library answers the browser by itself, and the application nothing of it",
  async (_name, start) => {
    const here = world({ binding: { policy: "offer" } });
    const send = await start(here.manager);
    const jar = new Map<string, string>();
    const ask = async (path: string, headers: Record<string, string> = {}, method = "POST") => {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
      const all = { origin: "https://shop.example", "sec-fetch-site": "same-origin", cookie, ...headers };
      const response = await send(path, { method, headers: all, redirect: "manual" });
      for (const line of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (name && value !== undefined) jar.set(name, value);
      }
      return response;
    };

    const login = await ask("/login");
    expect(login.status).toBe(200);
    const challenge = /challenge="([^"]+)"/.exec(login.headers.get("secure-session-registration") ?? "")?.[1] ?? "";
    const device = await newDevice();
    const registered = await ask("/device-binding/register", {
      "secure-session-response": await device.registration(challenge),
    });
    expect(registered.status).toBe(200);
    expect(registered.headers.get("cache-control")).toBe("no-store");
    expect(registered.headers.get("content-type")).toBe("application/json");
    const { session_identifier: id } = (await registered.json()) as { session_identifier: string };

    const challenged = await ask("/device-binding/refresh", { "sec-secure-session-id": id });
    expect(challenged.status).toBe(403);
    const next = /^"([^"]+)"/.exec(challenged.headers.get("secure-session-challenge") ?? "")?.[1] ?? "";
    const proof = await device.proof(next);
    const refreshed = await ask("/device-binding/refresh", {
      "sec-secure-session-id": id,
      "secure-session-response": proof,
    });
    expect(refreshed.status).toBe(200);
    expect(refreshed.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-id-bound=/)]);
    expect(await (await ask("/secret", {}, "GET")).text()).toBe("for ada's device");

    here.clock.advance("2m");
    jar.delete("__Host-id-bound");
    const secret = await ask("/secret", { accept: "application/json" }, "GET");
    expect(secret.status).toBe(401);
    const arrived = await ask("/", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, "GET");
    expect(arrived.headers.get("content-type")).toMatch("text/html");
    expect(await arrived.text()).toContain('http-equiv="refresh"');
    expect(await (await ask("/", {}, "GET")).text()).toBe("nobody");

    here.store.failNext("find");
    const down = await ask("/device-binding/refresh", { "sec-secure-session-id": id });
    expect(down.status).toBe(503);
    expect(down.headers.get("retry-after")).toBe("5");
  },
);

test.each(adapters.slice(1))(
  "on %s a registration by a host that no browser sends is refused",
  async (_name, start) => {
    const cookie = { scope: "site", domain: "shop.example" } as const;
    const { manager } = world({ binding: { policy: "offer" }, cookie, origins: ["https://shop.example"] });
    const send = await start(manager);
    const usual = { host: "a b", "sec-fetch-site": "same-origin" };
    const login = await send("/login", { method: "POST", headers: usual });
    const challenge = /challenge="([^"]+)"/.exec(login.headers.get("secure-session-registration") ?? "")?.[1] ?? "";
    const registered = await send("/device-binding/register", {
      method: "POST",
      headers: {
        ...usual,
        cookie: login.headers.getSetCookie()[0]?.split(";")[0] ?? "",
        "secure-session-response": await (await newDevice()).registration(challenge),
      },
    });
    expect([login.status, registered.status, registered.headers.getSetCookie()]).toEqual([200, 403, []]);
  },
);

async function onFetch(manager: Manager): Promise<Send> {
  const handle = withFetchSession(manager, async (request, { session }) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/login") await session.authenticate({ id: "ada", keep: "none" });
    if (pathname !== "/secret") return new Response(session.userId ?? "nobody");
    const verdict = requireBound(session);
    return verdict.met ? new Response("for ada's device") : new Response("", { status: verdict.challenge.status });
  });
  return (path, init) => handle(new Request(`https://shop.example${path}`, init));
}

function onNode(manager: Manager): Promise<Send> {
  const handle = withNodeSession(
    manager,
    async (request, response, { session }) => {
      if (request.url === "/login") await session.authenticate({ id: "ada", keep: "none" });
      if (request.url !== "/secret") return response.end(session.userId ?? "nobody");
      const verdict = requireBound(session);
      response.statusCode = verdict.met ? 200 : verdict.challenge.status;
      return response.end(verdict.met ? "for ada's device" : "");
    },
    { proxy: () => true },
  );
  return serve(handle);
}

function onExpress(manager: Manager, framework: typeof express): Promise<Send> {
  const sessions = expressSessions(manager);
  const app = framework();
  app.set("trust proxy", true);
  app.use(sessions.middleware);
  app.post("/login", async (request, response) => {
    await sessions.of(request).authenticate({ id: "ada", keep: "none" });
    response.send("ada");
  });
  app.get("/secret", sessions.requireBound({ at: "/login" }), (_request, response) => {
    response.send("for ada's device");
  });
  app.use((request, response) => {
    response.send(sessions.of(request).userId ?? "nobody");
  });
  return serve(app);
}

async function serve(handle: RequestListener): Promise<Send> {
  const server = createServer(handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  // Not by `fetch`, which writes headers of its own about where a request comes from.
  return async (path, { method = "GET", headers = {} } = {}) => {
    const sent = request({ port, path, method, headers: { ...(headers as object), "x-forwarded-proto": "https" } });
    sent.end();
    const [received] = (await once(sent, "response")) as [IncomingMessage];
    const lines = Object.entries(received.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    );
    return new Response(await text(received), { status: received.statusCode ?? 500, headers: lines });
  };
}
