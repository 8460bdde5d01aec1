import { createHmac } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { requireFresh } from "../../src/index.ts";
import type { FaultyStore } from "../../src/testing/index.ts";
import { cookieSession, expressSession, liveUpgrade } from "../../src/upgrade/index.ts";
import { secret, signed, successor } from "../support/earlier-app.ts";
import { said } from "../support/kinds.ts";
import { Visitor } from "../support/visitor.ts";

const minute = 60_000;
const hour = 60 * minute;

test("an earlier session becomes a new one at the next request: same user, same data, another secret, and the earlier one is gone", async () => {
  const { earlier, returning, events, rowsNow } = successor();
  const cookie = earlier.logIn("alice", { cart: ["book"] });
  const alice = returning(cookie);
  const session = await alice.signedIn();

  expect(session).toMatchObject({ userId: "alice", data: { cart: ["book"] }, level: "aal1" });
  expect(earlier.rows.size).toBe(0);
  expect([...alice.jar.keys()]).toEqual(["__Host-Http-id"]);
  expect(alice.response.cookies.get("connect.sid")).toBe(
    "connect.sid=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly",
  );
  expect(cookie).not.toContain(alice.token.slice(23));
  expect(JSON.stringify(await rowsNow())).not.toContain("earlier-session");
  expect(events.map(({ type }) => type)).toEqual(["session_created", "session_moved"]);
  expect(events[1]).toMatchObject({ source: "express-session", sessionId: session.id, userId: "alice" });
  expect(said(await alice.open())).toBe("authenticated, alice");
});

test("a moved session is no proof of identity: it is fresh for nothing, until its user steps up", async () => {
  const { earlier, returning } = successor();
  const session = await returning(earlier.logIn("alice")).signedIn();
  expect(requireFresh(session, { within: "24h" })).toMatchObject({ met: false });
  await session.elevate("aal1");
  expect(session.isFresh({ within: "5m" })).toBe(true);
});

test("nor is a device bound by it: whoever copied the earlier cookie binds none, until its user steps up", async () => {
  const { earlier, returning, record } = successor({ binding: { policy: "offer" } });
  const thief = returning(earlier.logIn("alice"));
  const session = await thief.signedIn();
  expect(thief.response.headers.get("Secure-Session-Registration")).toBeUndefined();
  expect(await record(session.id)).not.toHaveProperty("binding");
  await session.elevate("aal1");
  expect(thief.response.headers.get("Secure-Session-Registration")).toContain("challenge=");
});

test("the absolute timeout counts from the earlier login, where that is known", async () => {
  const { earlier, returning, clock, news } = successor({
    source: { carry: ({ userId, loggedInAt }) => ({ userId: String(userId), startedAt: Number(loggedInAt) }) },
  });
  const sevenHoursAgo = clock.now() - 7 * hour;
  const alice = returning(earlier.logIn("alice", { loggedInAt: sevenHoursAgo }));
  const session = await alice.signedIn();
  expect([session.authenticatedAt, session.endsAt.absolute]).toEqual([sevenHoursAgo, sevenHoursAgo + 8 * hour]);
  clock.advance(61 * minute);
  expect(said(await alice.open())).toBe("anonymous, absolute");

  news();
  const tooOld = earlier.logIn("bob", { loggedInAt: clock.now() - 9 * hour });
  expect(said(await returning(tooOld).open())).toBe("anonymous, none");
  expect(news()).toEqual(["session_move_refused"]);
});

test("twenty requests at once become one session, and each of them is signed in", async () => {
  const { earlier, returning, manager, news } = successor();
  const cookie = earlier.logIn("alice");
  const browser = returning(cookie);
  const exchanges = await Promise.all(Array.from({ length: 20 }, () => browser.request()));
  expect(new Set(exchanges.map(({ session }) => said(session)))).toEqual(new Set(["authenticated, alice"]));
  for (const { deliver } of exchanges) deliver();
  expect([...browser.jar.keys()]).toEqual(["__Host-Http-id"]);
  expect(said(await browser.open())).toBe("authenticated, alice");
  expect(await manager.list("alice")).toHaveLength(1);
  expect(news().filter((type) => type === "session_moved")).toHaveLength(1);
});

