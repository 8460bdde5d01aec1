import { expect, test } from "vitest";
import { openConnections } from "../../src/connections/index.ts";
import type { TestClock } from "../../src/testing/index.ts";
import { BindingBrowser, type BindingBrowser as Browser } from "../binding/browser.ts";
import { anonymous } from "../support/kinds.ts";
import { world } from "../support/world.ts";
import { connect, handshake, liveWorld, settled, shop } from "./support.ts";

const cookie = { upgrade: "websocket" };

/** Whether a handshake with these headers is let in, or why not. */
async function outcomeOf(headers: Readonly<Record<string, string>>, options = {}) {
  const { connections, newcomer } = liveWorld(options);
  const alice = newcomer();
  await alice.logIn("alice");
  const admission = await connections.admit(handshake(alice, headers));
  return admission.admitted ? "in" : `${admission.answer.status} ${admission.because} ${admission.origin ?? ""}`.trim();
}

test.each([
  ["of the application's own page", { ...cookie, origin: shop }, "in"],
  ["that the browser says is of the same origin", { "sec-fetch-site": "same-origin" }, "in"],
  ["of another site", { ...cookie, origin: "https://evil.example" }, "403 ERR_CSRF_REFUSED foreign-origin"],
  [
    "of a sibling",
    { "sec-fetch-site": "same-site", origin: "https://x.shop.example" },
    "403 ERR_CSRF_REFUSED cross-site",
  ],
  ["of a sandboxed page", { origin: "null" }, "403 ERR_CSRF_REFUSED foreign-origin"],
  ["of who knows whom", {}, "403 ERR_CSRF_REFUSED origin-unknown"],
])("a handshake %s", async (_whose, headers, outcome) => {
  expect(await outcomeOf(headers)).toBe(outcome);
  // An event stream is a plain GET: it is asked as strictly.
  const { upgrade: _upgrade, ...plain } = headers as Record<string, string>;
  expect(await outcomeOf(plain)).toBe(outcome);
});

test("where CSRF tokens are asked for, the origin is enough: no page can send a token with a handshake", async () => {
  expect(await outcomeOf({ origin: shop }, { csrf: "token" })).toBe("in");
});

test("who is not logged in gets 401, also with a session of a visitor or one that is over", async () => {
  const { connections, newcomer } = liveWorld();
  const visitor = newcomer();
  const statusOf = async () => {
    const admission = await connections.admit(handshake(visitor));
    return admission.admitted ? 101 : [admission.answer.status, admission.because, admission.answer.body];
  };
  const refused = [401, "signed-out", '{"error":"signed-out"}'];
  expect(await statusOf()).toEqual(refused);
  await anonymous(await visitor.open()).update((draft) => void Object.assign(draft, { cart: 1 }));
  expect(await statusOf()).toEqual(refused);
  const session = await visitor.logIn("alice");
  expect(await statusOf()).toBe(101);
  const copy = visitor.copy();
  await session.end();
  visitor.jar.clear();
  for (const [name, value] of copy.jar) visitor.jar.set(name, value);
  expect(await statusOf()).toEqual(refused);
});

test("a handshake keeps no session awake: a page that connects again and again is not its user", async () => {
  const { connections, newcomer, clock } = liveWorld();
  const alice = newcomer();
  await alice.logIn("alice");
  for (let minutes = 0; minutes < 29; minutes++) {
    clock.advance("1m");
    (await connect(connections, alice)).connection.release();
  }
  clock.advance("1m");
  await expect(connect(connections, alice)).rejects.toThrow("signed-out");
});

test("a session has at most as many connections as the application says, and the next is refused with 429", async () => {
  const { connections, newcomer } = liveWorld({}, { perSession: 2 });
  const [alice, bob] = [newcomer(), newcomer()];
  await alice.logIn("alice");
  await bob.logIn("bob");
  const first = await connect(connections, alice);
  await connect(connections, alice);
  await expect(connect(connections, alice)).rejects.toThrow("too-many-connections");
  await connect(connections, bob);
  first.connection.release();
  await connect(connections, alice);
  expect(connections.stats.connections).toBe(3);
});

test("of many handshakes at once no more are held than may be: the others are closed as they open", async () => {
  const { connections, newcomer } = liveWorld({}, { perSession: 2 });
  const alice = newcomer();
  await alice.logIn("alice");
  const lines = await Promise.all(Array.from({ length: 5 }, () => connect(connections, alice)));
  await settled();
  expect(lines.map((line) => line.closed())).toEqual([null, null, ...Array(3).fill("4429 too-many")]);
  expect(connections.stats).toMatchObject({ connections: 2, closed: 3 });
});

