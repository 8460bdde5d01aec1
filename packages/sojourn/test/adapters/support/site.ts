import { afterEach } from "vitest";
import { createSessionManager } from "../../../src/index.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import {
  type AdapterApplicationData as Data,
  faultyStore,
  type StartAdapterApplication,
} from "../../../src/testing/index.ts";

/** Sites for what only one framework has: each is closed after its test. `start` is asked when a test wants one. */
export function sitesOn(start: () => StartAdapterApplication) {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  /** A site, and a browser that asks for pages. */
  return async function aSite({ isBehindProxy = false } = {}) {
    const store = faultyStore(memoryStore());
    const manager = createSessionManager<Data>({ store });
    const { origin, close } = await start()({ manager, isBehindProxy });
    closing.push(close);
    let cookie = "";
    async function visit(path: string, init: RequestInit = {}) {
      // For robots some frameworks wait with a page until all of it is there.
      const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";
      const own = { Accept: "text/html", "User-Agent": agent, "Sec-Fetch-Site": "same-origin" };
      const headers = { ...own, Cookie: cookie, ...init.headers };
      const response = await fetch(origin + path, { redirect: "manual", ...init, headers });
      const line = response.headers.getSetCookie().find((each) => each.startsWith("__Host-Http-id="));
      if (line) cookie = /Max-Age=0/i.test(line) ? "" : (line.split(";")[0] ?? "");
      const text = await response.text();
      const says = /<pre[^>]*>([^<]*)<\/pre>/.exec(text)?.[1]?.trim();
      return { status: response.status, location: response.headers.get("location"), response, line, says, text };
    }
    /** Sends a form, as a browser without JavaScript does. */
    const send = (path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
      visit(path, { method: "POST", body: new URLSearchParams(fields), headers: { Origin: origin, ...headers } });
    return { store, origin, visit, send };
  };
}
