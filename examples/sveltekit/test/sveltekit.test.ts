import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { aClient } from "../../../packages/sojourn/src/testing/adapter-contract/client.ts";
import type { StartAdapterApplication } from "../../../packages/sojourn/src/testing/index.ts";
import { isABuiltExample } from "../../../packages/sojourn/test/adapters/support/example.ts";
import { keepsItsPromises, versionOf } from "../../../packages/sojourn/test/adapters/support/promises.ts";
import { sitesOn } from "../../../packages/sojourn/test/adapters/support/site.ts";
import { builtSite, startOn } from "./application.ts";

let start: StartAdapterApplication;
beforeAll(async () => {
  start = startOn(await builtSite());
}, 240_000);

keepsItsPromises(`SvelteKit ${versionOf("@sveltejs/kit", import.meta.url)}`, (options) => start(options));

describe("pages, actions and hooks", () => {
  const aSite = sitesOn(() => start);

  test("an action logs in, and the page it renders knows of it; so does one that redirects", async () => {
    const { visit, send } = await aSite();
    expect((await visit("/pages/acting")).says).toBe("nobody");
    const login = await send("/pages/acting?/logIn", { name: "bob" });
    expect([login.says, login.response.headers.get("cache-control")]).toEqual(["bob", "no-store"]);
    const redirected = await send("/pages/acting?/logInAndGo");
    expect([redirected.status, redirected.location]).toEqual([303, "/pages/acting"]);
    expect((await visit("/pages/acting")).says).toBe("alice");
  });

  test("a form that another site sends changes nothing", async () => {
    const { store, send } = await aSite();
    const forged = await send("/pages/acting?/logInAndGo", {}, { "Sec-Fetch-Site": "cross-site" });
    expect([forged.status, forged.line, store.calls.insert]).toEqual([403, undefined, 0]);
  });

  test("a load function that is awaited may log in; what is streamed meets an error that says where to do it, and nothing is written", async () => {
    const awaited = await aSite();
    expect(await awaited.visit("/pages/rendering?awaited")).toMatchObject({ says: "logged in", line: /^__Host-/ });
    const { store, visit } = await aSite();
    const { text, line } = await visit("/pages/rendering");
    expect(text).toContain(
      "ERR_RESPONSE_SENT: This needs to set a cookie, but SvelteKit streams the response already: " +
        "do it in an action, in an endpoint, or in a load function that is awaited",
    );
    expect([line, store.calls.insert]).toEqual([undefined, 0]);
  });

  test("a load function may log in by a request of its own: the page brings the cookie, and is no-store", async () => {
    const { visit } = await aSite();
    const page = await visit("/pages/rendering?fetched");
    expect([page.says, page.line]).toEqual(["204", expect.stringMatching(/^__Host-Http-id=/)]);
    expect(page.response.headers.get("cache-control")).toBe("no-store");
    expect((await visit("/pages/acting")).says).toBe("alice");
  });

  test("a request that a load function makes came over TLS where the page's own did", async () => {
    const { origin } = await aSite({ isBehindProxy: true });
    const client = aClient(origin);
    const from = (protocol: string) => ({
      Host: "shop.example",
      "X-Forwarded-Proto": protocol,
      "Sec-Fetch-Site": "same-origin",
      Accept: "text/html",
    });
    const login = await client.send("POST", "/login", { body: "alice", headers: from("https") });
    const Cookie = login.cookies[0]?.split(";")[0] ?? "";
    const asked = async (protocol: string) =>
      (await client.send("GET", "/pages/rendering?asked", { headers: { ...from(protocol), Cookie } })).body;
    expect(await asked("https")).toContain("<pre>alice</pre>");
    expect(await asked("http")).toContain("says:null");
  });

  test("a guarded page sends others to log in, also where the browser has asked for its data alone", async () => {
    const { visit, send } = await aSite();
    const page = await visit("/pages/guarded?to=bob");
    expect([page.status, page.location]).toEqual([303, "/login?return_to=%2Fpages%2Fguarded%3Fto%3Dbob"]);
    const data = await visit("/pages/guarded/__data.json?to=bob", { headers: { Accept: "*/*" } });
    expect(JSON.parse(data.text)).toMatchObject({ type: "redirect", location: page.location });
    await send("/pages/acting?/logInAndGo");
    expect((await visit("/pages/guarded")).says).toBe("alice");
  });

  test("an error of the library has its status on a page, in the data of a page, and for programs", async () => {
    const { store, visit, send } = await aSite();
    await send("/pages/acting?/logInAndGo");
    const fail = () => {
      for (let failures = 0; failures < 20; failures++) store.failNext("update");
    };
    fail();
    expect(await visit("/pages/failing")).toMatchObject({ status: 503, says: "503 ERR_SESSION_OUTCOME_UNKNOWN" });
    fail();
    const data = await visit("/pages/failing/__data.json", { headers: { Accept: "*/*" } });
    expect(data.text).toContain("ERR_SESSION_OUTCOME_UNKNOWN");
    fail();
    const json = await visit("/count", { method: "POST", headers: { Accept: "application/json" } });
    expect([json.status, JSON.parse(json.text)]).toEqual([
      503,
      { status: 503, message: "ERR_SESSION_OUTCOME_UNKNOWN" },
    ]);
  });

  test("a later hook that throws after a login takes nobody's cookie away", async () => {
    const { visit } = await aSite();
    expect(await visit("/pages/leaving")).toMatchObject({ status: 303, location: "/pages/acting", line: undefined });
    const leaving = await visit("/pages/leaving?logged-in");
    expect([leaving.status, leaving.location, leaving.says]).toEqual([303, "/pages/acting", undefined]);
    expect((await visit("/pages/acting")).says).toBe("alice");
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    expect(await visit("/pages/leaving?logged-in&failing")).toMatchObject({ status: 500, line: /^__Host-/ });
    expect(printed).toHaveBeenCalledWith(expect.objectContaining({ message: "The hook failed" }));
    printed.mockRestore();
  });
});

isABuiltExample({
  name: "sveltekit",
  folder: fileURLToPath(new URL("..", import.meta.url)),
  program: "vite",
  out: "build",
  sources: ["src"],
  start: ["build/index.js"],
});
