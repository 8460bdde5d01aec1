import { assertHolds, assertIs } from "./assert.ts";
import { type AdapterSentences, ownPage, type Scene, withCookie } from "./scene.ts";

const elsewhere = { Host: "shop.example" };
const forwarded = { "X-Forwarded-Proto": "https" };

/** Which connections a token may travel on. */
export const connections: AdapterSentences = {
  "a token that came over plain HTTP is refused, and its cookie left alone": {
    async holds({ browser, client, events }) {
      const alice = browser();
      await alice.logIn("alice");
      const answer = await client.send("GET", "/me", { headers: { ...withCookie(alice.cookie), ...elsewhere } });
      assertHolds(answer.body.includes('"because":"insecure-transport"'), "a token over plain HTTP must be refused");
      assertIs(answer.cookies, [], "the cookies of a refusal");
      assertIs(events.at(-1)?.type, "session_refused", "the event");
    },
  },

  "no session is issued over plain HTTP": {
    holds: (scene) => refusesLogin(scene, elsewhere, "ERR_INSECURE_TRANSPORT"),
  },

  "a login from a page on plain HTTP is refused with its reason": {
    holds: (scene) => refusesLogin(scene, { Origin: "http://shop.example" }, "ERR_INSECURE_ORIGIN"),
  },

  "no forwarded header is believed where no proxy is named": {
    holds: (scene) =>
      refusesLogin(
        scene,
        { ...elsewhere, ...forwarded, Forwarded: "proto=https", "X-Forwarded-Ssl": "on" },
        "ERR_INSECURE_TRANSPORT",
      ),
  },

  "the proxy that the application named is believed": {
    options: { isBehindProxy: true },
    async holds({ client }) {
      const headers = { ...ownPage, ...elsewhere, ...forwarded };
      const answer = await client.send("POST", "/login", { headers, body: "alice" });
      assertIs([answer.status, answer.cookies.length], [204, 1], "status and number of cookies");
    },
  },

  "the named proxy is also believed when it says that the client used plain HTTP, or nothing": {
    options: { isBehindProxy: true },
    async holds(scene) {
      await refusesLogin(scene, { ...elsewhere, "X-Forwarded-Proto": "http" }, "ERR_INSECURE_TRANSPORT");
      await refusesLogin(scene, elsewhere, "ERR_INSECURE_TRANSPORT");
    },
  },
};

async function refusesLogin(
  { client, store }: Scene,
  headers: Readonly<Record<string, string>>,
  code: string,
): Promise<void> {
  const answer = await client.send("POST", "/login", { headers: { ...ownPage, ...headers }, body: "alice" });
  assertIs([answer.status, answer.body], [400, JSON.stringify({ error: code })], "the answer to the login");
  assertIs(answer.cookies, [], "the cookies of a refused login");
  assertIs(store.calls.insert, 0, "the rows that the store was given");
}