test("what a handler does with the session of a connection: data changes, a logout needs a request of its own", async () => {
  const { connections, newcomer } = liveWorld();
  const alice = newcomer();
  await alice.logIn("alice");
  const { session } = await connect(connections, alice);
  await session.update((draft) => void Object.assign(draft, { seen: true }));
  expect((await alice.signedIn()).data).toEqual({ seen: true });
  await expect(session.elevate("aal2")).rejects.toMatchObject({ code: "ERR_RESPONSE_SENT" });
});

test("a bearer token opens a connection of a native client", async () => {
  const here = world({ transport: "bearer", origins: [shop] });
  const connections = openConnections(here.manager);
  let token = "";
  const session = await here.manager.open(
    { method: "POST", url: `${shop}/login`, secure: true, header: () => null },
    {
      writable: true,
      setCookie() {},
      setCaching() {},
      setHeader(_name, value) {
        token = value;
      },
    },
  );
  if (session.kind === "locked") throw new Error("locked");
  await session.authenticate({ id: "alice", keep: "none" });
  const bearer = token.replace(/^(Bearer )?/, "Bearer ");
  const admission = await connections.admit({
    ...{ method: "GET", url: `${shop}/live`, secure: true },
    header: (name) => (name === "authorization" ? bearer : null),
  });
  expect(admission.admitted ? admission.session.userId : admission.because).toBe("alice");
});

test("a connection of a bound session lives as long as the bound cookie it was opened with", async () => {
  const here = liveWorld({ binding: { policy: "offer" } });
  const browser: Browser = new BindingBrowser(here.manager);
  const session = await browser.bound("alice");
  const thief = browser.copy();
  const line = await connect(here.connections, browser);
  const stolen = await connect(here.connections, thief);
  await settled();
  here.clock.advance("9m");
  await browser.refresh(session.id);
  const next = await connect(here.connections, browser);
  await settled();
  expect([line, stolen, next].map((each) => each.closed())).toEqual([null, null, null]);
  here.clock.advance("5m");
  await settled();
  expect([line, stolen, next].map((each) => each.closed())).toEqual(["4409 unbound", "4409 unbound", null]);
  await expect(connect(here.connections, thief)).rejects.toThrow("signed-out");
});

/** The first look at a new connection, and the one when the feed is up, are over: from here on nothing asks but the clock. */
async function quiet(clock: TestClock): Promise<void> {
  for (let ticks = 0; ticks < 5; ticks++) {
    clock.advance(300);
    await settled();
  }
}

test("a request on its way when the binding came into force opens a connection for the grace", async () => {
  const here = liveWorld({ binding: { policy: "offer", grace: "1m" } });
  const browser = new BindingBrowser(here.manager);
  const { id } = await browser.registered("alice");
  here.clock.advance("5m");
  await browser.refresh(id);
  const confirmedAt = here.clock.now();
  browser.loseBoundCookie();
  const line = await connect(here.connections, browser);
  await quiet(here.clock);
  here.clock.set(confirmedAt + 59_999);
  await settled();
  expect(line.closed()).toBeNull();
  here.clock.advance(1);
  await settled();
  expect(line.closed()).toBe("4409 unbound");
});

test("where every session must be bound, a connection without a device lives for the grace of its login", async () => {
  const here = liveWorld({ binding: { policy: "require", grace: "1m" } });
  const alice = here.newcomer();
  await alice.logIn("alice");
  const loggedInAt = here.clock.now();
  const line = await connect(here.connections, alice);
  await quiet(here.clock);
  here.clock.set(loggedInAt + 59_999);
  await settled();
  expect(line.closed()).toBeNull();
  here.clock.advance(1);
  await settled();
  expect(line.closed()).toBe("4409 unbound");
});

test("who was let in before all were closed is closed as it opens", async () => {
  const { connections, newcomer } = liveWorld();
  const alice = newcomer();
  await alice.logIn("alice");
  const admission = await connections.admit(handshake(alice));
  await connections.close();
  const codes: number[] = [];
  if (admission.admitted) admission.hold(({ code }) => codes.push(code));
  expect([codes, connections.stats.connections]).toEqual([[1001], 0]);
});
