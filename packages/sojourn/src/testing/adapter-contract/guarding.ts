import { assertHolds, assertIs } from "./assert.ts";
import { type AdapterSentences, type Browser, withCookie } from "./scene.ts";

const forPeople = { Accept: "text/html,application/xhtml+xml;q=0.9" };
const here = "http://127.0.0.1";
const forPrograms = { Accept: "application/json" };

/** Cross-site requests, and sensitive ones. */
export const guarding: AdapterSentences = {
  "a cross-site request that would change something is refused, and changes nothing": {
    async holds({ browser, events }) {
      const alice = browser();
      await alice.logIn("alice");
      const answer = await alice.send("POST", "/count", { headers: { "Sec-Fetch-Site": "cross-site" } });
      assertIs([answer.status, answer.body], [403, '{"error":"ERR_CSRF_REFUSED"}'], "the answer");
      assertIs(events.at(-1)?.type, "csrf_refused", "the event");
      const { userId, count } = await alice.me();
      assertIs({ userId, count }, { userId: "alice", count: null }, "/me afterwards");
    },
  },

  "a cross-site request that is refused does not keep the session awake": {
    async holds({ browser, advance }) {
      const alice = browser();
      await alice.logIn("alice");
      advance("20m");
      const forged = await alice.send("POST", "/count", { headers: { "Sec-Fetch-Site": "cross-site" } });
      assertIs(forged.status, 403, "the status of the forged request");
      advance("11m");
      assertIs((await alice.me()).because, "idle", "why Alice is logged out, 31 minutes after she last did something");
    },
  },

  "a foreign Origin is refused, whatever Host and X-Forwarded-Host say": {
    async holds({ browser, client }) {
      const alice = browser();
      await alice.logIn("alice");
      const evil = { Origin: "https://evil.example", "X-Forwarded-Host": "evil.example" };
      const answer = await client.send("POST", "/count", { headers: { Cookie: alice.cookie ?? "", ...evil } });
      assertIs(answer.status, 403, "the status");
      assertIs((await alice.me()).count, null, "the count afterwards");
    },
  },

  "a cross-site login is refused": {
    async holds({ browser, store }) {
      const visitor = browser();
      const headers = { "Sec-Fetch-Site": "cross-site" };
      assertIs((await visitor.send("POST", "/login", { headers, body: "mallory" })).status, 403, "the status");
      assertIs(visitor.cookie, null, "the visitor's cookie");
      assertIs(store.calls.insert, 0, "the rows that the store was given");
    },
  },

  "where the policy asks for a CSRF token, it is read from the header": {
    options: { csrf: "token" },
    async holds({ browser }) {
      const alice = browser();
      const before = (await alice.send("GET", "/csrf-token")).body;
      assertIs((await alice.send("POST", "/count")).status, 403, "the status without a token");
      const counted = await alice.send("POST", "/count", { headers: { "X-CSRF-Token": before } });
      assertIs(counted.status, 204, "the status with the token");
      await alice.send("POST", "/login", { headers: { "X-CSRF-Token": before }, body: "alice" });
      const again = await alice.send("POST", "/count", { headers: { "X-CSRF-Token": before } });
      assertIs(again.status, 403, "the status with the token from before the login");
    },
  },

  "a person whose proof is too old is sent to the page that asks again, and back to where they were": {
    async holds({ browser, advance }) {
      const alice = browser();
      await alice.logIn("alice");
      assertIs((await alice.send("GET", "/sensitive", { headers: forPeople })).body, "done", "the answer when fresh");
      advance("6m");
      const page = await alice.send("GET", "/sensitive?to=bob", { headers: forPeople });
      assertIs(
        [page.status, page.header("location")],
        [303, "/confirm?because=stale&return_to=%2Fsensitive%3Fto%3Dbob"],
        "the redirect",
      );
      const form = await alice.send("POST", "/sensitive", { headers: forPeople });
      assertIs(
        [form.status, form.header("location")],
        [303, "/confirm?because=stale"],
        "the redirect of a form, which is not repeated",
      );
      assertIs((await alice.me()).userId, "alice", "the user, who is still signed in");
    },
  },

  "who proves who they are again goes on where they were, with a new cookie; a copy of the old one is worth nothing": {
    async holds({ browser, client, advance }) {
      const alice = browser();
      await alice.logIn("alice");
      advance("6m");
      const { cookie } = alice;
      const stepUp = await alice.send("POST", "/confirm");
      assertIs([stepUp.status, stepUp.header("cache-control")], [204, "no-store"], "status and Cache-Control");
      assertHolds(alice.cookie !== cookie && alice.cookie !== null, "a step-up must replace the cookie at once");
      assertIs((await alice.send("GET", "/sensitive", { headers: forPeople })).body, "done", "the answer afterwards");
      const copy = await client.send("GET", "/me", { headers: withCookie(cookie) });
      assertHolds(copy.body.includes('"kind":"anonymous"'), "a copy of the cookie from before must be refused");
      assertIs((await alice.me()).userId, "alice", "the user, whom the copy did not sign out");
    },
  },

  "a person who was logged out is told why by the page they are sent to, a visitor is told nothing": {
    async holds({ browser, advance }) {
      const [alice, visitor] = [browser(), browser()];
      await alice.logIn("alice");
      await visitor.send("GET", "/csrf-token");
      advance("31m");
      const locationFor = async (person: Browser) =>
        (await person.send("GET", "/sensitive", { headers: forPeople })).header("location");
      assertIs(await locationFor(alice), "/confirm?because=idle&return_to=%2Fsensitive", "where Alice is sent");
      assertIs(await locationFor(visitor), "/confirm?return_to=%2Fsensitive", "where a forgotten visitor is sent");
      assertIs(await locationFor(browser()), "/confirm?return_to=%2Fsensitive", "where a newcomer is sent");
    },
  },

  "nobody is sent back to another site": {
    async holds({ browser, client, advance }) {
      const alice = browser();
      await alice.logIn("alice");
      advance("6m");
      for (const path of ["//evil.example/sensitive", "/\\evil.example/sensitive"]) {
        const headers = { ...withCookie(alice.cookie), ...forPeople };
        const answer = await client.send("GET", path, { headers });
        const location = new URL(answer.header("location") ?? "/", here);
        const returnTo = new URL(location.searchParams.get("return_to") ?? "/", here);
        const hosts = [location.hostname, returnTo.hostname];
        assertIs(hosts, ["127.0.0.1", "127.0.0.1"], `${path}: the hosts of the redirect, and of the way back`);
      }
    },
  },

  "a program whose user's proof is too old gets the challenge of RFC 9470": {
    async holds({ browser, advance }) {
      const alice = browser();
      await alice.logIn("alice");
      advance("6m");
      const answer = await alice.send("POST", "/sensitive", { headers: forPrograms });
      assertIs([answer.status, answer.body], [401, '{"error":"stale"}'], "status and body");
      const challenge = answer.header("www-authenticate") ?? "";
      assertHolds(
        challenge.startsWith('Bearer error="insufficient_user_authentication"') && challenge.includes("max_age=300"),
        "WWW-Authenticate must ask for a recent authentication",
      );
    },
  },

  "who is not logged in at all is turned away as signed out": {
    async holds({ browser }) {
      const answer = await browser().send("POST", "/sensitive", { headers: forPrograms });
      assertIs([answer.status, answer.body], [401, '{"error":"signed-out"}'], "status and body");
      assertIs(answer.header("www-authenticate"), 'Bearer realm="session"', "WWW-Authenticate");
    },
  },
};