test("of two that make a session of it at the same moment one's stands, both are served with it, and the other's is removed", async () => {
  const { earlier, returning, store, manager } = successor();
  const cookie = earlier.logIn("alice");
  const held = [store.hold("insert"), store.hold("insert")];
  const both = Promise.all([returning(cookie).signedIn(), returning(cookie).signedIn()]);
  await Promise.all(held.map(({ reached }) => reached));
  for (const { release } of held) release();
  const [one, other] = await both;
  expect(other.id).toBe(one.id);
  expect((await manager.list("alice")).map(({ id }) => id)).toEqual([one.id]);
});

test("whose answer was lost gets the same session again, for a minute; after that a copy is worth nothing", async () => {
  const { earlier, returning, clock, manager, events } = successor();
  const cookie = earlier.logIn("alice");
  const lost = await returning(cookie).request();
  clock.advance(59_000);
  const again = returning(cookie);
  const session = await again.signedIn();
  expect(session.id).toBe(lost.session.id);
  expect(said(await again.open())).toBe("authenticated, alice");

  clock.advance(2_000);
  const thief = returning(cookie);
  expect(said(await thief.open())).toBe("anonymous, none");
  expect(events.at(-1)).toMatchObject({ type: "session_move_refused", because: "used", source: "express-session" });
  expect(thief.response.cookies.size).toBe(0);
  expect(await manager.list("alice")).toHaveLength(1);
});

test("nothing brings a session back whose user has logged out: not the earlier cookie, and not within the grace", async () => {
  const { earlier, returning, rowsNow } = successor();
  const cookie = earlier.logIn("alice");
  const alice = returning(cookie);
  const slow = await alice.request();
  slow.deliver();
  await (await alice.signedIn()).end();
  expect(said(await returning(cookie).open())).toBe("anonymous, none");
  expect((await rowsNow()).filter(({ userId }) => userId !== null)).toEqual([]);
});

test("what was logged out before is not moved, also when that happens between looking and taking", async () => {
  const { earlier, returning, manager } = successor();
  const before = earlier.logIn("alice");
  earlier.logOut(before);
  expect(said(await returning(before).open())).toBe("anonymous, none");

  const meanwhile = earlier.logIn("alice");
  earlier.before = (verb) => {
    if (verb === "take") earlier.logOut(meanwhile);
  };
  expect(said(await returning(meanwhile).open())).toBe("anonymous, none");
  expect(await manager.list("alice")).toEqual([]);
});

test("a process of the earlier application that saves once more after the move brings nothing back", async () => {
  const { earlier, returning, clock } = successor();
  const cookie = earlier.logIn("alice");
  const row = [...earlier.rows][0]!;
  await (await returning(cookie).signedIn()).end();
  earlier.rows.set(...row);
  expect(said(await returning(cookie).open())).toBe("anonymous, none");
  clock.advance(hour);
  expect(said(await returning(cookie).open())).toBe("anonymous, none");
});

test("a request in the grace does not overwrite the cookie of a session that has stepped up meanwhile", async () => {
  const { earlier, returning } = successor();
  const cookie = earlier.logIn("alice");
  const alice = returning(cookie);
  await (await alice.signedIn()).elevate("aal2");
  const late = returning(cookie);
  expect(said(await late.open())).toBe("anonymous, none");
  expect(late.response.cookies.size).toBe(0);
  expect(said(await alice.open())).toBe("authenticated, alice");
});

