import { readFileSync } from "node:fs";
import express from "express";
import { generateKeyPair, jwtVerify, SignJWT } from "jose";
import { chromium } from "playwright-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { expressSessions } from "../../src/adapters/express.ts";
import { withSession } from "../../src/adapters/fetch.ts";
import type { SessionEvent } from "../../src/core/events.ts";
import { createSessionManager, type SessionManager } from "../../src/manager.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { testClock } from "../../src/testing/index.ts";
import { exchangeJwt, type JwtExchange } from "../../src/upgrade/index.ts";
import { listen } from "../adapters/applications/listen.ts";
import { root } from "../docs/repository.ts";
import { RecordedResponse } from "../support/recorded-response.ts";
import { Jar } from "./support/jar.ts";

const { publicKey, privateKey } = await generateKeyPair("ES256");
const minute = 60_000;

let clock: ReturnType<typeof testClock>;
let events: SessionEvent[];
let manager: SessionManager<Record<string, unknown>>;
let exchange: JwtExchange<Record<string, unknown>>;
let app: { readonly origin: string; close(): Promise<void> };

/** The script of the guide, in a page of this application. */
const [, script = ""] = /```html\n([\s\S]*?)```/.exec(readFileSync(`${root}docs/moving-from-jwt.md`, "utf8")) ?? [];

beforeEach(async () => {
  clock = testClock(Date.now());
  events = [];
  manager = createSessionManager({ store: memoryStore(), clock, onEvent: (event) => events.push(event) });
  exchange = exchangeJwt(manager, {
    async verify(jwt) {
      const verified = await jwtVerify(jwt, publicKey, { currentDate: new Date(clock.now()) }).catch(() => null);
      if (!verified) return null;
      const { sub = "", jti = "", exp = 0, iat = 0 } = verified.payload;
      return { userId: sub, jti, expiresAt: exp * 1_000, startedAt: iat * 1_000 };
    },
  });
  const sessions = expressSessions(manager);
  const own = express();
  own.use(sessions.middleware);
  own.all("/exchange", async (request, response) => {
    const { status, headers, body } = await exchange.answer(sessions.of(request));
    response.status(status).set(headers).send(body);
  });
  own.get("/page", (_request, response) => response.type("html").send(`<!doctype html><title>page</title>${script}`));
  own.get("/", (request, response) => response.send(sessions.of(request).userId ?? "nobody"));
  own.post("/visit", async (request, response) => {
    const session = sessions.of(request);
    if (session.kind !== "locked") await session.update((draft) => void Object.assign(draft, { cart: ["book"] }));
    response.end();
  });
  app = await listen(own);
});
afterEach(() => app.close());

async function jwtOf(user: string, { jti = "token-1", age = 0, key = privateKey } = {}): Promise<string> {
  const issued = Math.floor(clock.now() / 1_000) - age;
  const jwt = new SignJWT({}).setProtectedHeader({ alg: "ES256" }).setSubject(user).setJti(jti);
  return jwt
    .setIssuedAt(issued)
    .setExpirationTime(issued + 3_600)
    .sign(key);
}
const ours = { "sec-fetch-site": "same-origin" };
const send = (jar: Jar, jwt: string, headers: object = ours, method = "POST") =>
  jar.fetch(`${app.origin}/exchange`, { method, headers: { ...headers, Authorization: `Bearer ${jwt}` } });
const whoIs = async (jar: Jar) => (await jar.fetch(`${app.origin}/`)).text();
const errorOf = async (response: Response) => [response.status, ((await response.json()) as { error: string }).error];

