import { assertHolds, assertIs } from "./assert.ts";
import { type AdapterSentences, withCookie } from "./scene.ts";

/** Requests and responses that take their time. */
export const streaming: AdapterSentences = {
  "a response streams: each piece arrives before the request is over": {
    async holds({ browser, client }) {
      const alice = browser();
      await alice.logIn("alice");
      const request = client.open("POST", "/echo", withCookie(alice.cookie));
      request.write("one");
      const response = await request.started;
      assertIs(await response.nextPiece(), "one", "the first piece, while the request is still open");
      request.end("two");
      const answer = await request.answer;
      assertHolds(answer.body.endsWith("two"), "the last piece must arrive too");
      assertIs(answer.header("cache-control"), "private, no-cache", "Cache-Control of a streamed response");
    },
  },

  "a request held open by its last byte while the user logs out: the session stays ended": {
    async holds({ browser, client, store }) {
      const alice = browser();
      await alice.logIn("alice");
      const { cookie } = alice;
      const reading = store.hold("find", { on: "answer" });
      const slow = client.open("POST", "/slow", { ...withCookie(cookie), "Content-Length": "5" });
      slow.write("1234");
      await reading.reached;
      reading.release();

      assertIs((await alice.send("POST", "/logout")).status, 204, "the status of the logout");
      slow.end("5");
      const answer = await slow.answer;
      assertIs([answer.status, answer.body], [401, '{"error":"ERR_SESSION_ENDED"}'], "the answer to the slow request");
      assertIs(answer.cookies, [], "the cookies of the slow request");
      const again = await client.send("GET", "/me", { headers: withCookie(cookie) });
      assertHolds(again.body.includes('"because":"unknown"'), "the session must stay ended");
      assertIs(await store.idsOf({ userId: "alice" }), [], "the user's sessions in the store");
    },
  },

  "a login after the headers were sent is a clear error, and nothing is written": {
    async holds({ browser, store }) {
      const alice = browser();
      const answer = await alice.send("POST", "/login/late", { body: "alice" });
      assertIs([answer.status, answer.body], [200, "ERR_RESPONSE_SENT"], "the error that the handler met");
      assertIs(answer.cookies, [], "the cookies of a response already sent");
      assertIs(store.calls.insert, 0, "the rows that the store was given");
    },
  },

  "a HEAD request that is turned away is redirected as GET is": {
    async holds({ browser }) {
      const headers = { Accept: "text/html" };
      const answer = await browser().send("HEAD", "/sensitive", { headers });
      assertIs([answer.status, answer.body], [303, ""], "status and body");
      assertIs(answer.header("location"), "/confirm?return_to=%2Fsensitive", "the redirect");
    },
  },

  "a HEAD request gets the headers and no body": {
    async holds({ browser }) {
      const alice = browser();
      await alice.logIn("alice");
      const answer = await alice.send("HEAD", "/me");
      assertIs([answer.status, answer.body], [200, ""], "status and body");
      assertIs(answer.header("cache-control"), "private, no-cache", "Cache-Control");
      assertHolds(/\bcookie\b/i.test(answer.header("vary") ?? ""), "Vary must name Cookie");
    },
  },
};