for (const verb of ["find", "take", "forget"] as const) {
  test(`an earlier store that fails at "${verb}" costs nobody the session`, async () => {
    const { earlier, returning, news } = successor();
    const alice = returning(earlier.logIn("alice"));
    earlier.before = (asked) => {
      if (asked === verb) throw new Error("The earlier store is down");
    };
    const first = alice.open();
    if (verb === "forget") {
      expect(said(await first)).toBe("authenticated, alice");
      expect(news()).toContain("store_failed");
    } else {
      await expect(first).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE", status: 503 });
      await expect(alice.open()).rejects.toThrow(`The earlier store (express-session) failed at "${verb}"`);
    }
    earlier.before = () => {};
    expect(said(await alice.open())).toBe("authenticated, alice");
  });
}

test("an earlier store that never answers is a 503 after two seconds", async () => {
  const { earlier, returning, whileTimePasses } = successor();
  earlier.before = () => new Promise(() => {});
  await expect(whileTimePasses(returning(earlier.logIn("alice")).open())).rejects.toThrow("within 2000 ms");
});

// Asked once: whether it was moved. Told twice: the session, and that it was moved.
const calls = [
  ["find", 1],
  ["insert", 1],
  ["insert", 2],
] as const;
for (const [verb, nth] of calls) {
  for (const fault of ["failNext", "loseRequest", "loseAnswer"] as const) {
    test(`the store: ${fault} at ${verb} number ${nth} costs nobody the session, and makes one of it`, async () => {
      const { earlier, returning, store, whileTimePasses } = successor();
      const alice = returning(earlier.logIn("alice"));
      if (nth === 2) store.hold(verb).release();
      store[fault](verb);
      await whileTimePasses(alice.open()).catch((error) =>
        expect(error).toMatchObject({ code: "ERR_STORE_UNAVAILABLE" }),
      );
      expect(said(await alice.open())).toBe("authenticated, alice");
      expect([...alice.jar.keys()]).toEqual(["__Host-Http-id"]);
    });
  }
}

test("a page of another site that embeds one of ours uses nothing up; a link to ours moves the session", async () => {
  const { earlier, returning } = successor();
  const cookie = earlier.logIn("alice");
  const embedded = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" };
  expect(said(await returning(cookie).open({ headers: { cookie: `connect.sid=${cookie}`, ...embedded } }))).toBe(
    "anonymous, none",
  );
  expect(earlier.rows.size).toBe(1);
  const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  expect(said(await returning(cookie).open({ headers: link }))).toBe("authenticated, alice");
});

test("where no cookie could be set any more, nothing is used up", async () => {
  const { earlier, returning, manager } = successor();
  const cookie = earlier.logIn("alice");
  const late = returning(cookie);
  late.response.sendHeaders();
  const facts = {
    method: "GET",
    url: "https://shop.example/",
    secure: true,
    header: (name: string) => (name === "cookie" ? `connect.sid=${cookie}` : null),
  };
  expect(said(await manager.open(facts, late.response))).toBe("anonymous, none");
  expect(said(await returning(cookie).open({ secure: false }))).toBe("anonymous, none");
  expect(earlier.rows.size).toBe(1);
});

test("a cookie that this application never signed is nobody's, and asks no store", async () => {
  const { earlier, returning, store } = successor();
  earlier.logIn("alice");
  const forged = [
    signed("earlier-session-1", "another secret"),
    "s%3Aearlier-session-1.",
    "s%3Aearlier-session-1",
    "earlier-session-1",
    "%",
    "s%3A.",
  ];
  for (const cookie of forged) expect(said(await returning(cookie).open())).toBe("anonymous, none");
  expect(store.calls.find).toBe(0);
  expect(earlier.rows.size).toBe(1);
});

test("a secret that was rotated away still counts while it is listed", async () => {
  const { earlier, returning } = successor({ source: { secret: ["the newest", secret] } });
  expect(said(await returning(earlier.logIn("alice")).open())).toBe("authenticated, alice");
});

