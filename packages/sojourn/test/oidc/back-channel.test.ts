import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeAll, describe, expect, test } from "vitest";
import { type BackChannelLogoutOptions, backChannelLogout, providerRef } from "../../src/oidc/index.ts";
import { said } from "../support/kinds.ts";
import { type World, world } from "../support/world.ts";
import { aProvider, type Claims, clientId, issuer, logoutEvent } from "./provider-keys.ts";

type Provider = Awaited<ReturnType<typeof aProvider>>;
let provider: Provider;
beforeAll(async () => {
  provider = await aProvider();
});

/** An application whose users come from the provider: each `sub` is a user here, with "local " before it. */
function anApplication(options: Partial<BackChannelLogoutOptions> = {}) {
  const here = world();
  const { manager, store, clock } = here;
  const userIdOf = ({ sub }: { readonly sub: string }) => (sub === "nobody" ? null : `local ${sub}`);
  const logout = backChannelLogout(manager, {
    issuer,
    clientId,
    keys: provider.keys,
    store,
    userIdOf,
    clock,
    ...options,
  });
  const sign = (claims?: Claims, header?: object) => provider.sign(clock.now(), claims, header);
  return { ...here, logout, sign };
}

async function loggedIn({ newcomer }: Pick<World, "newcomer">, sub: string, sid?: string) {
  const browser = newcomer();
  await browser.logIn(`local ${sub}`, { ref: providerRef({ issuer, sid }) });
  return browser;
}

test("a logout that names a session ends that one, and the answer is an empty 200 that nobody keeps", async () => {
  const here = anApplication();
  const [laptop, phone] = [await loggedIn(here, "alice", "s1"), await loggedIn(here, "alice", "s2")];
  here.news();
  const answer = await here.logout.receive(await here.sign({ sid: "s1", sub: "alice" }));
  expect(answer).toEqual({ status: 200, headers: { "Cache-Control": "no-store" }, body: "", because: null, ended: 1 });
  expect(said(await laptop.open())).toBe("anonymous, unknown");
  expect(said(await phone.open())).toBe("authenticated, local alice");
  expect(here.news()).toEqual(["session_expired", "session_refused"]);
  expect(here.events.find(({ type }) => type === "session_expired")).toMatchObject({
    reason: "logged-out-elsewhere",
    userId: "local alice",
  });
});

test("a logout that names a user alone ends what they began at this provider, and nothing else", async () => {
  const here = anApplication();
  const elsewhere = here.newcomer();
  const withPassword = here.newcomer();
  const theirs = [
    await loggedIn(here, "alice", "s1"),
    await loggedIn(here, "alice", "s2"),
    await loggedIn(here, "alice"),
  ];
  const bob = await loggedIn(here, "bob", "s3");
  await elsewhere.logIn("local alice", { ref: providerRef({ issuer: `${issuer}.other`, sid: "s1" }) });
  await withPassword.logIn("local alice");
  expect(await here.logout.receive(await here.sign({ sid: undefined, sub: "alice" }))).toMatchObject({
    status: 200,
    ended: 3,
  });
  for (const browser of theirs) expect(said(await browser.open())).toBe("anonymous, unknown");
  for (const browser of [elsewhere, withPassword])
    expect(said(await browser.open())).toBe("authenticated, local alice");
  expect(said(await bob.open())).toBe("authenticated, local bob");
});

test("who is logged out already, or never was here, is a success", async () => {
  const { logout, sign } = anApplication();
  expect(await logout.receive(await sign({ sid: "long gone" }))).toMatchObject({ status: 200, ended: 0 });
  expect(await logout.receive(await sign({ sid: undefined, sub: "nobody" }))).toMatchObject({ status: 200, ended: 0 });
});

