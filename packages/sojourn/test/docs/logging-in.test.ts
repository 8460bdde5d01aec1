import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programsOf } from "./programs.ts";
import { markdownPages } from "./repository.ts";
import { openWorkshop, type Workshop } from "./workshop.ts";

/** The programs that show how to protect an application. All of them have to tell the same story. */
const programs = markdownPages()
  .flatMap(programsOf)
  .filter(({ source }) => source.includes('"/logout"') && source.includes("Hello, "));
let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop(programs);
});
afterAll(() => workshop.close());

test("the pages show how to protect an application with Express, node:http and fetch", () => {
  const imports = ["sojourn/express", "sojourn/node", "sojourn/fetch"];
  expect(imports.filter((subpath) => !programs.some(({ source }) => source.includes(subpath)))).toEqual([]);
});

describe.each(programs)("the application of $name", (program) => {
  test("lets in who logs in, and nobody else, and forgets them at logout", async () => {
    await workshop.visit(program, async (origin) => {
      const browser = visitor(origin);
      expect(await browser.get("/")).toMatchObject({ status: 303 });
      expect(await browser.post("/login", { name: "alice", password: "wrong" })).toMatchObject({ status: 303 });
      expect(await browser.get("/")).toMatchObject({ status: 303 });

      expect(await browser.post("/login", alice)).toMatchObject({ status: 303, location: "/" });
      expect(browser.cookie).toMatch(/^__Host-Http-id=[\w-]{22}\.[\w-]{44}$/);
      expect(await browser.get("/")).toMatchObject({ status: 200, text: "Hello, alice" });

      const copied = browser.cookie;
      expect(await browser.post("/logout", {})).toMatchObject({ status: 303, location: "/login" });
      expect(browser.cookie).toBe("__Host-Http-id=");
      expect(await visitor(origin, copied).get("/")).toMatchObject({ status: 303 });
    });
  });

  test("refuses a form that another site posts", async () => {
    await workshop.visit(program, async (origin) => {
      const browser = visitor(origin);
      expect(await browser.post("/login", alice, { "Sec-Fetch-Site": "cross-site" })).toMatchObject({ status: 403 });
      expect(browser.cookie).toBe("");
    });
  });
});

const alice = { name: "alice", password: "correct horse" };

/** A browser, as far as these applications can tell: it keeps one cookie, and says where its requests come from. */
function visitor(origin: string, cookie = "") {
  async function send(path: string, init: RequestInit) {
    const headers = { Accept: "text/html", Cookie: browser.cookie, ...init.headers };
    const response = await fetch(origin + path, { redirect: "manual", ...init, headers });
    for (const line of response.headers.getSetCookie()) browser.cookie = line.slice(0, line.indexOf(";"));
    const location = response.headers.get("Location")?.replace(/\?.*/, "");
    return { status: response.status, location, text: await response.text() };
  }
  const browser = {
    cookie,
    get: (path: string) => send(path, {}),
    post: (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
      send(path, {
        method: "POST",
        headers: { "Sec-Fetch-Site": "same-origin", ...headers },
        body: new URLSearchParams(form),
      }),
  };
  return browser;
}