test("of two cookies of one name the valid one counts, and of two valid ones none", async () => {
  const { earlier, returning, events } = successor();
  const [alice, mallory] = [earlier.logIn("alice"), earlier.logIn("mallory")];
  const two = (one: string, other: string) => ({ headers: { cookie: `connect.sid=${one}; connect.sid=${other}` } });
  expect(said(await returning("").open(two(mallory, alice)))).toBe("anonymous, none");
  expect(events.at(-1)).toMatchObject({ type: "session_move_refused", because: "ambiguous" });
  expect(said(await returning("").open(two(signed("x", "forged"), alice)))).toBe("authenticated, alice");
});

test("a forged cookie in front does not hide that there are two valid ones, nor does a heap of them", async () => {
  const { earlier, returning, events } = successor();
  const [alice, mallory] = [earlier.logIn("alice"), earlier.logIn("mallory")];
  const heap = Array.from({ length: 9 }, (_, at) => signed(`x${at}`, "forged"));
  for (const before of [[signed("x", "forged")], [""], heap]) {
    const cookie = [...before, mallory, alice].map((value) => `connect.sid=${value}`).join("; ");
    expect(said(await returning("").open({ headers: { cookie } }))).toBe("anonymous, none");
    expect(events.at(-1)).toMatchObject({ type: "session_move_refused", because: "ambiguous" });
  }
  expect(earlier.rows.size).toBe(2);
});

test("where one kind of cookies is ambiguous, no other kind is asked: whoever tossed the one may have tossed both", async () => {
  const { earlier, node } = successor();
  const [alice, mallory] = [earlier.logIn("alice"), earlier.logIn("mallory")];
  const carry = ({ userId }: { readonly [name: string]: unknown }) => ({ userId: String(userId) });
  const upgrade = liveUpgrade({
    sources: [
      expressSession({ secret, store: earlier.store, carry }),
      cookieSession({ keys: [secret], carry, as: "older" }),
    ],
    until: new Date("2100-01-01"),
  });
  const visitor = new Visitor(node({ liveUpgrade: upgrade }));
  const data = Buffer.from(JSON.stringify({ userId: "mallory" })).toString("base64");
  const signature = createHmac("sha1", secret).update(`session=${data}`).digest("base64url");
  const older = `session=${data}; session.sig=${signature}`;
  const both = { cookie: `connect.sid=${mallory}; connect.sid=${alice}; ${older}` };
  expect(said(await visitor.open({ headers: both }))).toBe("anonymous, none");
  const heap = Array.from({ length: 9 }, (_, at) => `session.sig=x${at}`).join("; ");
  expect(said(await visitor.open({ headers: { cookie: `${heap}; ${older}` } }))).toBe("anonymous, none");
  expect(said(await visitor.open({ headers: { cookie: `session.sig=x; ${older}` } }))).toBe("authenticated, mallory");
});

test("a form of another site, whose request the CSRF guard refuses, moves nothing: the answer may come without the cookie", async () => {
  const { earlier, returning } = successor();
  const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  const alice = returning(earlier.logIn("alice"));
  expect(said(await alice.open({ method: "POST", headers }))).toBe("anonymous, none");
  expect(earlier.rows.size).toBe(1);
  expect(said(await alice.open({ headers }))).toBe("authenticated, alice");
});

test("what the application does not carry over is left alone: a visitor's session, an expired cookie", async () => {
  const { earlier, returning, rowsNow, clock } = successor();
  const visitor = signed("visitor");
  earlier.rows.set("visitor", { data: { cookie: {}, cart: ["book"] } });
  const expires = new Date(clock.now() - 1).toISOString();
  const expired = earlier.logIn("alice", { cookie: { expires } });
  expect(said(await returning(visitor).open())).toBe("anonymous, none");
  expect(said(await returning(expired).open())).toBe("anonymous, none");
  expect(earlier.rows.size).toBe(2);
  expect(await rowsNow()).toEqual([]);
});