test("the same token a second time is refused, by every process, for as long as it is good", async () => {
  const here = anApplication();
  const token = await here.sign({ sid: undefined, sub: "alice" });
  expect(await here.logout.receive(token)).toMatchObject({ status: 200 });
  const goodUntil = here.clock.now() + 120_000 + 2 * 60_000;
  expect((await here.rowsNow()).map(({ expiresAt }) => expiresAt)).toEqual([goodUntil + 3_600_000]);
  const again = await loggedIn(here, "alice", "s9");
  const other = backChannelLogout(here.node(), {
    issuer,
    clientId,
    keys: provider.keys,
    store: here.store,
    clock: here.clock,
  });
  expect(await other.receive(token)).toMatchObject({ status: 400, because: "replay", ended: 0 });
  here.clock.advance("170s");
  expect(await here.logout.receive(token)).toMatchObject({ because: "replay" });
  expect(said(await again.open())).toBe("authenticated, local alice");
  here.clock.advance("11s");
  expect(await here.logout.receive(token)).toMatchObject({ because: "expired" });
  here.clock.advance("62m");
  expect(await here.manager.sweep()).toBe(1);
});

test("a process whose clock is half an hour ahead sweeps no token away that is good elsewhere", async () => {
  const here = anApplication();
  const token = await here.sign({ sid: undefined, sub: "alice" });
  await here.logout.receive(token);
  const ahead = here.node({ clock: { ...here.clock, now: () => here.clock.now() + 30 * 60_000 } });
  await ahead.sweep();
  const again = await loggedIn(here, "alice", "s9");
  expect(await here.logout.receive(token)).toMatchObject({ because: "replay", ended: 0 });
  expect(said(await again.open())).toBe("authenticated, local alice");
});

test("a store that answers from a moment ago knows all the same which tokens were used", async () => {
  const here = anApplication();
  const token = await here.sign();
  expect(await here.logout.receive(token)).toMatchObject({ status: 200 });
  const { store } = here;
  const replica: typeof store = {
    ...store,
    mayBeStale: true,
    find: async (id, options) => (options?.fresh ? store.find(id, options) : null),
  };
  const options = { issuer, clientId, keys: provider.keys, clock: here.clock, store: replica };
  const elsewhere = backChannelLogout(here.node({ store: replica }), options);
  expect(await elsewhere.receive(token)).toMatchObject({ because: "replay" });
});

test("a token whose work could not be done works when it is sent again", async () => {
  const here = anApplication();
  const laptop = await loggedIn(here, "alice", "s1");
  const token = await here.sign();
  for (const _ of [1, 2, 3]) here.store.failNext("remove");
  expect(await here.logout.receive(token)).toEqual({
    status: 400,
    headers: { "Cache-Control": "no-store", "Content-Type": "application/json" },
    body: '{"error":"temporarily_unavailable"}',
    because: "unavailable",
    ended: 0,
  });
  expect(await here.logout.receive(token)).toMatchObject({ status: 200, ended: 1 });
  expect(said(await laptop.open())).toBe("anonymous, unknown");
});

test("a store that cannot be asked whether the token is new ends nobody's session", async () => {
  const here = anApplication();
  const laptop = await loggedIn(here, "alice", "s1");
  here.store.failNext("find");
  expect(await here.logout.receive(await here.sign())).toMatchObject({ because: "unavailable" });
  expect(said(await laptop.open())).toBe("authenticated, local alice");
});

