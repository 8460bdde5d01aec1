import { assertHolds, assertIs } from "./assert.ts";
import { type AdapterSentences, sessionCookieIn, withCookie } from "./scene.ts";

/** What breaks elsewhere. */
export const failures: AdapterSentences = {
  "a store that is away is 503 and not a sign-out: the cookie is left alone": {
    async holds({ browser, store }) {
      const alice = browser();
      await alice.logIn("alice");
      store.failNext("find", new Error("connection refused"));
      const answer = await alice.send("GET", "/me");
      assertIs([answer.status, answer.body], [503, '{"error":"ERR_STORE_UNAVAILABLE"}'], "the answer");
      assertIs(answer.cookies, [], "the cookies");
      assertIs((await alice.me()).userId, "alice", "the user once the store is back");
    },
  },

  "a logout that the store does not confirm is 503, and the user can try again": {
    async holds({ browser, store }) {
      const alice = browser();
      await alice.logIn("alice");
      // A removal is asked for up to three times.
      for (let failures = 0; failures < 3; failures++) store.failNext("remove");
      const answer = await alice.send("POST", "/logout");
      assertIs([answer.status, answer.cookies.length], [503, 0], "status and number of cookies");
      assertIs((await alice.send("POST", "/logout")).status, 204, "the status of the second try");
    },
  },

  "an error of a handler is 500, and signs nobody out": {
    async holds({ browser }) {
      const alice = browser();
      await alice.logIn("alice");
      const answer = await alice.send("GET", "/failing");
      assertIs([answer.status, answer.cookies], [500, []], "status and cookies");
      assertIs((await alice.me()).userId, "alice", "the user of the next request");
    },
  },

  "a change that the store does not take is 503, and is not made": {
    async holds({ browser, store }) {
      const alice = browser();
      await alice.logIn("alice");
      // A write is tried again, and what became of it is read.
      for (let failures = 0; failures < 20; failures++) store.failNext("update");
      const answer = await alice.send("POST", "/count");
      assertIs([answer.status, answer.cookies], [503, []], "status and cookies");
      assertIs((await alice.me()).count, null, "the count once the store is back");
    },
  },

  "a login that the store does not take is 503, and sets no cookie": {
    async holds({ browser, store }) {
      const visitor = browser();
      for (let failures = 0; failures < 20; failures++) store.failNext("insert");
      const answer = await visitor.send("POST", "/login", { body: "alice" });
      assertIs([answer.status, answer.cookies], [503, []], "status and cookies");
      assertIs((await visitor.me()).kind, "anonymous", "who the visitor is");
    },
  },

  "a handler that throws after a login has still logged in: its answer brings the cookie": {
    async holds({ browser, client }) {
      const alice = browser();
      await alice.logIn("alice");
      const { cookie } = alice;
      const answer = await alice.send("POST", "/login/failing", { body: "alice" });
      assertIs(answer.status, 500, "the status");
      assertHolds(sessionCookieIn(answer) !== null, "the cookie that was set before the failure must be sent");
      assertIs(answer.header("cache-control"), "no-store", "Cache-Control");
      const old = await client.send("GET", "/me", { headers: withCookie(cookie) });
      assertHolds(old.body.includes('"kind":"anonymous"'), "the session from before the login must be over");
      assertIs((await alice.me()).userId, "alice", "the user of the next request");
    },
  },
};
