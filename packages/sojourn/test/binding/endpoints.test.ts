import { expect, test } from "vitest";
import type { Session } from "../../src/core/session.ts";
import { OptionsError } from "../../src/index.ts";
import { createSessionManager } from "../../src/manager.ts";
import type { SessionManagerOptions } from "../../src/options.ts";
import { requireBound } from "../../src/step-up/require-bound.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { aRequest, aResponse } from "../http/exchange.ts";
import { world } from "../support/world.ts";
import { BindingBrowser } from "./browser.ts";

const store = memoryStore();
const options: SessionManagerOptions = { store, origins: ["https://shop.example"], binding: { policy: "offer" } };

function answerTo(method: string, path: string, more: Partial<SessionManagerOptions> = {}, url?: string) {
  const { binding } = createSessionManager({ ...options, ...more, schema: undefined as never });
  if (!binding) throw new Error("There is no binding");
  return binding.answer(aRequest({ method, url: url ?? `https://shop.example${path}` }), aResponse().plan);
}

test.each<[string, string]>([
  ["GET", "/device-binding/refresh"],
  ["OPTIONS", "/device-binding/register"],
  ["POST", "/"],
  ["POST", "/device-binding"],
  ["POST", "/device-binding/refresh/"],
  ["POST", "/other/device-binding/refresh"],
  ["POST", "/transfers?to=/device-binding/refresh"],
  ["POST", "/transfers#/device-binding/refresh"],
  ["GET", "/.well-known/device-bound-sessions"],
])("%s %s is the application's to answer", async (method, path) => {
  expect(await answerTo(method, path)).toBeNull();
});

test.each(["/device-binding/refresh", "/device-binding/refresh?more", "/device-binding/register"])(
  "POST %s is not",
  async (path) => {
    expect(await answerTo("POST", path)).toMatchObject({ status: 403 });
  },
);

test("the endpoints can be somewhere else", async () => {
  const more = { binding: { policy: "offer", path: "/shop/device" } } as const;
  expect(await answerTo("POST", "/shop/device/refresh", more)).toMatchObject({ status: 403 });
  expect(await answerTo("POST", "/device-binding/refresh", more)).toBeNull();
});

test("where the cookie is a whole site's, so is the binding, and the site says whose applications may bind", async () => {
  const origins = ["https://shop.example", "https://pay.shop.example"];
  const cookie = { scope: "site", domain: "shop.example" } as const;
  const wellKnown = await answerTo("GET", "/.well-known/device-bound-sessions", { origins, cookie });
  expect(wellKnown).toMatchObject({ status: 200, headers: { "Content-Type": "application/json" } });
  expect(JSON.parse(wellKnown?.body ?? "")).toEqual({ registering_origins: origins });
  expect(await answerTo("POST", "/.well-known/device-bound-sessions", { origins, cookie })).toBeNull();

  const here = world({ binding: { policy: "offer" }, origins, cookie });
  const ada = new BindingBrowser(here.manager);
  await ada.offered("ada");
  const answer = await ada.register(await (await ada.device()).registration(ada.challenge!));
  expect(JSON.parse(answer.body)).toMatchObject({
    scope: { origin: "https://shop.example", include_site: true },
    credentials: [
      { name: "__Secure-id-bound", attributes: "Path=/; Domain=shop.example; HttpOnly; Secure; SameSite=Lax" },
    ],
  });
  expect(answer.response.cookies.get("__Secure-id-bound")).toMatch(
    /^__Secure-id-bound=[\w-]{22}; Max-Age=60; Path=\/; Domain=shop\.example; HttpOnly; Secure; SameSite=Lax$/,
  );
});