test("a token's times in seconds are a mistake of the application, not a token that is over: the page keeps it", async () => {
  const [now, jwt] = [clock.now() / 1_000, await jwtOf("alice")];
  const errorFor = async (times: { expiresAt: number; startedAt?: number }) => {
    const told: unknown[] = [];
    const { handle } = exchangeJwt(manager, { verify: () => ({ userId: "alice", jti: "token-1", ...times }) });
    const handler = withSession(manager, handle, { onError: (error) => void told.push(error) });
    const headers = { ...ours, Authorization: `Bearer ${jwt}` };
    const { status } = await handler(new Request("https://shop.example/exchange", { method: "POST", headers }));
    return [status, String(told)];
  };
  expect(await errorFor({ expiresAt: now + 3_600 })).toEqual([
    500,
    "TypeError: verify({ expiresAt }): write the token's exp in milliseconds, exp * 1000",
  ]);
  expect(await errorFor({ expiresAt: (now + 3_600) * 1_000, startedAt: now })).toEqual([
    500,
    "TypeError: carry of jwt({ startedAt }): write milliseconds since 1970, and of a token iat * 1000",
  ]);
});

test("a token becomes a session of its user, that began when it was issued and is fresh for nothing", async () => {
  const jar = new Jar();
  const response = await send(jar, await jwtOf("alice", { age: 1_800 }));
  expect([response.status, response.headers.get("cache-control")]).toEqual([204, "no-store"]);
  expect(await whoIs(jar)).toBe("alice");
  const [session] = await manager.list("alice");
  expect(clock.now() - session!.authenticatedAt).toBeGreaterThan(29 * minute);
  expect(events.map(({ type }) => type)).toEqual(["session_created", "session_moved"]);
});

test("a token is exchanged once: its answer again for a minute, another session never", async () => {
  const jwt = await jwtOf("alice");
  const [first, again, copy] = [new Jar(), new Jar(), new Jar()];
  await Promise.all([send(first, jwt), send(again, jwt)]);
  expect([await whoIs(first), await whoIs(again)]).toEqual(["alice", "alice"]);
  expect(await manager.list("alice")).toHaveLength(1);
  clock.advance(61_000);
  expect(await errorOf(await send(copy, jwt))).toEqual([401, "used"]);
  // Signed once more, with the same `jti`.
  expect(await errorOf(await send(copy, await jwtOf("alice")))).toEqual([401, "used"]);
  expect(await whoIs(copy)).toBe("nobody");
});

test("after a logout the token brings nobody back", async () => {
  const jwt = await jwtOf("alice");
  const jar = new Jar();
  await send(jar, jwt);
  await manager.revokeAll("alice");
  expect(await errorOf(await send(new Jar(), jwt))).toEqual([401, "used"]);
});

test("whatever is no token of ours, or over, is refused", async () => {
  const { privateKey: foreign } = await generateKeyPair("ES256");
  const jar = new Jar();
  expect(await errorOf(await send(jar, await jwtOf("alice", { key: foreign })))).toEqual([401, "invalid"]);
  expect(await errorOf(await send(jar, await jwtOf("alice", { age: 4_000 })))).toEqual([401, "invalid"]);
  expect(await errorOf(await send(jar, "nonsense"))).toEqual([401, "invalid"]);
  expect((await send(jar, "")).status).toBe(400);
  const inUrl = await jar.fetch(`${app.origin}/exchange?token=${await jwtOf("alice")}`, {
    method: "POST",
    headers: ours,
  });
  expect(await errorOf(inUrl)).toEqual([400, "missing"]);
  expect(jar.cookies.size).toBe(0);
});

