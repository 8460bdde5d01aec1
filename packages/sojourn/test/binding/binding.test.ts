import { expect, test } from "vitest";
import { anonymous, authenticated, locked, said } from "../support/kinds.ts";
import { type WorldOptions, world } from "../support/world.ts";
import { BindingBrowser } from "./browser.ts";

const minute = 60_000;

function bindingWorld(options: WorldOptions = {}) {
  const here = world({ binding: { policy: "offer" }, ...options });
  return { ...here, browser: () => new BindingBrowser(here.manager) };
}

/** Ada, bound and past every grace, with a bound cookie in force. */
async function adaBound(options: WorldOptions = {}) {
  const here = bindingWorld(options);
  const ada = here.browser();
  const { id } = await ada.bound("ada");
  here.clock.advance("2m");
  await ada.refresh(id);
  here.news();
  return { ...here, ada, id };
}

test("a login offers to bind the session, and its challenge is in that response alone", async () => {
  const { browser, clock, record } = bindingWorld();
  const ada = browser();
  const { id } = await ada.offered("ada");
  expect(ada.challenge).toMatch(/^[\w-]{22}$/);
  expect(JSON.stringify(await record(id))).not.toContain(ada.challenge);
  expect(await record(id)).toMatchObject({ binding: { until: clock.now() + 5 * minute } });
  await ada.signedIn();
  expect(ada.response.headers.size).toBe(0);
});

test.each<[string, WorldOptions, string]>([
  ["where sessions are not bound", { binding: { policy: "off" } }, "https://shop.example/"],
  ["where nothing is said of binding", { binding: undefined } as never, "https://shop.example/"],
  ["on plain http, which browsers bind nothing on", {}, "http://localhost/"],
])("no offer is made %s", async (_case, options, url) => {
  const { browser, record } = bindingWorld(options);
  const ada = browser();
  const session = await ada.open({ url, secure: url.startsWith("https") });
  const { id } = await session.authenticate({ id: "ada", keep: "none" });
  expect(ada.response.headers.size).toBe(0);
  expect(await record(id)).not.toHaveProperty("binding");
});