test.each(["a b", "[", "shop.example:99999", "%"])(
  "a host that no browser sends, %s, is refused before anything is stored",
  async (host) => {
    const origins = ["https://shop.example"];
    const here = world({
      binding: { policy: "offer" },
      origins,
      cookie: { scope: "site", domain: "shop.example" },
    });
    const ada = new BindingBrowser(here.manager);
    const { id } = await ada.offered("ada");
    const row = await here.row(id);
    const headers = {
      cookie: [...ada.jar].map(([name, value]) => `${name}=${value}`).join("; "),
      "secure-session-response": await (await ada.device()).registration(ada.challenge!),
    };
    const { plan } = aResponse();
    const request = aRequest({ url: `https://${host}/device-binding/register`, headers });
    const answer = await here.manager.binding?.answer(request, plan);
    expect(answer).toMatchObject({ status: 403, body: '{"error":"malformed"}' });
    expect(plan.isEmpty).toBe(true);
    expect(await here.row(id)).toEqual(row);
  },
);

test("the origin that a site's binding is for is at the port that the browser came to", async () => {
  const cookie = { scope: "site", domain: "shop.example" } as const;
  const here = world({ binding: { policy: "offer" }, origins: ["https://pay.shop.example:8443"], cookie });
  const ada = new BindingBrowser(here.manager);
  await ada.offered("ada");
  const headers = {
    cookie: [...ada.jar].map(([name, value]) => `${name}=${value}`).join("; "),
    "secure-session-response": await (await ada.device()).registration(ada.challenge!),
  };
  const request = aRequest({ url: "https://pay.shop.example:8443/device-binding/register", headers });
  const answer = await here.manager.binding?.answer(request, aResponse().plan);
  expect(JSON.parse(answer?.body ?? "")).toMatchObject({ scope: { origin: "https://shop.example:8443" } });
});

test("a mistake of the adapter's is no outage: it is thrown", async () => {
  const { binding } = createSessionManager({ ...options, schema: undefined as never });
  const header = () => {
    throw new TypeError("an adapter's mistake");
  };
  const request = { ...aRequest({ url: "https://shop.example/device-binding/refresh" }), header };
  await expect(binding?.answer(request, aResponse().plan)).rejects.toThrow("an adapter's mistake");
});

const arrival = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };

test.each<[string, Readonly<Record<string, string>>, string, boolean]>([
  ["a link from another site", arrival, "GET", true],
  ["a link from a sibling subdomain", { ...arrival, "sec-fetch-site": "same-site" }, "GET", true],
  ["the page that reloads itself", { ...arrival, "sec-fetch-site": "same-origin" }, "GET", false],
  ["a typed address", { ...arrival, "sec-fetch-site": "none" }, "GET", false],
  ["another site's picture", { ...arrival, "sec-fetch-mode": "no-cors" }, "GET", false],
  ["another site's form", arrival, "POST", false],
  ["a client that says nothing", {}, "GET", false],
])("without the bound cookie, %s gets the page that reloads itself: %#", async (_case, headers, method, isReloaded) => {
  const { ada, manager, events } = await withoutBoundCookie();
  const request = { method, url: "https://shop.example/", secure: true, header: () => null };
  const session = await ada.open({ headers, method });
  const page = manager.binding?.reload({ ...request, header: (name) => headers[name] ?? null }, session);
  expect(session).toMatchObject({ kind: "anonymous", because: "unbound" });
  expect(ada.response.cookies.size).toBe(0);
  const severity = isReloaded ? "info" : "critical";
  expect(events.at(-1)).toMatchObject({ type: "session_presented_unbound", severity });
  if (!isReloaded) return expect(page).toBeNull();
  expect(page).toMatchObject({ status: 200, headers: { "Cache-Control": "no-store" } });
  expect(page?.body).toContain('<meta http-equiv="refresh" content="0">');
});

test("a browser that says it could not refresh is refused all the same, with less alarm", async () => {
  const { ada, events } = await withoutBoundCookie();
  await ada.open({ headers: { "secure-session-skipped": 'unreachable;session_identifier="x"' } });
  expect(events.at(-1)).toMatchObject({ severity: "warning", because: "refresh-skipped" });
});

test("nobody else gets the page that reloads itself", async () => {
  const { manager } = world({ binding: { policy: "offer" } });
  const request = { method: "GET", url: "https://shop.example/", secure: true };
  const header = (name: string) => (arrival as Record<string, string>)[name] ?? null;
  const session = await manager.open({ ...request, header }, aResponse().plan);
  expect(manager.binding?.reload({ ...request, header }, session)).toBeNull();
});

