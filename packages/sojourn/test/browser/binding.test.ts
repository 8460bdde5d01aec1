import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { BrowserContext, Page } from "playwright-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Application, type Seen, startApplication } from "./support/application.ts";
import { type BindingEvents, bindingEvents, newProfile, openBrowser, type Profile, tls } from "./support/chromium.ts";
import { stolenJar } from "./support/thief.ts";

/* Chromium itself, over https, with keys in software. docs/evidence/theft.md tells what this shows. */

let app: Application;
let profile: Profile;
let browser: BrowserContext;
let page: Page;
let said: BindingEvents;

async function start(): Promise<void> {
  browser = await openBrowser(profile);
  page = browser.pages()[0] ?? (await browser.newPage());
  said = await bindingEvents(page);
}

beforeEach(async () => {
  app = await startApplication();
  profile = newProfile();
  await start();
});
afterEach(async () => {
  await browser.close();
  await app.close();
  profile.remove();
});

const minute = 60_000;
const refreshPath = "/device-binding/refresh";

/** What the server answered since the last call: `POST /device-binding/refresh 200`, without pictures. */
function answered(): readonly string[] {
  return unread().map(({ method, path, status }) => `${method} ${path} ${status}`);
}

let read = 0;
function unread(): readonly Seen[] {
  const seen = app.seen.slice(read).filter(({ path }) => path !== "/favicon.ico");
  read = app.seen.length;
  return seen;
}
beforeEach(() => {
  read = 0;
});

/** Logs in, and waits until the browser has registered and refreshed for the first time. */
async function logIn(): Promise<void> {
  await page.goto(`${app.url}/login`);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${app.url}/`);
  await expect.poll(() => app.seen.some(({ path }) => path === "/device-binding/register")).toBe(true);
  await page.reload();
  await expect.poll(() => app.seen.some(({ path }) => path === refreshPath)).toBe(true);
  // Past the grace for requests that set out before.
  app.clock.advance(2 * minute);
  unread();
}

const loseBoundCookie = () => browser.clearCookies({ name: "__Host-id-bound" });

/** What the front page says: who is there, and whether the request proved the device. */
async function frontPage(): Promise<string> {
  await page.goto(`${app.url}/`);
  return shown();
}

async function shown(): Promise<string> {
  return `${await page.title()}, bound: ${await page.textContent("#bound")}`;
}

/** What the browser says of its last refresh. */
function lastRefresh(): unknown {
  return said.all.map(({ refreshEventDetails }) => refreshEventDetails).findLast((details) => details !== undefined);
}

test("it registers in the background after the login, and refreshes at once what is short-lived", async () => {
  await page.goto(`${app.url}/login`);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${app.url}/`);
  await expect.poll(() => said.all.some(({ creationEventDetails }) => creationEventDetails !== undefined)).toBe(true);
  expect(said.all.find(({ creationEventDetails }) => creationEventDetails)).toMatchObject({
    succeeded: true,
    creationEventDetails: { fetchResult: "Success" },
  });
  expect(await frontPage()).toBe("Hello ada, bound: true");
  await expect.poll(() => lastRefresh()).toMatchObject({ refreshResult: "Refreshed", wasFullyProactiveRefresh: true });
  expect(app.events.map(({ type }) => type)).toEqual(["session_created", "session_bound"]);
  expect(await app.manager.list("ada")).toMatchObject([{ boundSince: app.clock.now() }]);
  const [cookie] = (await browser.cookies()).filter(({ name }) => name === "__Host-id-bound");
  expect(cookie).toMatchObject({ path: "/", httpOnly: true, secure: true, sameSite: "Lax" });
  expect((cookie?.expires ?? 0) - Date.now() / 1000).toBeGreaterThan(590);
});

test("with a challenge at hand it refreshes in one round trip, and holds the page until then", async () => {
  await logIn();
  await loseBoundCookie();
  expect(await frontPage()).toBe("Hello ada, bound: true");
  expect(answered()).toEqual([`POST ${refreshPath} 200`, "GET / 200"]);
});

test("eight parallel requests, a WebSocket among others, wait for one refresh; what they carry survives", async () => {
  await logIn();
  await loseBoundCookie();
  const answers = await page.evaluate(async (socketUrl) => {
    const handshake = new Promise((resolve) => {
      const socket = new WebSocket(socketUrl);
      socket.onmessage = ({ data }) => resolve(JSON.parse(String(data)));
    });
    const posts = [1, 2, 3].map(async (n) => (await fetch("/echo", { method: "POST", body: `body ${n}` })).json());
    const gets = [4, 5, 6, 7].map(async () => (await fetch("/api")).json());
    return Promise.all([handshake, ...posts, ...gets]);
  }, `wss://localhost:${app.port}/socket`);
  const ada = { user: "ada", bound: true };
  const bodies = ["body 1", "body 2", "body 3", "", "", "", ""];
  expect(answers).toEqual([ada, ...bodies.map((body) => ({ ...ada, body }))]);
  expect(answered().filter((each) => each.includes(refreshPath))).toEqual([`POST ${refreshPath} 200`]);
  expect(app.events.filter(({ severity }) => severity === "critical")).toEqual([]);
});