test("registering: a short bound cookie, what the browser has to know, and the challenge of the first refresh", async () => {
  const { browser, news, manager } = bindingWorld();
  const ada = browser();
  const { id } = await ada.offered("ada");
  const answer = await ada.register(await (await ada.device()).registration(ada.challenge!));
  expect(answer).toMatchObject({
    status: 200,
    headers: { "Content-Type": "application/json", "Cache-Control": "no-store" },
  });
  expect(answer.headers["Secure-Session-Challenge"]).toMatch(new RegExp(`^"[0-9a-z]+\\.[\\w-]{22}";id="${id}"$`));
  expect([...answer.response.cookies.values()]).toEqual([
    expect.stringMatching(/^__Host-id-bound=[\w-]{22}; Max-Age=60; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
  ]);
  expect(JSON.parse(answer.body)).toEqual({
    session_identifier: id,
    refresh_url: "/device-binding/refresh",
    scope: { include_site: false },
    credentials: [{ type: "cookie", name: "__Host-id-bound", attributes: "Path=/; HttpOnly; Secure; SameSite=Lax" }],
  });
  expect(news()).toEqual(["session_created"]);
  expect((await ada.signedIn()).isBound).toBe(true);
  expect(await manager.list("ada")).toMatchObject([{ boundSince: null }]);
});

test("the first refresh puts the binding in force", async () => {
  const { browser, events, manager, clock } = bindingWorld();
  const ada = browser();
  const { id } = await ada.registered("ada");
  const registeredAt = clock.now();
  clock.advance("30s");
  const answer = await ada.refresh(id);
  expect(answer).toMatchObject({ status: 200, body: "" });
  expect([...answer.response.cookies.values()]).toEqual([
    expect.stringMatching(/^__Host-id-bound=[\w-]{22}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
  ]);
  const bound = { type: "session_bound", severity: "info", algorithm: "ES256", sessionId: id, userId: "ada" };
  expect(events.at(-1)).toMatchObject(bound);
  expect(await manager.list("ada")).toMatchObject([{ id, boundSince: registeredAt }]);
  await ada.refresh(id);
  expect(events.filter(({ type }) => type === "session_bound")).toHaveLength(1);
});

test("a browser that registered but kept no binding is not signed out", async () => {
  const { browser, clock } = bindingWorld();
  const ada = browser();
  await ada.registered("ada");
  ada.loseBoundCookie();
  clock.advance("20m");
  const session = await ada.signedIn();
  expect(session.isBound).toBe(false);
});

test("a bound session's token without its bound cookie is refused, reported, and stands", async () => {
  const { ada, events, news, id } = await adaBound();
  const thief = ada.copy();
  thief.loseBoundCookie();
  const refused = anonymous(await thief.open());
  expect(refused).toMatchObject({ because: "unbound", wasLoggedIn: true });
  expect(thief.response.cookies.size).toBe(0);
  expect(thief.response.headers.size).toBe(0);
  expect(events.at(-1)).toMatchObject({
    type: "session_presented_unbound",
    severity: "critical",
    because: "no-bound-cookie",
    sessionId: id,
    userId: "ada",
  });
  expect(news()).toEqual(["session_presented_unbound"]);
  expect(said(await ada.open())).toBe("authenticated, ada");
});

test("a page shown to whoever was refused costs nobody a cookie", async () => {
  const { ada } = await adaBound();
  const thief = ada.copy();
  thief.loseBoundCookie();
  const refused = anonymous(await thief.open());
  expect(await refused.csrfToken()).toMatch(/^[\w-]+$/);
  expect(thief.response.cookies.size).toBe(0);
});

test("a whole copied jar is worth its bound cookie's time and not more; its owner goes on", async () => {
  const { ada, id, clock } = await adaBound();
  const thief = ada.copy();
  clock.advance("10m");
  expect(said(await thief.open())).toBe("authenticated, ada");
  // The two minutes by which clocks may differ.
  clock.advance("2m");
  expect(said(await thief.open())).toBe("anonymous, unbound");
  ada.loseBoundCookie();
  expect(await ada.refresh(id)).toMatchObject({ status: 200 });
  expect((await ada.signedIn()).isBound).toBe(true);
  expect(said(await thief.open())).toBe("anonymous, unbound");
});

test("requests on their way when the binding comes into force are served, for the grace", async () => {
  const { browser, clock } = bindingWorld();
  const ada = browser();
  await ada.bound("ada");
  const underway = ada.copy();
  underway.loseBoundCookie();
  clock.advance(minute - 1);
  expect((await underway.signedIn()).isBound).toBe(false);
  clock.advance(1);
  expect(said(await underway.open())).toBe("anonymous, unbound");
});

test("answers that get lost cost no request: earlier bound cookies are good for their time", async () => {
  const { ada, id, clock } = await adaBound();
  const cookie = ada.jar.get("__Host-id-bound")!;
  for (let lost = 0; lost < 3; lost++) {
    await ada.refresh(id);
    ada.jar.set("__Host-id-bound", cookie);
    expect((await ada.signedIn()).isBound).toBe(true);
  }
  clock.advance("12m");
  expect(said(await ada.open())).toBe("anonymous, unbound");
});

test("a second bound cookie, planted by somebody, takes nobody's session away", async () => {
  const { ada, clock } = await adaBound();
  clock.advance("1m");
  const both = `${[...ada.jar].map(([name, value]) => `${name}=${value}`).join("; ")}; __Host-id-bound=planted`;
  expect((await ada.signedIn({ headers: { cookie: both } })).isBound).toBe(true);
});

test("a refresh is not its user's activity", async () => {
  const { ada, id, clock, record } = await adaBound();
  const { lastSeenAt } = await record(id);
  clock.advance("25m");
  expect(await ada.refresh(id)).toMatchObject({ status: 403 });
  expect(await ada.refresh(id)).toMatchObject({ status: 200 });
  expect((await record(id)).lastSeenAt).toBe(lastSeenAt);
  clock.advance("5m");
  expect(await ada.refresh(id)).toMatchObject({ status: 200, body: `{"session_identifier":"${id}","continue":false}` });
});

test.each<[string, (here: Awaited<ReturnType<typeof adaBound>>) => Promise<unknown>]>([
  ["a logout", async ({ ada }) => (await ada.signedIn()).end()],
  ["a revocation from another device", async ({ manager, id }) => manager.revoke({ id, of: { userId: "ada" } })],
  ["log out everywhere", async ({ manager }) => manager.revokeAll("ada")],
  ["another login in the same browser", async ({ ada }) => ada.logIn("ada")],
])("after %s the browser is told to forget the binding", async (_case, end) => {
  const here = await adaBound();
  await end(here);
  const ending = { status: 200, body: `{"session_identifier":"${here.id}","continue":false}` };
  const answer = await here.ada.refreshWith(here.id, null);
  expect(answer).toMatchObject(ending);
  expect(answer.response.cookies.size).toBe(0);
  expect(await here.ada.refresh(here.id)).toMatchObject(ending);
});

test("a logout takes the bound cookie along, with the attributes it was set with", async () => {
  const { ada } = await adaBound();
  const session = await ada.signedIn();
  await session.end();
  expect(ada.response.cookies.get("__Host-id-bound")).toBe(
    "__Host-id-bound=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; Secure; SameSite=Lax",
  );
  expect(ada.jar.size).toBe(0);
});

test("a logout of a session without a device sets no second cookie", async () => {
  const { browser } = bindingWorld();
  const ada = browser();
  await (await ada.offered("ada")).end();
  expect([...ada.response.cookies.keys()]).toEqual(["__Host-Http-id"]);
});

test("a logout of a browser whose bound cookie is empty sets no second cookie", async () => {
  const { browser } = bindingWorld();
  const ada = browser();
  await ada.offered("ada");
  const session = await ada.open({ headers: { cookie: `__Host-Http-id=${ada.token}; __Host-id-bound=` } });
  await session.end();
  expect([...ada.response.cookies.keys()]).toEqual(["__Host-Http-id"]);
});

test("a session that another login has replaced is over for its device, even where its row could not be removed", async () => {
  const { ada, id, store, rows } = await adaBound();
  for (let sends = 0; sends < 3; sends++) store.failNext("remove");
  await ada.logIn("ada");
  expect(await rows.find(id)).not.toBeNull();
  expect(await ada.refresh(id)).toMatchObject({
    status: 200,
    body: `{"session_identifier":"${id}","continue":false}`,
  });
});

test("a locked session keeps its device, and without it is not even asked to unlock", async () => {
  const { ada, id, clock } = await adaBound({ policy: { onIdle: "lock" } });
  clock.advance("40m");
  const thief = ada.copy();
  await ada.refresh(id);
  expect(await ada.refresh(id)).toMatchObject({ status: 200, body: "" });
  expect(said(await thief.open())).toBe("anonymous, unbound");
  const session = locked(await ada.open());
  expect((await session.unlock({ userId: "ada", level: "aal1" })).isBound).toBe(true);
  expect(ada.response.headers.has("Secure-Session-Registration")).toBe(false);
});

test("any process answers a challenge that another one made", async () => {
  const { ada, id, node } = await adaBound();
  const elsewhere = new BindingBrowser(node(), ada.jar);
  const challenged = await elsewhere.refreshWith(id, null);
  expect(challenged).toMatchObject({ status: 403, body: "" });
  expect(challenged.response.cookies.size).toBe(0);
  ada.challenge = elsewhere.challenge;
  expect(await ada.refresh(id)).toMatchObject({ status: 200 });
});

test("of two refreshes with one challenge one is served, and the other gets the next challenge", async () => {
  const { ada, id, events } = await adaBound();
  const proof = await (await ada.device()).proof(ada.challenge!);
  const answers = await Promise.all([ada.refreshWith(id, proof), ada.refreshWith(id, proof)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  expect(answers.every(({ headers }) => "Secure-Session-Challenge" in headers)).toBe(true);
  expect(events.at(-1)).toMatchObject({ type: "binding_proof_refused", severity: "info", because: "challenge" });
});

test("somebody who proves again who they are is offered a binding for a session that has none", async () => {
  const { browser, clock } = bindingWorld();
  const ada = browser();
  const { id } = await ada.offered("ada");
  clock.advance("6m");
  const session = await ada.signedIn();
  await session.elevate("aal2");
  ada.challenge = /challenge="([\w-]+)"/.exec(ada.response.headers.get("Secure-Session-Registration")!)![1]!;
  await ada.register(await (await ada.device()).registration(ada.challenge));
  expect(await ada.refresh(id)).toMatchObject({ status: 200 });
  await (await ada.signedIn()).elevate("aal3");
  expect(ada.response.headers.has("Secure-Session-Registration")).toBe(false);
});

test("an offer that nobody took up is forgotten with the next write", async () => {
  const { browser, clock, record } = bindingWorld();
  const ada = browser();
  const { id } = await ada.offered("ada");
  clock.advance("4m");
  await ada.signedIn();
  expect(await record(id)).toHaveProperty("binding");
  clock.advance("2m");
  await ada.signedIn();
  expect(await record(id)).not.toHaveProperty("binding");
});

test("whoever lost the device logs in again, and the session that nobody can use any more is gone", async () => {
  const { ada, id, rows } = await adaBound();
  ada.loseBoundCookie();
  const refused = anonymous(await ada.open());
  await refused.authenticate({ id: "ada", keep: "none" });
  expect(await rows.find(id)).toBeNull();
});

test("somebody else who logs in there ends no session of the first one's", async () => {
  const { ada, id, rows } = await adaBound();
  ada.loseBoundCookie();
  const refused = anonymous(await ada.open());
  await refused.authenticate({ id: "bob", keep: "none" });
  expect(await rows.find(id)).not.toBeNull();
});

test("a visitor nobody is logged in as is never bound", async () => {
  const { browser, record, clock } = bindingWorld({ binding: { policy: "require" } });
  const visitor = browser();
  const session = anonymous(await visitor.open());
  await session.update((draft) => {
    draft.cart = ["book"];
  });
  expect(visitor.response.headers.size).toBe(0);
  expect(await record(session.id!)).not.toHaveProperty("binding");
  clock.advance("5m");
  expect(said(await visitor.open())).toBe("anonymous, none");
});

test("where a device is required, a session without one is served for the grace after its login", async () => {
  const { browser, clock, events } = bindingWorld({ binding: { policy: "require", grace: "30s" } });
  const ada = browser();
  await ada.logIn("ada");
  clock.advance(29_999);
  expect(said(await ada.open())).toBe("authenticated, ada");
  clock.advance(1);
  expect(said(await ada.open())).toBe("anonymous, unbound");
  expect(events.at(-1)).toMatchObject({ severity: "warning", because: "never-bound" });
});

test("where a device is required, a session with one is served", async () => {
  const { ada } = await adaBound({ binding: { policy: "require" } });
  expect(authenticated(await ada.open()).isBound).toBe(true);
});

test("where binding was switched off again, bound sessions go on without", async () => {
  const { ada, node } = await adaBound();
  const off = node({ binding: { policy: "off" } });
  ada.loseBoundCookie();
  expect(off.binding).toBeNull();
  expect(authenticated(await ada.at(off).open()).isBound).toBe(false);
});
