import { assertHolds, assertIs } from "./assert.ts";
import { type AdapterSentences, withCookie } from "./scene.ts";

const options = { isBehindProxy: true, binding: "require" } as const;
const overTls = { "X-Forwarded-Proto": "https" };
const refresh = "/device-binding/refresh";

/** Requests of browsers that bind sessions to their devices: the adapter answers them, and the application sees none. */
export const binding: AdapterSentences = {
  "a login over TLS offers to bind the session to its device": {
    options,
    async holds({ browser }) {
      const alice = browser();
      const answer = await alice.send("POST", "/login", { body: "alice", headers: overTls });
      const offer = answer.header("secure-session-registration") ?? "nothing";
      assertHolds(offer.startsWith("(ES256 RS256);path="), `a login must offer to bind the session; it says ${offer}`);
    },
  },

  "a refresh is answered by the library, and not by the application": {
    options,
    async holds({ browser }) {
      const alice = browser();
      await alice.send("POST", "/login", { body: "alice", headers: overTls });
      const unnamed = await alice.send("POST", refresh, { headers: overTls });
      assertIs([unnamed.status, unnamed.body], [403, '{"error":"session"}'], "the answer without a session's id");
      const id = "A".repeat(22);
      const ended = await alice.send("POST", refresh, { headers: { ...overTls, "Sec-Secure-Session-Id": id } });
      const forget = `{"session_identifier":"${id}","continue":false}`;
      assertIs([ended.status, ended.body], [200, forget], "the answer about a session that is over");
      assertIs(ended.header("cache-control"), "no-store", "Cache-Control");
    },
  },

  "while the store is down a refresh is answered with 503, at which browsers keep their binding": {
    options,
    async holds({ browser, store }) {
      store.failNext("find");
      const headers = { ...overTls, "Sec-Secure-Session-Id": "A".repeat(22) };
      assertIs((await browser().send("POST", refresh, { headers })).status, 503, "the status");
    },
  },

  "somebody who follows a link from another site without the bound cookie gets a page that loads itself again": {
    options,
    async holds({ browser, client, advance }) {
      const alice = browser();
      await alice.send("POST", "/login", { body: "alice", headers: overTls });
      advance("2m");
      const arrival = { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" };
      const headers = { ...withCookie(alice.cookie), ...overTls, ...arrival };
      const page = await client.send("GET", "/me", { headers });
      assertHolds(page.body.includes('http-equiv="refresh"'), "the page must load itself again");
      assertHolds(page.header("content-type")?.startsWith("text/html") ?? false, "the page must be HTML");
      assertIs(page.cookies, [], "the cookies of that page");
      const again = await alice.send("GET", "/me", { headers: overTls });
      assertIs(JSON.parse(again.body).because, "unbound", "why Alice is not logged in when it has");
    },
  },
};