test("a stale challenge costs one more round trip, and nothing else", async () => {
  await logIn();
  app.clock.advance(25 * minute);
  await loseBoundCookie();
  expect(await frontPage()).toBe("Hello ada, bound: true");
  expect(answered()).toEqual([`POST ${refreshPath} 403`, `POST ${refreshPath} 200`, "GET / 200"]);
});

test("the key survives the browser, its challenge does not: after a restart it refreshes in two phases", async () => {
  await logIn();
  await browser.close();
  await start();
  expect(await frontPage()).toBe("Hello ada, bound: true");
  expect(answered()).toEqual(["GET / 200"]);
  await loseBoundCookie();
  expect(await frontPage()).toBe("Hello ada, bound: true");
  const [asked, proved, ...others] = unread();
  expect(asked).toMatchObject({ path: refreshPath, status: 403 });
  expect(asked?.headers).not.toHaveProperty("secure-session-response");
  expect(proved).toMatchObject({ path: refreshPath, status: 200 });
  expect(others).toMatchObject([{ path: "/", status: 200 }]);
});

test("after a logout it asks once more, and forgets the binding", async () => {
  await logIn();
  await page.goto(`${app.url}/`);
  await page.getByRole("button", { name: "Log out" }).click();
  await page.waitForURL(`${app.url}/`);
  expect(await shown()).toBe("Nobody: none, bound: false");
  expect(await browser.cookies()).toEqual([]);
  expect(answered()).toContain(`POST ${refreshPath} 200`);
  await frontPage();
  expect(answered()).toEqual(["GET / 200"]);
});

test("revoked from another device, it is told so at its next refresh, and forgets the binding", async () => {
  await logIn();
  await app.manager.revokeAll("ada");
  await loseBoundCookie();
  expect(await frontPage()).toBe("Nobody: unknown, bound: false");
  expect(answered()).toEqual([`POST ${refreshPath} 200`, "GET / 200"]);
  await frontPage();
  expect(answered()).toEqual(["GET / 200"]);
});

test("it keeps the binding while the store is down, and is bound as before when that is over", async () => {
  await logIn();
  app.outage.on = true;
  await loseBoundCookie();
  await page.goto(`${app.url}/`);
  expect(await page.content()).toContain("ERR_STORE_UNAVAILABLE");
  const [refresh, released] = unread();
  expect(refresh).toMatchObject({ path: refreshPath, status: 503 });
  expect(released).toMatchObject({ path: "/", status: 503 });
  expect(released?.headers["secure-session-skipped"]).toMatch(/^server_error;session_identifier="[\w-]{22}"$/);
  app.outage.on = false;
  await expect.poll(frontPage, { timeout: 20_000, interval: 500 }).toBe("Hello ada, bound: true");
  expect(answered()).toContain(`POST ${refreshPath} 200`);
  expect(await app.manager.list("ada")).toHaveLength(1);
});

test("whoever follows a link from another site arrives without the cookie, and is let in by the page that reloads", async () => {
  await logIn();
  const elsewhere = createServer(tls, (_request, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end(`<a href="${app.url}/">To the shop</a>`);
  });
  elsewhere.listen(0, "127.0.0.1");
  await once(elsewhere, "listening");
  await page.goto(`https://elsewhere.example:${(elsewhere.address() as AddressInfo).port}/`);
  await loseBoundCookie();
  await page.getByRole("link").click();
  await page.waitForSelector("#bound");
  expect(await shown()).toBe("Hello ada, bound: true");
  const [arrival, ...others] = unread();
  expect(arrival?.headers).toMatchObject({
    "sec-fetch-site": "cross-site",
    cookie: expect.not.stringContaining("bound"),
  });
  expect(others.map(({ path, status }) => `${path} ${status}`)).toEqual([`${refreshPath} 200`, "/ 200"]);
  expect(app.events.slice(2)).toMatchObject([
    { type: "session_presented_unbound", severity: "info", because: "arrival" },
  ]);
  await page.goBack();
  expect(new URL(page.url()).hostname).toBe("elsewhere.example");
  elsewhere.close();
  elsewhere.closeAllConnections();
});

test("a cookie jar copied out of it opens nothing elsewhere once its ten minutes are over; the owner is not signed out", async () => {
  await logIn();
  await frontPage();
  const thief = await stolenJar(browser, app);
  expect(await thief.get("/api")).toMatchObject({ body: { user: "ada" } });
  app.clock.advance(12 * minute);
  unread();

  const refused = await thief.get("/api");
  expect(refused).toMatchObject({ status: 200, body: { user: null } });
  expect(refused.cookies).toEqual([]);
  expect(app.events.at(-1)).toMatchObject({
    type: "session_presented_unbound",
    severity: "critical",
    because: "no-bound-cookie",
    userId: "ada",
  });
  expect(await thief.refreshWithoutKey()).toEqual({ status: 403, cookies: [] });
  expect(await thief.refreshWithOwnKey()).toEqual({ status: 403, cookies: [] });
  expect(app.events.at(-1)).toMatchObject({ type: "binding_proof_refused", because: "signature" });
  expect(await thief.registerOwnKey()).toEqual({ status: 403, cookies: [] });
  expect(await thief.get("/api")).toMatchObject({ body: { user: null } });

  await loseBoundCookie();
  expect(await frontPage()).toBe("Hello ada, bound: true");
  expect(await app.manager.list("ada")).toHaveLength(1);
});
