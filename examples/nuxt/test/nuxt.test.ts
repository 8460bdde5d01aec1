import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { StartAdapterApplication } from "../../../packages/sojourn/src/testing/index.ts";
import { isABuiltExample } from "../../../packages/sojourn/test/adapters/support/example.ts";
import { keepsItsPromises, versionOf } from "../../../packages/sojourn/test/adapters/support/promises.ts";
import { sitesOn } from "../../../packages/sojourn/test/adapters/support/site.ts";
import { builtSite, startOn } from "./applications.ts";

let start: StartAdapterApplication;
beforeAll(async () => {
  start = startOn(await builtSite());
}, 240_000);

keepsItsPromises(`Nuxt ${versionOf("nuxt", import.meta.url)}`, (options) => start(options));

describe("pages, and what they ask for while they are rendered", () => {
  const aSite = sitesOn(() => start);
  const logIn = { method: "POST", body: "alice" };

  test("a page may log in while it is rendered, also by a request of its own, and its answer brings the cookie", async () => {
    const { visit } = await aSite();
    expect((await visit("/pages")).says).toBe("nobody");
    const page = await visit("/pages?do=log in");
    expect([page.says, page.response.headers.get("cache-control")]).toEqual(["alice", "no-store"]);
    expect((await visit("/pages")).says).toBe("alice");
    await visit("/pages?do=count");
    await visit("/pages?do=count");
    expect(JSON.parse((await visit("/me")).text)).toMatchObject({ userId: "alice", count: 2 });
  });

  test("a guarded page sends others to log in", async () => {
    const { visit } = await aSite();
    const page = await visit("/pages/guarded?to=bob");
    expect([page.status, page.location]).toEqual([303, "/login?return_to=%2Fpages%2Fguarded%3Fto%3Dbob"]);
    await visit("/login", logIn);
    expect((await visit("/pages/guarded")).status).toBe(200);
  });

  test("a page that meets an error of the library has its status", async () => {
    const { store, visit } = await aSite();
    await visit("/login", logIn);
    for (let failures = 0; failures < 20; failures++) store.failNext("update");
    expect((await visit("/pages?do=fail")).status).toBe(503);
  });
});

isABuiltExample({
  name: "nuxt",
  folder: fileURLToPath(new URL("..", import.meta.url)),
  program: "nuxt",
  out: ".output",
  sources: ["app", "server"],
  start: [".output/server/index.mjs"],
});
