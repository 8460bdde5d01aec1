import { expect } from "vitest";

/** What every application that shows how to log in has to do: lets in who logs in, and nobody else, and forgets them at logout. */
export async function logsInAndOut(origin: string): Promise<void> {
  const browser = visitor(origin);
  expect(await browser.get("/")).toMatchObject({ status: 303 });
  expect(await browser.post("/login", { name: "alice", password: "wrong" })).toMatchObject({ status: 303 });
  expect(await browser.get("/")).toMatchObject({ status: 303 });

  expect(await browser.post("/login", alice)).toMatchObject({ status: 303, location: "/" });
  expect(browser.cookie).toMatch(/^__Host-Http-id=[\w-]{22}\.[\w-]{44}$/);
  expect(await browser.get("/")).toMatchObject({ status: 200, text: expect.stringMatching(/\bHello, alice\b/) });

  const copied = browser.cookie;
  expect(await browser.post("/logout", {})).toMatchObject({ status: 303, location: "/login" });
  expect(browser.cookie).toBe("__Host-Http-id=");
  expect(await visitor(origin, copied).get("/")).toMatchObject({ status: 303 });
}

export async function refusesAnotherSitesForm(origin: string): Promise<void> {
  const browser = visitor(origin);
  expect(await browser.post("/login", alice, { "Sec-Fetch-Site": "cross-site" })).toMatchObject({ status: 403 });
  expect(browser.cookie).toBe("");
}

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
