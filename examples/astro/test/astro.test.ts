import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { astroSessions } from "../../../packages/sojourn/src/adapters/astro.ts";
import type { AstroContext } from "../../../packages/sojourn/src/adapters/shared/astro-http.ts";
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

keepsItsPromises(`Astro ${versionOf("astro", import.meta.url)}`, (options) => start(options));

describe("pages", () => {
  const aSite = sitesOn(() => start);

  test("a page logs in whom its form names, and knows of it; so does one that redirects", async () => {
    const { visit, send } = await aSite();
    expect((await visit("/pages/acting")).says).toBe("nobody");
    const login = await send("/pages/acting", { name: "bob" });
    expect([login.says, login.response.headers.get("cache-control")]).toEqual(["bob", "no-store"]);
    const redirected = await send("/pages/acting", { name: "alice", go: "on" });
    expect([redirected.status, redirected.location]).toEqual([303, "/pages/acting"]);
    expect((await visit("/pages/acting")).says).toBe("alice");
  });

  test("a form that another site sends changes nothing", async () => {
    const { store, send } = await aSite();
    const forged = await send("/pages/acting", { name: "mallory" }, { "Sec-Fetch-Site": "cross-site" });
    expect([forged.status, forged.line, store.calls.insert]).toEqual([403, undefined, 0]);
  });

  test("a component that logs in while the page is on its way meets an error that says where to do it, and nothing is written", async () => {
    const { store, visit } = await aSite();
    const { says, line } = await visit("/pages/rendering");
    expect(says).toBe(
      "ERR_RESPONSE_SENT: This needs to set a cookie, but Astro streams the page already: " +
        "do it in an action, in an endpoint, or in the page itself and in none of its components",
    );
    expect([line, store.calls.insert]).toEqual([undefined, 0]);
  });

  test("a guarded page sends others to log in", async () => {
    const { visit, send } = await aSite();
    const page = await visit("/pages/guarded?to=bob");
    expect([page.status, page.location]).toEqual([303, "/login?return_to=%2Fpages%2Fguarded%3Fto%3Dbob"]);
    await send("/pages/acting", { name: "alice" });
    expect((await visit("/pages/guarded")).says).toBe("alice");
  });

  test("a page that fails after a login is Astro's own error page, with the cookie", async () => {
    const { visit, send } = await aSite();
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    const failed = await send("/pages/acting", { name: "alice", fail: "it" });
    expect(failed).toMatchObject({ status: 500, says: "Something failed", line: expect.stringMatching(/^__Host-/) });
    expect(failed.response.headers.get("cache-control")).toBe("no-store");
    expect(printed).toHaveBeenCalledWith(expect.objectContaining({ message: "The page failed" }));
    printed.mockRestore();
    expect((await visit("/pages/acting")).says).toBe("alice");
  });
});

test("a page that is built before anybody asks for it has no session, and the error says why", async () => {
  const sessions = astroSessions(createSessionManager({ store: memoryStore() }));
  const request = new Request("http://localhost/");
  const context = { request, url: new URL(request.url), locals: {}, isPrerendered: true, clientAddress: "127.0.0.1" };
  const built = new Response("for everybody");
  const guard = sessions.requireUser({ at: "/login" });
  expect(await sessions.onRequest(context, () => guard(context, async () => built))).toBe(built);
  expect([...built.headers.keys()]).toEqual(["content-type"]);
  expect(() => sessions.of(context)).toThrow("render the page on demand, and export the sessions' onRequest before");
});

isABuiltExample({
  name: "astro",
  folder: fileURLToPath(new URL("..", import.meta.url)),
  program: "astro",
  out: "dist",
  sources: ["src"],
  start: ["dist/server/entry.mjs"],
});

test("a middleware that is used twice opens the session once", async () => {
  const store = faultyStore(memoryStore());
  const sessions = astroSessions(createSessionManager({ store }));
  const visit = (headers: Record<string, string>, answer: (context: AstroContext) => Promise<unknown>) => {
    const request = new Request("http://localhost/", { method: "POST", headers });
    const url = new URL(request.url);
    const context = { request, url, locals: {}, isPrerendered: false, clientAddress: "127.0.0.1" };
    return sessions.onRequest(context, () =>
      sessions.onRequest(context, () => answer(context).then(() => new Response())),
    );
  };
  const own = { "Sec-Fetch-Site": "same-origin" };
  const login = await visit(own, (context) => sessions.of(context).authenticate({ id: "alice", keep: "none" }));
  const Cookie = login.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const before = store.calls.find;
  await visit({ ...own, Cookie }, async (context) => expect(sessions.of(context).userId).toBe("alice"));
  expect(store.calls.find - before).toBe(1);
});