describe("what is refused, each time with 400, nothing ended and nothing told", () => {
  const now = Date.UTC(2026, 0, 1) / 1000;
  const cases: readonly [
    what: string,
    because: string,
    token: (sign: ReturnType<typeof anApplication>["sign"]) => unknown,
  ][] = [
    ["no token", "form", () => undefined],
    ["an empty one", "form", () => ""],
    ["two of them", "form", () => ["a", "b"]],
    ["no JWT", "malformed", () => "hello"],
    ["an encrypted one", "malformed", () => "a.b.c.d.e"],
    ["a JWT of nonsense", "malformed", () => "e30.e30.e30"],
    ["no signature: alg none", "algorithm", async (sign) => unsigned(await sign())],
    ["the public key as an HMAC secret", "algorithm", async (sign) => withHmac(await sign())],
    ["another algorithm than agreed", "algorithm", async () => (await aProvider("ES256")).sign(now * 1000)],
    ["another's key under our kid", "signature", async () => (await aProvider()).sign(now * 1000)],
    ["a key nobody has", "key", (sign) => sign({}, { kid: "two" })],
    ["a changed payload", "signature", async (sign) => changed(await sign())],
    ["an unknown critical header", "algorithm", async (sign) => critical(await sign())],
    ["an ID token's typ", "type", (sign) => sign({}, { typ: "JWT" })],
    ["no typ", "type", (sign) => sign({}, { typ: undefined as never })],
    ["another issuer", "issuer", (sign) => sign({ iss: "https://evil.example" })],
    ["no issuer", "issuer", (sign) => sign({ iss: undefined })],
    ["another client", "audience", (sign) => sign({ aud: "shop" })],
    ["no audience", "audience", (sign) => sign({ aud: undefined })],
    ["over for more than a minute", "expired", (sign) => sign({ exp: now - 61 })],
    ["without an end", "expired", (sign) => sign({ exp: undefined })],
    ["an end in words", "expired", (sign) => sign({ exp: "tomorrow" })],
    ["issued too long ago", "issued-at", (sign) => sign({ iat: now - 661, exp: now + 60 })],
    ["issued in the future", "issued-at", (sign) => sign({ iat: now + 61, exp: now + 120 })],
    ["issued at no time", "issued-at", (sign) => sign({ iat: undefined })],
    ["no jti", "token-id", (sign) => sign({ jti: undefined })],
    ["a jti that is no text", "token-id", (sign) => sign({ jti: 7 })],
    ["an empty jti", "token-id", (sign) => sign({ jti: "" })],
    ["no events", "events", (sign) => sign({ events: undefined })],
    ["another event", "events", (sign) => sign({ events: { "https://example.com/event": {} } })],
    ["an event that is no object", "events", (sign) => sign({ events: { [logoutEvent]: true } })],
    ["events in a list", "events", (sign) => sign({ events: [logoutEvent] })],
    ["a nonce: an ID token", "nonce", (sign) => sign({ nonce: "n" })],
    ["a nonce of nothing", "nonce", (sign) => sign({ nonce: null })],
    ["neither sid nor sub", "subject", (sign) => sign({ sid: undefined })],
    ["a sid that is no text", "subject", (sign) => sign({ sid: 7 })],
    ["an empty sub beside a sid", "subject", (sign) => sign({ sub: "" })],
    ["a sid with NUL", "subject", (sign) => sign({ sid: "a\0b" })],
    ["a sid no login could have written", "subject", (sign) => sign({ sid: "x".repeat(300) })],
  ];

  test.each(cases)("%s: %s", async (_, because, make) => {
    const here = anApplication();
    const laptop = await loggedIn(here, "alice", "s1");
    here.news();
    const rows = await here.rowsNow();
    const answer = await here.logout.receive(await make(here.sign));
    expect(answer).toMatchObject({ status: 400, because, ended: 0, body: '{"error":"invalid_request"}' });
    expect(answer.headers["Cache-Control"]).toBe("no-store");
    expect(await here.rowsNow()).toEqual(rows);
    expect(here.news()).toEqual([]);
    expect(said(await laptop.open())).toBe("authenticated, local alice");
  });

  test("a user alone, where the application cannot say which of its users that is", async () => {
    const { logout, sign } = anApplication({ userIdOf: undefined as never });
    expect(await logout.receive(await sign({ sid: undefined, sub: "alice" }))).toMatchObject({ because: "subject" });
  });
});

test.each<[string, (url: string) => Promise<string>]>([
  ["cannot be reached", async () => "http://127.0.0.1:1/jwks"],
  ["are no keys", async (url) => url],
])("where the provider's keys %s, it may try again", async (_case, addressOf) => {
  const server = createServer((_request, response) => void response.end('{"hello":"world"}'));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const here = anApplication({ keys: await addressOf(`http://127.0.0.1:${port}/jwks`) });
  const laptop = await loggedIn(here, "alice", "s1");
  const body = '{"error":"temporarily_unavailable"}';
  expect(await here.logout.receive(await here.sign())).toMatchObject({ status: 400, because: "unavailable", body });
  expect(said(await laptop.open())).toBe("authenticated, local alice");
  server.close();
});

