import { createSessionManager, type SessionEvent } from "../../../src/index.ts";
import type { SessionManagerOptions } from "../../../src/options.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import { faultyStore, testClock } from "../../../src/testing/index.ts";
import { anonymous, said } from "../../support/kinds.ts";
import { Visitor } from "../../support/visitor.ts";
import { codeOf, is } from "./assert.ts";
import type { Suite } from "./host.ts";

/** An application over a store in memory, with a clock that is set, through what the package exports. */
export function application(options: Partial<Omit<SessionManagerOptions, "schema">> = {}) {
  const clock = testClock();
  const rows = memoryStore();
  const store = faultyStore(rows);
  const events: SessionEvent[] = [];
  const onEvent = (event: SessionEvent) => events.push(event);
  const manager = createSessionManager({ store, clock, onEvent, origins: ["https://shop.example"], ...options });
  const newcomer = () => new Visitor(manager);
  return { clock, rows, store, events, manager, newcomer };
}

type Draft = Record<string, unknown>;
const addOne = (draft: Draft): undefined => {
  draft.count = Number(draft.count ?? 0) + 1;
};

/** The promises of the engine that depend on what a runtime has: digests, random numbers, promises, timers. */
export const core: Suite = {
  name: "core",
  offered: () => true,
  stories: {
    async "a visitor without a cookie costs no store call"() {
      const { newcomer, store } = application();
      is(said(await newcomer().open()), "anonymous, none", "the session");
      is(Object.values(store.calls), [0, 0, 0, 0, 0, 0], "the calls of the store");
    },

    async "a login makes a new session, and only named data travels"() {
      const { newcomer, rows } = application();
      const alice = newcomer();
      await anonymous(await alice.open()).update(
        (draft) => void Object.assign(draft, { cart: ["tea"], planted: true }),
      );
      const planted = alice.copy();
      const session = await alice.logIn("alice", { keep: ["cart"] });
      is(session.data, { cart: ["tea"] }, "the data");
      is(said(await planted.open()), "anonymous, unknown", "the session from before");
      is((await rows.scan(null, 10)).length, 1, "the number of rows");
    },

    async "a session that was logged out stays ended, whatever slower requests write"() {
      const { newcomer, rows } = application();
      const alice = newcomer();
      await alice.logIn("alice");
      const slow = await alice.signedIn();
      const copy = alice.copy();
      await (await alice.open()).end();
      is(await codeOf(slow.update(addOne)), "ERR_SESSION_ENDED", "the slower write");
      is(said(await copy.open()), "anonymous, unknown", "the session of a copied cookie");
      is((await rows.scan(null, 10)).length, 0, "the number of rows");
    },

    async "twenty changes at once are all applied, each once"() {
      const { newcomer, clock } = application();
      const alice = newcomer();
      await alice.logIn("alice");
      const sessions = await Promise.all(Array.from({ length: 20 }, () => alice.signedIn()));
      const all = Promise.all(sessions.map((session) => session.update(addOne)));
      let isDone = false;
      const done = () => {
        isDone = true;
      };
      all.then(done, done);
      for (let turn = 0; turn < 1_000 && !isDone; turn++) {
        await new Promise((resolve) => setTimeout(resolve));
        clock.advance(100);
      }
      await all;
      is((await alice.signedIn()).data, { count: 20 }, "the data");
    },

    async "a value is taken at most once"() {
      const { newcomer } = application();
      const alice = newcomer();
      const session = await alice.logIn("alice");
      await session.update((draft) => void Object.assign(draft, { coupon: "ten off" }));
      const [one, two] = [await alice.signedIn(), await alice.signedIn()];
      is([await one.take("coupon"), await two.take("coupon")], ["ten off", undefined], "what both got");
    },

    async "the inactivity timeout and the absolute one end a session, and activity stretches only the first"() {
      const { newcomer, clock } = application({ policy: { renew: false } });
      const [idle, busy] = [newcomer(), newcomer()];
      await idle.logIn("alice");
      await busy.logIn("bob");
      for (let quarter = 0; quarter < 31; quarter++) {
        clock.advance("15m");
        is(said(await busy.open()), "authenticated, bob", "the session in use");
      }
      clock.advance("15m");
      is([said(await idle.open()), said(await busy.open())], ["anonymous, absolute", "anonymous, absolute"], "both");
      await idle.logIn("alice");
      clock.advance("30m");
      is(said(await idle.open()), "anonymous, idle", "the one that was left alone");
    },

    async "of twenty requests at renewal one new secret results, and none is refused"() {
      const { newcomer, clock } = application();
      const alice = newcomer();
      await alice.logIn("alice");
      clock.advance("15m");
      const exchanges = await Promise.all(Array.from({ length: 20 }, () => alice.request()));
      is(new Set(exchanges.map(({ session }) => said(session))).size, 1, "the kinds of answers");
      const handedOut = exchanges.flatMap(({ response }) => [...response.cookies.values()]);
      is(new Set(handedOut).size, 1, "the number of different cookies");
      exchanges[0]?.deliver();
      is(said(await alice.open()), "authenticated, alice", "the session with the new secret");
    },

    async "a replaced secret that comes after its time ends the session; a guess ends nothing"() {
      const { newcomer, clock, events } = application();
      const alice = newcomer();
      await alice.logIn("alice");
      const thief = alice.copy();
      const guess = alice.copy();
      guess.token = `${alice.token.slice(0, 23)}${"A".repeat(44)}`;
      is(said(await guess.open()), "anonymous, mismatch", "the guess");
      clock.advance("15m");
      await alice.open();
      await alice.open();
      clock.advance("5m");
      is(said(await thief.open()), "anonymous, replay", "the copy");
      is(events.at(-1)?.type, "session_replayed", "the event");
      is(said(await alice.open()), "anonymous, unknown", "the session");
    },

    async "a copy of the cookie dies when rights change, and everywhere means everywhere"() {
      const { newcomer, manager } = application();
      const [alice, phone] = [newcomer(), newcomer()];
      await alice.logIn("alice");
      await phone.logIn("alice");
      const copy = alice.copy();
      await (await alice.signedIn()).elevate("aal2");
      is(said(await copy.open()), "anonymous, superseded", "the copy");
      is(await manager.revokeAll("alice"), 2, "the number of sessions ended");
      is([said(await alice.open()), said(await phone.open())], Array(2).fill("anonymous, unknown"), "both sessions");
    },

    async "a store that does not answer is an error, and nobody is signed out"() {
      const { newcomer, store, clock } = application();
      const alice = newcomer();
      await alice.logIn("alice");
      store.loseRequest("find");
      const waiting = codeOf(alice.open());
      for (let turn = 0; turn < 30; turn++) {
        await Promise.resolve();
        clock.advance(100);
      }
      is(await waiting, "ERR_STORE_UNAVAILABLE", "the error");
      is(said(await alice.open()), "authenticated, alice", "the session");
    },

    async "two different cookies are refused, and CSRF tokens are the session's own"() {
      const { newcomer, manager } = application({ csrf: "token" });
      const [alice, mallory] = [newcomer(), newcomer()];
      const session = await alice.logIn("alice");
      await mallory.logIn("mallory");
      const cookie = `__Host-Http-id=${alice.token}; __Host-Http-id=${mallory.token}`;
      is(said(await newcomer().open({ headers: { cookie } })), "anonymous, ambiguous", "the session");
      const token = await session.csrfToken();
      const post = { method: "POST", url: "https://shop.example/", secure: true };
      const from = (site: string) => ({ ...post, header: (name: string) => (name === "sec-fetch-site" ? site : null) });
      const verdicts = [
        manager.checkCsrf(from("same-origin"), session, { token }),
        manager.checkCsrf(from("same-origin"), await mallory.open(), { token }),
        manager.checkCsrf(from("cross-site"), session, { token }),
      ];
      const saidOf = verdicts.map((verdict) => (verdict.allowed ? "allowed" : verdict.because));
      is(saidOf, ["allowed", "token-wrong", "cross-site"], "the verdicts");
    },
  },
};