test("what cannot be a session is an error that says why, and the earlier one stays as it was", async () => {
  const wrong: readonly [object | undefined, RegExp][] = [
    [{ userId: "" }, /carry of express-session: userId: write a string that is not empty/],
    [{ id: "alice" }, /carry of express-session\({ id }\) does not exist/],
    [{ userId: "alice", data: { due: new Date(0) } }, /data\.due is a Date/],
    [{ userId: "alice", data: [] }, /carry of express-session\({ data }\): write an object/],
    [{ userId: "alice", level: "strong" }, /write "aal1", "aal2" or "aal3"/],
  ];
  for (const [carried, message] of wrong) {
    const { earlier, returning } = successor({ source: { carry: () => carried as never } });
    await expect(returning(earlier.logIn("alice")).open()).rejects.toThrow(message);
    expect(earlier.rows.size).toBe(1);
  }
});

test("who was to be remembered is, and the limits for sessions of one user hold", async () => {
  const { earlier, returning, manager, events } = successor({
    policy: { remembered: { idle: "14d", absolute: "30d" }, sessionsPerUser: 2 },
    source: { carry: ({ userId }) => ({ userId: String(userId), persistent: true, label: "Firefox" }) },
  });
  const devices = [];
  for (let device = 0; device < 3; device++) {
    const browser = returning(earlier.logIn("alice"));
    devices.push(await browser.signedIn());
    expect(browser.response.cookies.get("__Host-Http-id")).toContain("; Max-Age=2592000");
  }
  expect(devices.map(({ remembered }) => remembered)).toEqual([true, true, true]);
  expect((await manager.list("alice")).map(({ label }) => label)).toEqual(["Firefox", "Firefox"]);
  expect(events.map(({ type }) => type)).toContain("excess_sessions_exceeded");
});

test("sources and stores of one's own may be objects of a class", async () => {
  class Own {
    readonly name = "own";
    readonly row = { data: { userId: "alice" } };
    async find() {
      return this.row;
    }
    async take() {
      return this.row;
    }
    async forget() {
      expect(this.row.data.userId).toBe("alice");
    }
  }
  const { returning } = successor({ source: { store: new Own() } });
  expect(said(await returning(signed("any")).open())).toBe("authenticated, alice");
});

test("wrong options are all said at once, and no secret among them", () => {
  const wrong = { sources: [], until: "2027-06-30", grace: "11m", sorces: [] };
  expect(() => liveUpgrade(wrong as never)).toThrow(
    /options\.sorces does not exist: did you mean sources\?[\s\S]*write a list like[\s\S]*until is "2027-06-30": write the last day[\s\S]*grace is "11m"/,
  );
  const options = { secret: ["top secret", ""], store: {}, name: "a;b", cookie: { path: "/; HttpOnly" } };
  const said = (() => {
    try {
      return expressSession(options as never);
    } catch (error) {
      return (error as Error).message;
    }
  })();
  expect(said).toMatch(
    /secret must be[\s\S]*store must be[\s\S]*name is "a;b"[\s\S]*cookie\.path[\s\S]*carry is missing/,
  );
  expect(said).not.toContain("top secret");
  expect(() => successor({ transport: "bearer" })).toThrow("leave it out where the transport is bearer");
});

test("a credential that was changed since the earlier login lets nobody in with it", async () => {
  let version = "1";
  const { earlier, returning, events } = successor({
    credentialVersionOf: () => version,
    source: { carry: ({ userId }) => ({ userId: String(userId), credentialVersion: "1" }) },
  });
  expect(said(await returning(earlier.logIn("alice")).open())).toBe("authenticated, alice");
  version = "2";
  expect(said(await returning(earlier.logIn("alice")).open())).toBe("anonymous, none");
  expect(events.at(-1)).toMatchObject({ type: "session_move_refused", because: "credentials-changed" });
});

