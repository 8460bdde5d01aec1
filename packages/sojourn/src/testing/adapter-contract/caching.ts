import { assertHolds, assertIs } from "./assert.ts";
import type { Answer } from "./client.ts";
import { type AdapterSentences, sessionCookieIn } from "./scene.ts";

/** What the engine and the handler say about one response. */
export const caching: AdapterSentences = {
  "a response that sets the cookie is no-store, whatever the handler said": {
    async holds({ browser }) {
      const answer = await browser().send("POST", "/login/dressed", { body: "alice" });
      assertIs(answer.header("cache-control"), "no-store", "Cache-Control");
    },
  },

  "the handler's own cookie is kept beside the session's": {
    async holds({ browser }) {
      const answer = await browser().send("POST", "/login/dressed", { body: "alice" });
      const own = answer.cookies.filter((line) => line.startsWith("theme=dark"));
      assertIs([own.length, sessionCookieIn(answer) !== null, answer.cookies.length], [1, true, 2], "the two cookies");
    },
  },

  "Vary keeps what the handler said, and names the cookie": {
    async holds({ browser }) {
      const answer = await browser().send("POST", "/login/dressed", { body: "alice" });
      assertVaries(answer, ["accept-encoding", "cookie"]);
    },
  },

  "what a signed-in user sees is private, unless the handler says something else": {
    async holds({ browser }) {
      const alice = browser();
      await alice.logIn("alice");
      const silent = await alice.send("GET", "/me");
      assertIs(silent.header("cache-control"), "private, no-cache", "Cache-Control where the handler is silent");
      assertIs(varyOf(silent).includes("cookie"), true, "whether Vary names the cookie");
      const outspoken = await alice.send("GET", "/public");
      assertIs(outspoken.header("cache-control"), "public, max-age=60", "Cache-Control where the handler speaks");
      assertVaries(outspoken, ["accept-encoding", "cookie"]);
    },
  },

  "a page for everybody is left as the handler wrote it": {
    async holds({ browser }) {
      const answer = await browser().send("GET", "/public");
      assertIs([answer.status, answer.body], [200, "hello"], "status and body");
      assertIs(answer.header("cache-control"), "public, max-age=60", "Cache-Control");
      assertHolds(!varyOf(answer).includes("cookie"), "Vary must not name the cookie");
    },
  },
};

/** Frameworks may add names of their own. */
function assertVaries(answer: Answer, names: readonly string[]): void {
  const said = varyOf(answer);
  for (const name of names) assertIs(said.filter((each) => each === name).length, 1, `how often Vary names ${name}`);
}

function varyOf(answer: Answer): readonly string[] {
  const names = (answer.header("vary") ?? "").split(",").map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== "").sort();
}
