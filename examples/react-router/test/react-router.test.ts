import { fileURLToPath } from "node:url";
import { RouterContextProvider } from "react-router";
import { beforeAll, describe, expect, test } from "vitest";
import { reactRouterSessions } from "../../../packages/sojourn/src/adapters/react-router.ts";
import type { ReactRouterArgs } from "../../../packages/sojourn/src/adapters/shared/react-router-http.ts";
import { createSessionManager } from "../../../packages/sojourn/src/index.ts";
import { memoryStore } from "../../../packages/sojourn/src/stores/memory.ts";
import { faultyStore, type StartAdapterApplication } from "../../../packages/sojourn/src/testing/index.ts";
import { isABuiltExample } from "../../../packages/sojourn/test/adapters/support/example.ts";
import { keepsItsPromises, versionOf } from "../../../packages/sojourn/test/adapters/support/promises.ts";
import { sitesOn } from "../../../packages/sojourn/test/adapters/support/site.ts";
import { builtSite, startOn } from "./application.ts";

let start: StartAdapterApplication;
beforeAll(async () => {
  start = startOn(await builtSite());
}, 240_000);

keepsItsPromises(`React Router ${versionOf("react-router", import.meta.url)}`, (options) => start(options));

describe("pages, actions and loaders", () => {
  const aSite = sitesOn(() => start);
  const logIn = { name: "alice", go: "on" };

  test("an action logs in, and the page it renders knows of it; so does one that redirects", async () => {
    const { visit, send } = await aSite();
    expect((await visit("/pages/acting")).says).toBe("nobody");
    const login = await send("/pages/acting", { name: "bob" });
    expect([login.says, login.response.headers.get("cache-control")]).toEqual(["bob", "no-store"]);
    const redirected = await send("/pages/acting", logIn);
    expect([redirected.status, redirected.location]).toEqual([303, "/pages/acting"]);
    expect((await visit("/pages/acting")).says).toBe("alice");
  });

  test("an action that React Router calls in the background sets the cookie where it redirects", async () => {
    const { visit, send } = await aSite();
    const answer = await send("/pages/acting.data", logIn);
    expect([answer.status, answer.response.headers.get("cache-control")]).toEqual([202, "no-store"]);
    expect((await visit("/pages/acting")).says).toBe("alice");
  });

  test("a form that another site sends changes nothing, and the error boundary says so", async () => {
    const { store, send } = await aSite();
    const forged = await send("/pages/acting", logIn, { "Sec-Fetch-Site": "cross-site" });
    expect([forged.status, forged.line, store.calls.insert]).toEqual([403, undefined, 0]);
    expect(forged.text).toContain("ERR_CSRF_REFUSED");
  });

  test("a loader that is awaited may log in; what is streamed meets an error that says where to do it, and nothing is written", async () => {
    const awaited = await aSite();
    expect(await awaited.visit("/pages/rendering?awaited")).toMatchObject({ says: "logged in", line: /^__Host-/ });
    const { store, visit } = await aSite();
    const { text, line } = await visit("/pages/rendering");
    expect(text).toContain(
      "ERR_RESPONSE_SENT: This needs to set a cookie, but React Router streams the response already: " +
        "do it in an action, or in a loader that is awaited",
    );
    expect([line, store.calls.insert]).toEqual([undefined, 0]);
  });

  test("a guarded page sends others to log in, also where the browser has asked for its data alone", async () => {
    const { visit, send } = await aSite();
    const page = await visit("/pages/guarded?to=bob");
    expect([page.status, page.location]).toEqual([303, "/login?return_to=%2Fpages%2Fguarded%3Fto%3Dbob"]);
    const data = await visit("/pages/guarded.data?to=bob", { headers: { Accept: "*/*" } });
    expect([data.status, data.text.includes(page.location ?? "nowhere")]).toEqual([202, true]);
    await send("/pages/acting", logIn);
    expect((await visit("/pages/guarded")).says).toBe("alice");
  });

  test("an error of the library has its status on a page, in the data of a page, and for programs", async () => {
    const { store, visit, send } = await aSite();
    await send("/pages/acting", logIn);
    const fail = () => {
      for (let failures = 0; failures < 20; failures++) store.failNext("update");
    };
    fail();
    expect(await visit("/pages/failing")).toMatchObject({ status: 503, says: "an error" });
    fail();
    const data = await visit("/pages/failing.data", { headers: { Accept: "*/*" } });
    expect([data.status, data.response.headers.get("content-type")]).toEqual([503, "text/x-script"]);
    fail();
    const json = await visit("/count", { method: "POST", headers: { Accept: "application/json" } });
    expect([json.status, JSON.parse(json.text)]).toEqual([503, { error: "ERR_SESSION_OUTCOME_UNKNOWN" }]);
  });
});

isABuiltExample({
  name: "react-router",
  folder: fileURLToPath(new URL("..", import.meta.url)),
  program: "react-router",
  types: "typegen",
  out: "build",
  sources: ["app"],
  start: ["node_modules/@react-router/serve/dist/cli.js", "build/server/index.js"],
});

test("a middleware that is named twice opens the session once, and where there is none that is said", async () => {
  const store = faultyStore(memoryStore());
  const sessions = reactRouterSessions(createSessionManager({ store }));
  const visit = (headers: Record<string, string>, answer: (args: ReactRouterArgs) => Promise<unknown>) => {
    const request = new Request("http://localhost/", { method: "POST", headers });
    const args = { request, url: new URL(request.url), context: new RouterContextProvider() };
    return sessions.middleware(args, () => sessions.middleware(args, () => answer(args).then(() => new Response())));
  };
  const own = { "Sec-Fetch-Site": "same-origin" };
  const logIn = ({ context }: ReactRouterArgs) => sessions.of(context).authenticate({ id: "alice", keep: "none" });
  const login = await visit(own, logIn);
  const Cookie = login.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const before = store.calls.find;
  await visit({ ...own, Cookie }, async ({ context }) => expect(sessions.of(context).userId).toBe("alice"));
  expect(store.calls.find - before).toBe(1);
  expect(() => sessions.of(new RouterContextProvider())).toThrow("name the sessions' middleware in root.tsx before");
});