test("clocks may differ by a minute", async () => {
  const { logout, sign, clock } = anApplication();
  const seconds = clock.now() / 1000;
  expect(await logout.receive(await sign({ iat: seconds + 59 }))).toMatchObject({ status: 200 });
  expect(await logout.receive(await sign({ iat: seconds - 100, exp: seconds - 59 }))).toMatchObject({ status: 200 });
});

test("an old provider's tokens have no typ: accepted where that is asked for, an ID token never", async () => {
  const { logout, sign } = anApplication({ requireType: false });
  expect(await logout.receive(await sign({}, { typ: undefined as never }))).toMatchObject({ status: 200 });
  expect(await logout.receive(await sign({ events: undefined, nonce: "n" }, { typ: "JWT" }))).toMatchObject({
    because: "events",
  });
});

describe("as a whole request", () => {
  const post = (
    body: string | Uint8Array<ArrayBuffer> | ReadableStream | null,
    headers: Record<string, string> = { "Content-Type": "application/x-www-form-urlencoded" },
  ) => new Request("https://bank.example/backchannel", { method: "POST", body, headers, duplex: "half" });

  test("a form with the token", async () => {
    const here = anApplication();
    const laptop = await loggedIn(here, "alice", "s1");
    const response = await here.logout.handle(
      post(new URLSearchParams({ logout_token: await here.sign() }).toString()),
    );
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(said(await laptop.open())).toBe("anonymous, unknown");
  });

  test("a form that comes in pieces, of no more than 64 kB in all", async () => {
    const { logout, sign } = anApplication();
    const whole = `logout_token=${await sign()}&padding=`.padEnd(65_536, "x");
    const response = await logout.handle(post(inPieces(whole)));
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  test.each<[string, (token: string) => Request]>([
    ["a GET", (token) => new Request(`https://bank.example/backchannel?logout_token=${token}`)],
    ["no body", () => post(null)],
    [
      "a PUT",
      (token) =>
        new Request("https://bank.example/backchannel", {
          method: "PUT",
          body: new URLSearchParams({ logout_token: token }),
        }),
    ],
    [
      "a type that only mentions forms",
      (token) => post(`logout_token=${token}`, { "Content-Type": "text/plain; application/x-www-form-urlencoded" }),
    ],
    ["JSON", (token) => post(JSON.stringify({ logout_token: token }), { "Content-Type": "application/json" })],
    ["no type", (token) => post(new TextEncoder().encode(`logout_token=${token}`), {})],
    ["two tokens", (token) => post(`logout_token=${token}&logout_token=${token}`)],
    ["more than 64 kB", (token) => post(`padding=${"x".repeat(65_536)}&logout_token=${token}`)],
    ["a body that breaks off", () => post(brokenOffAfter("logout_token="))],
    ["a body that breaks off after the token", (token) => post(brokenOffAfter(`logout_token=${token}`))],
  ])("%s is refused", async (_, request) => {
    const here = anApplication();
    const laptop = await loggedIn(here, "alice", "s1");
    const response = await here.logout.handle(request(await here.sign()));
    expect([response.status, await response.json()]).toEqual([400, { error: "invalid_request" }]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(said(await laptop.open())).toBe("authenticated, local alice");
  });
});

test.each([
  ["nothing", undefined, ["options are missing: write { issuer, clientId, keys, store }"]],
  [
    "everything wrong",
    {
      issuer: "http://login.example",
      clientId: "",
      keys: "http://login.example/jwks",
      store: "redis://user:secret@host",
      userIdOf: 1,
      algorithms: ["HS256"],
      requireType: 1,
      maxAge: 60,
      clockTolerance: "soon",
      clock: {},
      isuer: issuer,
    },
    [
      "options.isuer does not exist: did you mean issuer?",
      "issuer must be an https address: write the provider's, exactly as its ID tokens have it",
      "clientId is missing: write the one the provider knows you by",
      "keys must be an https address or a key set: write the provider's jwks_uri",
      "store is of type string: write the manager's",
      "userIdOf is 1: write a function of { issuer, sub }",
      'algorithms must be a list of asymmetric ones, like ["RS256", "ES256"]',
      "requireType must be true or false",
      'maxAge is 60: write a number and a unit, like "60s"',
      'clockTolerance is "soon": write a number and a unit, like "60s"',
      "clock is incomplete: write an object with now and after, or leave it out",
    ],
  ],
])("options with %s wrong are refused together", (_, options, problems) => {
  expect(() => backChannelLogout(world().manager, options as never)).toThrow(expect.objectContaining({ problems }));
  expect(() => backChannelLogout(world().manager, options as never)).toThrow("backChannelLogout");
  expect(() => backChannelLogout({} as never, { issuer, clientId, keys: provider.keys, store: world().store })).toThrow(
    "manager is none",
  );
});

test("a ref is issuer and sid, and no sid can forge another issuer's", () => {
  expect(providerRef({ issuer, sid: "s 1" })).toBe("https://login.example s 1");
  expect(providerRef({ issuer })).toBe(issuer);
  expect(() => providerRef({ issuer: "https://a.example https://b.example", sid: "s" })).toThrow(TypeError);
  expect(() => providerRef({ issuer: "login", sid: "s" })).toThrow('like "https://login.example"');
  expect(() => providerRef({ issuer, sid: "x".repeat(255) })).toThrow(TypeError);
});

test.each([[{}], [{ ref: "" }], [{ userId: "alice" }], [{ userId: "", issuer }], [{ issuer }]])(
  "revokeByRef(%j) is a mistake",
  async (which) => {
    await expect(world().manager.revokeByRef(which as never)).rejects.toThrow(TypeError);
  },
);

test("a session the index wrongly names stays; one that cannot be read goes", async () => {
  const here = anApplication();
  const bob = await loggedIn(here, "bob", "s2");
  const alice = await loggedIn(here, "alice", "s1");
  const [bobs, alices] = await here.rowsNow();
  const id = (userId: string) => [bobs, alices].find((row) => row?.userId === userId)!.id;
  const superset = { ...here.store, idsOf: async () => [id("local bob"), id("local alice")] };
  const manager = here.node({ store: superset });
  const row = await here.row(id("local alice"));
  await here.rows.update({ ...row, version: 2, body: "{}" });
  expect(await manager.revokeByRef({ ref: providerRef({ issuer, sid: "s1" }) })).toBe(1);
  expect(said(await bob.open())).toBe("authenticated, local bob");
  expect(said(await alice.open())).toBe("anonymous, unknown");
});

function parts(token: string): [string, string, string] {
  return token.split(".") as [string, string, string];
}
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

function unsigned(token: string): string {
  return `${encoded({ alg: "none", typ: "logout+jwt" })}.${parts(token)[1]}.`;
}

function withHmac(token: string): string {
  const content = `${encoded({ alg: "HS256", kid: "one", typ: "logout+jwt" })}.${parts(token)[1]}`;
  return `${content}.${createHmac("sha256", JSON.stringify(provider.jwk)).update(content).digest("base64url")}`;
}

function changed(token: string): string {
  const [header, payload, signature] = parts(token);
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
  return `${header}.${encoded({ ...claims, sid: "s2" })}.${signature}`;
}

function critical(token: string): string {
  const [, payload, signature] = parts(token);
  return `${encoded({ alg: "RS256", kid: "one", typ: "logout+jwt", crit: ["x"], x: 1 })}.${payload}.${signature}`;
}

function inPieces(whole: string): ReadableStream {
  const pieces = whole.match(/.{1,20000}/g) ?? [];
  return new ReadableStream({
    pull(controller) {
      const piece = pieces.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(piece));
    },
  });
}

function brokenOffAfter(text: string): ReadableStream {
  const pieces = [text];
  return new ReadableStream({
    pull(controller) {
      const piece = pieces.shift();
      if (piece === undefined) controller.error(new Error("connection lost"));
      else controller.enqueue(new TextEncoder().encode(piece));
    },
  });
}