test("whoever has a session of this library is not looked for among the earlier ones", async () => {
  const { earlier, returning, manager } = successor();
  const alice = returning(earlier.logIn("alice"));
  await alice.signedIn();
  earlier.before = () => {
    throw new Error("Nobody was to ask");
  };
  alice.jar.set("connect.sid", earlier.logIn("bob"));
  expect(said(await alice.open())).toBe("authenticated, alice");
  expect(said(await new Visitor(manager).open())).toBe("anonymous, none");
});

test("after the last day no earlier session is moved, and an hour later, for whichever clock, its marks are swept", async () => {
  const { earlier, returning, clock, rowsNow, manager } = successor({ move: { until: new Date(3 * hour) } });
  const [early, late] = [earlier.logIn("alice"), earlier.logIn("bob")];
  clock.set(2 * hour);
  await returning(early).signedIn();
  expect((await rowsNow()).filter(({ userId }) => userId === null)).toHaveLength(1);
  expect(await manager.contain({ all: true }, { preview: true })).toMatchObject({ unreadable: 0 });
  clock.set(3 * hour);
  expect(said(await returning(late).open())).toBe("anonymous, none");
  clock.set(4 * hour - 1);
  await manager.sweep();
  expect((await rowsNow()).filter(({ userId }) => userId === null)).toHaveLength(1);
  clock.set(4 * hour);
  await manager.sweep();
  expect((await rowsNow()).filter(({ userId }) => userId === null)).toEqual([]);
});

test("however the steps of three requests, failures and a logout fall, one session results, and what ended stays ended", async () => {
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed / 0x80000000;
  };
  const someTurns = async () => {
    for (let turn = Math.floor(random() * 6); turn > 0; turn--) await setImmediate();
  };
  const outcomes = { moved: 0, failed: 0, ended: 0 };
  for (let run = 0; run < 400; run++) {
    const { earlier, returning, manager, store } = successor();
    const cookie = earlier.logIn("alice");
    earlier.before = async () => {
      await someTurns();
      if (random() < 0.1) throw new Error("down");
    };
    const calm = jittery(store, someTurns, random);
    const logsOut = random() < 0.3;
    let hasEnded = false;
    const requests = await Promise.allSettled(
      [0, 1, 2].map(async (number) => {
        await someTurns();
        const session = await returning(cookie).open();
        if (logsOut && number === 0 && session.kind === "authenticated") {
          await session.end();
          hasEnded = true;
        }
        return session;
      }),
    );
    calm();
    earlier.before = () => {};
    const served = requests.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    outcomes.failed += requests.length - served.length;
    const ids = new Set(served.flatMap((session) => (session.kind === "authenticated" ? [session.id] : [])));
    const later = await returning(cookie).open();
    if (later.kind === "authenticated") ids.add(later.id);
    if (!logsOut) expect(new Set(served.map(said)).size).toBeLessThanOrEqual(1);
    // Only a logout explains that nobody is signed in, and nothing undoes one.
    if (later.kind !== "authenticated") expect(logsOut).toBe(true);
    if (hasEnded) expect(said(later)).toBe("anonymous, none");
    expect(ids.size).toBeLessThanOrEqual(1);
    expect((await manager.list("alice")).filter(({ id }) => ids.has(id)).length).toBe(
      later.kind === "authenticated" ? 1 : 0,
    );
    outcomes[later.kind === "authenticated" ? "moved" : "ended"]++;
  }
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(20);
});

/** Delays each call of the store by some turns, and fails a few, until the returned function is called. */
function jittery(store: FaultyStore, someTurns: () => Promise<void>, random: () => number): () => void {
  const { find, insert, remove } = store;
  const around = <Given extends unknown[], Answer>(call: (...given: Given) => Answer) =>
    (async (...given: Given) => {
      await someTurns();
      const fails = random() < 0.05;
      if (fails && random() < 0.5) throw new Error("down before");
      const answer = await call(...given);
      await someTurns();
      if (fails) throw new Error("down after");
      return answer;
    }) as never;
  Object.assign(store, { find: around(find), insert: around(insert), remove: around(remove) });
  return () => void Object.assign(store, { find, insert, remove });
}