test("a guard asks for the device before what a copied cookie must not do", async () => {
  const { ada, clock, id } = await boundAda();
  const verdictOn = (session: Session<Record<string, unknown>>) => requireBound(session);
  expect(verdictOn(await ada.open())).toMatchObject({ met: true, session: { userId: "ada" } });
  ada.loseBoundCookie();
  const refused = { met: false, because: "signed-out", reason: "unbound", challenge: { status: 401 } };
  expect(verdictOn(await ada.open())).toMatchObject(refused);
  await ada.refresh(id);
  clock.advance("31m");
  expect(verdictOn(await ada.open())).toMatchObject({ met: false, because: "signed-out", reason: "idle" });
  const plain = new BindingBrowser(world().manager);
  await plain.logIn("eve");
  expect(verdictOn(await plain.open())).toMatchObject({ met: false, because: "unbound", reason: "unbound" });
});

test.each<[string, object, string]>([
  ["an unknown policy", { binding: { policy: "on" } }, 'binding.policy is "on": write "off", "offer" or "require"'],
  ["no policy", { binding: {} }, 'binding.policy is missing: write "off", "offer" or "require"'],
  ["a word", { binding: "offer" }, 'binding is "offer": write { policy: "offer" }, or leave it out'],
  [
    "a lifetime that browsers do not keep up with",
    { binding: { policy: "offer", lifetime: "1m" } },
    'binding.lifetime is "1m": write a duration from "5m" to "1h"',
  ],
  [
    "a grace that is none",
    { binding: { policy: "offer", grace: "1h" } },
    'binding.grace is "1h": write a duration from "5s" to "10m"',
  ],
  [
    "a path that is none",
    { binding: { policy: "offer", path: "device-binding/" } },
    'binding.path is "device-binding/": write a path without query and final slash, like "/device-binding"',
  ],
  [
    "a path into another header",
    { binding: { policy: "offer", path: '/a";x="' } },
    'binding.path is "/a\\";x=\\"": write a path without query and final slash, like "/device-binding"',
  ],
  ["a misspelt option", { binding: { policy: "offer", life: "10m" } }, "binding.life does not exist: "],
  [
    "a bearer transport",
    { binding: { policy: "offer" }, transport: "bearer" },
    "binding needs a cookie: leave it out with the bearer transport",
  ],
  [
    "a partitioned cookie",
    { binding: { policy: "require" }, cookie: { scope: "embedded" } },
    'binding does not go with cookie.scope "embedded": browsers refuse to bind partitioned cookies; write "host" or "site"',
  ],
  [
    "a cookie of one path",
    { binding: { policy: "require" }, cookie: { scope: "path", path: "/shop" } },
    'binding does not go with cookie.scope "path": the browser would refresh before every request to another path of this host; write "host" or "site"',
  ],
  [
    "a cookie that goes over plain http",
    { binding: { policy: "offer" }, cookie: { scope: "insecure" } },
    'binding does not go with cookie.scope "insecure": browsers bind over https alone; write "host" or "site"',
  ],
])("%s is told at construction", (_case, given, problem) => {
  const construct = () => createSessionManager({ store, ...given } as never);
  expect(construct).toThrow(OptionsError);
  expect(construct).toThrow(problem);
});

test("what is off may stand beside any cookie", () => {
  const { binding, settings } = createSessionManager({
    store,
    cookie: { scope: "embedded" },
    binding: { policy: "off" },
  });
  expect(binding).toBeNull();
  expect(settings.binding).toBe("off");
});

async function boundAda() {
  const here = world({ binding: { policy: "offer" } });
  const ada = new BindingBrowser(here.manager);
  const { id } = await ada.bound("ada");
  here.clock.advance("2m");
  await ada.refresh(id);
  return { ...here, ada, id };
}

async function withoutBoundCookie() {
  const here = await boundAda();
  here.ada.loseBoundCookie();
  return here;
}