test("another site exchanges nothing, and a link neither", async () => {
  const jwt = await jwtOf("alice");
  const jar = new Jar();
  expect((await send(jar, jwt, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await send(jar, jwt, { Origin: "https://evil.example" })).status).toBe(403);
  expect(await errorOf(await send(jar, jwt, ours, "GET"))).toEqual([405, "method"]);
  // Also where the application has told its middleware to look away.
  const handler = withSession(manager, (request, context) => exchange.handle(request, context), { csrf: false });
  const foreign = { Authorization: `Bearer ${jwt}`, "sec-fetch-site": "cross-site" };
  const request = new Request("http://localhost/exchange", { method: "POST", headers: foreign });
  expect((await handler(request)).status).toBe(403);
  expect((await send(jar, jwt)).status).toBe(204);
});

test("a visitor's session gives way; who is logged in stays, and somebody else's token changes nothing", async () => {
  const jar = new Jar();
  await jar.fetch(`${app.origin}/visit`, { method: "POST", headers: ours });
  expect((await send(jar, await jwtOf("alice"))).status).toBe(204);
  expect(await whoIs(jar)).toBe("alice");
  expect((await send(jar, await jwtOf("alice", { jti: "token-2" }))).status).toBe(204);
  expect(await errorOf(await send(jar, await jwtOf("mallory", { jti: "token-3" })))).toEqual([409, "other-user"]);
  expect(await whoIs(jar)).toBe("alice");
});

test("where no cookie can be set any more, that is an error, and the token is not used up", async () => {
  const jwt = await jwtOf("alice");
  const response = new RecordedResponse();
  const sent: { readonly [name: string]: string } = { authorization: `Bearer ${jwt}`, ...ours };
  const facts = {
    method: "POST",
    url: `${app.origin}/exchange`,
    secure: false,
    header: (name: string) => sent[name] ?? null,
  };
  const session = await manager.open(facts, response);
  response.sendHeaders();
  await expect(exchange.answer(session)).rejects.toMatchObject({ code: "ERR_RESPONSE_SENT" });
  clock.advance(2 * minute);
  expect((await send(new Jar(), jwt)).status).toBe(204);
});

test("a verify that says no jti is told so", async () => {
  const wrong = exchangeJwt(manager, { verify: () => ({ userId: "alice", expiresAt: clock.now() + 1 }) as never });
  const handler = withSession(manager, (request, context) => wrong.handle(request, context), { onError: () => {} });
  const headers = { Authorization: "Bearer abc", ...ours };
  expect((await handler(new Request("http://localhost/exchange", { method: "POST", headers }))).status).toBe(500);
  expect(() => exchangeJwt(manager, { verify: "no", grace: "11m" } as never)).toThrow(
    /verify must be a function.*\n.*grace is "11m"/,
  );
});

describe("in a browser", () => {
  test("the page of the guide exchanges its token, forgets it, and its script sees no cookie", {
    timeout: 60_000,
  }, async () => {
    const executablePath = process.env.CHROMIUM_PATH;
    if (!executablePath) throw new Error("CHROMIUM_PATH is not set: run npm test -- upgrade");
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
    try {
      const page = await browser.newPage();
      const origin = app.origin.replace("127.0.0.1", "localhost");
      await page.goto(`${origin}/`);
      await page.evaluate(`localStorage.setItem("token", "${await jwtOf("alice")}")`);
      await page.goto(`${origin}/page`);
      await page.waitForSelector("html[data-exchanged=done]");
      expect(await page.evaluate(`[localStorage.getItem("token"), document.cookie]`)).toEqual([null, ""]);
      await page.goto(`${origin}/`);
      expect(await page.textContent("body")).toBe("alice");
    } finally {
      await browser.close();
    }
  });
});

test("a token is not exchanged twice by a node whose clock is late, after another one has swept", async () => {
  const [store, late] = [memoryStore(), testClock(clock.now())];
  const jwt = "header.payload.signature";
  const facts = { method: "POST", url: "http://localhost/exchange", secure: true };
  const sent: Readonly<Record<string, string>> = { ...ours, authorization: `Bearer ${jwt}` };
  const expiresAt = clock.now() + 60 * minute;
  const node = (own: typeof clock) => {
    const there = createSessionManager({ store, clock: own });
    const verify = () => ({ userId: "alice", jti: "token-1", expiresAt });
    const { answer } = exchangeJwt(there, { verify });
    const request = { ...facts, header: (name: string) => sent[name] ?? null };
    return { there, exchanged: async () => answer(await there.open(request, new RecordedResponse(() => {}))) };
  };
  const [onTime, behind] = [node(clock), node(late)];
  expect((await onTime.exchanged()).status).toBe(204);
  clock.advance(110 * minute);
  late.advance(55 * minute);
  await onTime.there.sweep();
  expect(await behind.exchanged()).toMatchObject({ status: 401, because: "used" });
});
