import { assertHolds, assertIs } from "./assert.ts";
import { type AdapterSentences, cookieName, sessionCookieIn, withCookie } from "./scene.ts";

/** Login, what the user then does, and logout. */
export const lifecycle: AdapterSentences = {
  "a visitor without a cookie is anonymous, and gets none for looking": {
    async holds({ browser, store }) {
      const visitor = browser();
      const answer = await visitor.send("GET", "/me");
      assertIs(JSON.parse(answer.body), { kind: "anonymous", userId: null, because: "none", count: null }, "/me");
      assertIs(answer.cookies, [], "the cookies of a visit");
      assertIs(store.calls.find, 0, "the store's reads for a visit without a cookie");
    },
  },

  "a login sets the cookie, and the next request is signed in": {
    async holds({ browser }) {
      const alice = browser();
      const answer = await alice.logIn("alice");
      assertHolds(
        /^__Host-Http-id=[\w-]{22}\.[\w-]{44}; Path=\/; HttpOnly; Secure; SameSite=Lax$/.test(answer.cookies.join()),
        "the session cookie must be exactly what the engine wrote",
      );
      const { kind, userId } = await alice.me();
      assertIs({ kind, userId }, { kind: "authenticated", userId: "alice" }, "/me after a login");
    },
  },

  "the handler that logs in, and every one after it, sees the new session": {
    async holds({ browser }) {
      const alice = browser();
      await alice.logIn("alice");
      await alice.send("POST", "/count");
      await alice.logIn("bob");
      const { userId, count } = await alice.me();
      assertIs({ userId, count }, { userId: "bob", count: null }, "/me after a login of another user");
    },
  },

  "a redirect after login keeps the cookie": {
    async holds({ browser }) {
      const alice = browser();
      const answer = await alice.send("POST", "/login/redirect", { body: "alice" });
      const location = new URL(answer.header("location") ?? "", "http://127.0.0.1").pathname;
      assertIs([answer.status, location], [303, "/me"], "status and path of the redirect");
      assertIs(answer.header("cache-control"), "no-store", "Cache-Control of the redirect");
      assertIs((await alice.me()).userId, "alice", "the user after the redirect");
    },
  },

  "twenty writes at once are all counted": {
    async holds({ browser }) {
      const alice = browser();
      await alice.logIn("alice");
      const answers = await Promise.all(Array.from({ length: 20 }, () => alice.send("POST", "/count")));
      assertHolds(
        answers.every(({ status }) => status === 204),
        "each of twenty concurrent writes must be answered with 204",
      );
      assertIs((await alice.me()).count, 20, "the count after twenty concurrent writes");
    },
  },

  "logout ends the session and deletes the cookie with exactly the attributes it was set with": {
    async holds({ browser, client }) {
      const alice = browser();
      const set = await alice.logIn("alice");
      const { cookie } = alice;
      const answer = await alice.send("POST", "/logout");
      assertIs(answer.status, 204, "the status of a logout");
      assertIs(attributesOf(sessionCookieIn(answer)), attributesOf(sessionCookieIn(set)), "the deletion's attributes");
      assertIs(alice.cookie, null, "the browser's cookie after logout");
      const again = await client.send("GET", "/me", { headers: withCookie(cookie) });
      assertHolds(again.body.includes('"because":"unknown"'), "a kept copy of the cookie must lead nowhere");
    },
  },

  "tossed cookies are refused, and not cleared": {
    async holds({ browser, client, events }) {
      const alice = browser();
      await alice.logIn("alice");
      const headers = withCookie(`${alice.cookie}; ${cookieName}=tossed`);
      const answer = await client.send("GET", "/me", { headers });
      assertHolds(answer.body.includes('"because":"ambiguous"'), "two different cookies must be refused as ambiguous");
      assertIs(answer.cookies, [], "the cookies of a refusal");
      assertIs(events.at(-1)?.type, "session_refused", "the event of a refusal");
      assertIs((await alice.me()).userId, "alice", "the user once the tossed cookie is gone");
    },
  },

  "polling does not keep the session awake, using it does": {
    async holds({ browser, advance }) {
      const [poller, user] = [browser(), browser()];
      await poller.logIn("alice");
      await user.logIn("bob");
      advance("20m");
      const polled = await poller.send("GET", "/poll");
      assertHolds(polled.body.includes('"userId":"alice"'), "polling must be served as any other request");
      await user.me();
      advance("20m");
      assertIs((await poller.me()).because, "idle", "why the poller is signed out");
      assertIs((await user.me()).userId, "bob", "the user who was active");
    },
  },

  "twenty requests at renewal bring one new cookie, and none is refused": {
    async holds({ browser, client, advance }) {
      const alice = browser();
      await alice.logIn("alice");
      advance("16m");
      const headers = withCookie(alice.cookie);
      const answers = await Promise.all(Array.from({ length: 20 }, () => client.send("GET", "/me", { headers })));
      assertHolds(
        answers.every(({ body }) => body.includes('"userId":"alice"')),
        "no request at renewal may be refused",
      );
      const cookies = new Set(answers.flatMap((answer) => sessionCookieIn(answer) ?? []));
      assertIs(cookies.size, 1, "the number of different new cookies");
      assertHolds(
        answers.every((answer) => answer.cookies.length === 0 || answer.header("cache-control") === "no-store"),
        "a response with a new cookie must be no-store",
      );
    },
  },
};

function attributesOf(line: string | null): readonly string[] {
  const [, ...attributes] = (line ?? "").split(/;\s*/);
  return attributes.filter((attribute) => !/^(?:Max-Age|Expires)=/i.test(attribute));
}
