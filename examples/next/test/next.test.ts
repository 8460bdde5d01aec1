import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createSessionManager, type SessionManagerOptions } from "../../../packages/sojourn/src/index.ts";
import { memoryStore } from "../../../packages/sojourn/src/stores/memory.ts";
import { type AdapterApplicationData as Data, faultyStore } from "../../../packages/sojourn/src/testing/index.ts";
import { expressSession, liveUpgrade } from "../../../packages/sojourn/src/upgrade/index.ts";
import { isABuiltExample } from "../../../packages/sojourn/test/adapters/support/example.ts";
import { keepsItsPromises, versionOf } from "../../../packages/sojourn/test/adapters/support/promises.ts";
import { earlierApp, secret } from "../../../packages/sojourn/test/support/earlier-app.ts";
import { type NextServer, nextServer, startOn } from "./application.ts";

// A build takes its time on a busy machine.
const minutes = 60_000;
let server: NextServer;
beforeAll(async () => {
  server = await nextServer();
}, 4 * minutes);
afterAll(() => server.close());

keepsItsPromises(`Next.js ${versionOf("next", import.meta.url)}`, (options) => startOn(server)(options));

describe("pages, actions and the proxy", () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function aSite(options: Partial<SessionManagerOptions> = {}) {
    const store = faultyStore(memoryStore());
    const manager = createSessionManager<Data>({ store, ...options, schema: undefined as never });
    const { origin, close } = await startOn(server)({ manager, isBehindProxy: false });
    closing.push(close);
    let cookie = "";
    const visit = async (path: string, init: RequestInit = {}) => {
      const headers = { Accept: "text/html", Cookie: cookie, "Sec-Fetch-Site": "same-origin", ...init.headers };
      const response = await fetch(origin + path, { redirect: "manual", ...init, headers });
      const line = response.headers.getSetCookie().find((each) => each.startsWith("__Host-Http-id="));
      if (line) cookie = /Max-Age=0/i.test(line) ? "" : (line.split(";")[0] ?? "");
      const text = await response.text();
      return { response, line, says: /<pre>([^<]*)<\/pre>/.exec(text)?.[1], text };
    };
    /** Sends the form of /pages/acting, as a browser without JavaScript does. */
    const act = async (what: string, headers: Record<string, string> = {}) => {
      const { text } = await visit("/pages/acting");
      const form = new FormData();
      for (const [, name = ""] of text.matchAll(/name="(\$ACTION[^"]*)"/g)) form.set(name, "");
      form.set("do", what);
      return visit("/pages/acting", { method: "POST", body: form, headers: { Origin: origin, ...headers } });
    };
    return { store, visit, act };
  }

  test("an action logs in and out: with the cookie as the engine has it, and the page it renders knows of it", async () => {
    const { visit, act } = await aSite();
    expect((await visit("/pages/acting")).says).toBe("nobody");
    const login = await act("alice");
    const attributes = login.line?.toLowerCase().split("; ").slice(1).sort();
    expect(attributes).toEqual(["httponly", "path=/", "samesite=lax", "secure"]);
    expect(login.response.headers.get("cache-control")).toContain("no-store");
    expect(login.says).toBe("alice");
    expect((await visit("/pages/acting")).says).toBe("alice");
    const logout = await act("log out");
    expect([logout.says, logout.line]).toEqual(["nobody", expect.stringMatching(/^__Host-Http-id=;.*Max-Age=0/i)]);
    expect((await visit("/pages/acting")).says).toBe("nobody");
  });

  test("a cookie set while a page is rendered is an error that says where to do it instead, and nothing is written", async () => {
    const { store, visit } = await aSite();
    const { says, line } = await visit("/pages/rendering");
    expect(says).toBe(
      "ERR_RESPONSE_SENT: This needs to set a cookie, but while a page is rendered Next.js cannot: " +
        "do it in a Server Action, or in a Route Handler made with sessions.route",
    );
    expect([line, store.calls.insert]).toEqual([undefined, 0]);
  });

  test("a page that requires a user sends others to log in, and so does the proxy, which knows where they were", async () => {
    const { visit, act } = await aSite();
    const page = await visit("/pages/guarded");
    expect([page.response.status, page.response.headers.get("location")]).toEqual([307, "/confirm"]);
    const proxied = await visit("/guarded?to=bob");
    const location = new URL(proxied.response.headers.get("location") ?? "", "http://127.0.0.1");
    expect([proxied.response.status, location.pathname + location.search]).toEqual([
      303,
      "/confirm?return_to=%2Fguarded%3Fto%3Dbob",
    ]);
    await act("alice");
    expect([(await visit("/pages/guarded")).says, (await visit("/guarded")).says]).toEqual(["alice", "alice"]);
  });

  test("a session of another library is moved by the proxy, and the page it goes on to knows of it already", async () => {
    const earlier = earlierApp();
    const carry = ({ userId }: { readonly [name: string]: unknown }) => ({ userId: String(userId) });
    const source = expressSession({ secret, store: earlier.store, carry });
    const { visit } = await aSite({ liveUpgrade: liveUpgrade({ sources: [source], until: new Date("2100-01-01") }) });
    const cookie = earlier.logIn("alice");
    const first = await visit("/guarded", { headers: { Cookie: `connect.sid=${cookie}` } });
    expect(first.says).toBe("alice");
    expect(first.line?.toLowerCase()).toMatch(
      /^__host-http-id=(?=.*; secure)(?=.*; httponly)(?=.*; path=\/)(?=.*; samesite=lax)/,
    );
    expect((await visit("/guarded")).says).toBe("alice");
    expect(earlier.rows.size).toBe(0);
  });

  test("an action that another site sends changes nothing", async () => {
    const { store, act } = await aSite();
    const forged = await act("mallory", { "Sec-Fetch-Site": "cross-site" });
    expect([forged.response.status, forged.line, store.calls.insert]).toEqual([500, undefined, 0]);
  });

  test("two different cookies are refused in pages as well", async () => {
    const { visit, act } = await aSite();
    await act("alice");
    expect((await visit("/pages/acting", { headers: { Cookie: "__Host-Http-id=a; __Host-Http-id=b" } })).says).toBe(
      "nobody",
    );
  });
});

isABuiltExample({
  name: "next",
  folder: fileURLToPath(new URL("..", import.meta.url)),
  program: "next",
  out: ".next",
  sources: ["app", "proxy.ts", "sessions.ts"],
  start: ["node_modules/next/dist/bin/next", "start", "--hostname", "127.0.0.1"],
  says: "Ready",
});
