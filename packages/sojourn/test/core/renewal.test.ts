import { expect, test } from "vitest";
import { anonymous, said } from "../support/kinds.ts";
import type { Visitor } from "../support/visitor.ts";
import { world } from "../support/world.ts";

type Data = Record<string, unknown>;

async function aliceFor(time: "0s" | "15m" = "15m") {
  const here = world();
  const browser = here.newcomer();
  const { id } = await browser.logIn("alice");
  here.clock.advance(time);
  here.news();
  return { ...here, browser, id };
}

/** The browser takes its renewal to the end: a request is handed the successor, the next one shows it. */
async function renew(browser: Visitor<Data>): Promise<void> {
  await browser.open();
  await browser.open();
}

test("the current secret, not due: nothing happens", async () => {
  const { browser, store, news, clock } = await aliceFor("0s");
  clock.advance(59_999);
  expect(said(await browser.open())).toBe("authenticated, alice");
  expect(browser.response.cookies.size).toBe(0);
  expect(browser.response.caching).toEqual([{ rule: "private", vary: "Cookie" }]);
  expect(store.calls.update).toBe(0);
  expect(news()).toEqual([]);
});

test("the current secret, due: its successor is handed out, again on every response until it is shown", async () => {
  const { browser, record, id, news } = await aliceFor();
  const { token } = browser;
  const [first, second] = [await browser.request(), await browser.request()];
  expect([...first.response.cookies]).toEqual([...second.response.cookies]);
  expect(first.response.caching).toContainEqual({ rule: "no-store", vary: "Cookie" });
  const nonce = (await record(id)).pending?.nonce;
  await browser.open();
  expect((await record(id)).pending?.nonce).toBe(nonce);
  expect(browser.token).not.toBe(token);
  expect(browser.token.slice(0, 45)).toBe(token.slice(0, 45));
  expect(news()).toEqual([]);
});

test("handing out again costs no further write", async () => {
  const { browser, store } = await aliceFor();
  await browser.request();
  const writes = store.calls.update;
  await browser.request();
  expect(store.calls.update).toBe(writes);
});

test("the pending secret confirms: it is current from now on, and the renewal is reported once", async () => {
  const { browser, record, id, clock, news, events } = await aliceFor();
  const old = browser.copy();
  await browser.open();
  clock.advance("1s");
  expect(said(await browser.open())).toBe("authenticated, alice");
  expect(browser.response.cookies.size).toBe(0);
  expect(news()).toEqual(["session_renewed"]);
  expect(events.at(-1)).toMatchObject({ severity: "info", cause: "interval", sessionId: id, userId: "alice" });
  expect(await record(id)).toMatchObject({
    currentSince: clock.now(),
    previous: { until: clock.now() + 30_000, accepted: true },
  });
  expect((await record(id)).pending).toBeUndefined();
  await browser.open();
  expect(news()).toEqual([]);
  expect(said(await old.open())).toBe("authenticated, alice");
});

test("the previous secret in its time is served, without a cookie", async () => {
  const { browser, clock } = await aliceFor();
  const inFlight = browser.copy();
  await renew(browser);
  clock.advance(149_999);
  expect(said(await inFlight.open())).toBe("authenticated, alice");
  expect(inFlight.response.cookies.size).toBe(0);
});

test("the previous secret after its time is a replay: the session ends, with an alarm", async () => {
  const { browser, clock, id, news, events, rowsNow } = await aliceFor();
  const copy = browser.copy();
  await renew(browser);
  news();
  clock.advance("150s");
  expect(said(await copy.open())).toBe("anonymous, replay");
  expect(copy.response.cookies.size).toBe(0);
  expect(news()).toEqual(["session_expired", "session_replayed"]);
  expect(events.slice(-2)).toMatchObject([
    { severity: "info", reason: "replay", sessionId: id, userId: "alice" },
    { severity: "critical", removed: true, sessionId: id, userId: "alice" },
  ]);
  expect(await rowsNow()).toEqual([]);
  expect(said(await browser.open())).toBe("anonymous, unknown");
});

test("a replay that the store cannot end is refused and reported all the same, and tried again", async () => {
  const { browser, clock, store, events, rowsNow } = await aliceFor();
  const copy = browser.copy();
  await renew(browser);
  clock.advance("150s");
  for (let times = 0; times < 3; times++) store.failNext("remove");
  expect(said(await copy.open())).toBe("anonymous, replay");
  expect(events.at(-1)).toMatchObject({ type: "session_replayed", removed: false });
  expect(await rowsNow()).toHaveLength(1);
  expect(said(await copy.open())).toBe("anonymous, replay");
  expect(events.at(-1)).toMatchObject({ type: "session_replayed", removed: true });
});

test("an older secret, while the previous one is in its time, is refused and ends nothing", async () => {
  const { browser, clock, id, news, events } = await aliceFor();
  const copy = browser.copy();
  await renew(browser);
  clock.advance("15m");
  await renew(browser);
  news();
  expect(said(await copy.open())).toBe("anonymous, superseded");
  expect(news()).toEqual(["session_refused"]);
  expect(events.at(-1)).toMatchObject({ severity: "warning", because: "superseded", sessionId: id });
  expect(said(await browser.open())).toBe("authenticated, alice");
});

test("an older secret after that is a replay", async () => {
  const { browser, clock } = await aliceFor();
  const copy = browser.copy();
  await renew(browser);
  clock.advance("15m");
  await renew(browser);
  clock.advance("150s");
  expect(said(await copy.open())).toBe("anonymous, replay");
});

test("a secret of this lineage that a store lost in a failover is refused, the session kept", async () => {
  const { browser, clock, id, rows, row, news } = await aliceFor("0s");
  const before = await row(id);
  clock.advance("15m");
  await renew(browser);
  await rows.remove(id);
  await rows.insert(before, { indexUntil: before.expiresAt });
  news();
  expect(said(await browser.open())).toBe("anonymous, superseded");
  expect(news()).toEqual(["session_refused"]);
  expect((await row(id)).version).toBe(1);
});

test("a guess ends nothing", async () => {
  const { browser, id, events, rowsNow } = await aliceFor();
  const guesser = browser.copy();
  guesser.token = `${id}.${"A".repeat(44)}`;
  for (let guesses = 0; guesses < 20; guesses++) {
    expect(said(await guesser.open())).toBe("anonymous, mismatch");
    expect(guesser.response.cookies.size).toBe(0);
  }
  expect(events.at(-1)).toMatchObject({ type: "session_refused", severity: "warning", because: "mismatch" });
  expect(await rowsNow()).toHaveLength(1);
  expect(said(await browser.open())).toBe("authenticated, alice");
});

test("a guess of the lineage's second half alone is a guess", async () => {
  const { browser } = await aliceFor();
  const guesser = browser.copy();
  guesser.token = `${browser.token.slice(0, 23)}${"B".repeat(22)}${browser.token.slice(45)}`;
  expect(said(await guesser.open())).toBe("anonymous, mismatch");
});

test("a lost response is simply issued again", async () => {
  const { browser, clock } = await aliceFor();
  for (let lost = 0; lost < 5; lost++) {
    await browser.request();
    clock.advance("1m");
  }
  const { token } = browser;
  expect(said(await browser.open())).toBe("authenticated, alice");
  expect(browser.token).not.toBe(token);
  expect(said(await browser.open())).toBe("authenticated, alice");
});

test("twenty parallel requests at renewal: one new secret, none refused", async () => {
  const { browser } = await aliceFor();
  const exchanges = await Promise.all(Array.from({ length: 20 }, () => browser.request()));
  expect(exchanges.map(({ session }) => said(session))).toEqual(Array(20).fill("authenticated, alice"));
  const lines = new Set(exchanges.flatMap(({ response }) => [...response.cookies.values()]));
  expect(lines.size).toBe(1);
  for (const exchange of exchanges) exchange.deliver();
  const shown = await Promise.all(Array.from({ length: 20 }, () => browser.request()));
  expect(shown.map(({ session }) => said(session))).toEqual(Array(20).fill("authenticated, alice"));
});

test("requests sent before the renewal and arriving after it are served", async () => {
  const { browser, news } = await aliceFor();
  const late = Array.from({ length: 5 }, () => browser.copy());
  await renew(browser);
  news();
  for (const request of late) expect(said(await request.open())).toBe("authenticated, alice");
  expect(news()).toEqual([]);
});

test("a request that can set no cookie any more is served and renews nothing", async () => {
  const { browser, manager, store, id } = await aliceFor();
  const { token } = browser;
  const writes = store.calls.update;
  const header = (name: string) => (name === "cookie" ? `__Host-Http-id=${token}` : null);
  const fail = () => {
    throw new Error("the headers are sent");
  };
  const sent = { writable: false, setCookie: fail, setHeader: fail, setCaching: fail };
  const request = { method: "GET", url: "https://shop.example/", secure: true, header };
  const session = await manager.open(request, sent, { activity: false });
  expect(session).toMatchObject({ kind: "authenticated", id });
  expect(store.calls.update).toBe(writes);
});

test("a successor is handed out only once the store has acknowledged it", async () => {
  const { browser, store, events } = await aliceFor();
  store.failNext("update");
  expect(said(await browser.open())).toBe("authenticated, alice");
  expect(browser.response.cookies.size).toBe(0);
  expect(events.at(-1)).toMatchObject({ type: "store_failed", operation: "touch" });
  store.hold("update").release();
  await browser.open();
  expect(browser.response.cookies.size).toBe(1);
});

test("a confirmation that the store loses is made again by the next request", async () => {
  const { browser, store, news, record, id } = await aliceFor();
  await browser.open();
  store.failNext("update");
  expect(said(await browser.open())).toBe("authenticated, alice");
  expect(news()).toEqual(["store_failed"]);
  expect((await record(id)).pending).toBeDefined();
  await browser.open();
  expect(news()).toEqual(["session_renewed"]);
});

test("a thief who renewed twice while the owner was away is found at the owner's next request", async () => {
  const { browser, clock, rowsNow } = await aliceFor();
  const thief = browser.copy();
  await renew(thief);
  clock.advance("15m");
  await renew(thief);
  clock.advance("10m");
  expect(said(await browser.open())).toBe("anonymous, replay");
  expect(await rowsNow()).toEqual([]);
  expect(said(await thief.open())).toBe("anonymous, unknown");
});

test("a thief who comes too late is found, too", async () => {
  const { browser, clock } = await aliceFor();
  const thief = browser.copy();
  await renew(browser);
  clock.advance("10m");
  expect(said(await thief.open())).toBe("anonymous, replay");
});

test("a thief who held a pending secret and confirms it first is found as well", async () => {
  const { browser, clock } = await aliceFor();
  const owner = browser.copy();
  await browser.open();
  const thief = browser.copy();
  await thief.open();
  clock.advance("3m");
  expect(said(await owner.open())).toBe("anonymous, replay");
  expect(said(await thief.open())).toBe("anonymous, unknown");
});

test("a replayed secret of a session that is over anyway alarms nobody", async () => {
  const { browser, clock, news } = await aliceFor();
  const copy = browser.copy();
  await renew(browser);
  news();
  clock.advance("30m");
  expect(said(await copy.open())).toBe("anonymous, idle");
  expect(news()).toEqual(["session_use_after_expire"]);
});

test("a guess at a session that is over is a guess", async () => {
  const { browser, clock, id } = await aliceFor();
  const guesser = browser.copy();
  guesser.token = `${id}.${"A".repeat(44)}`;
  clock.advance("8h");
  expect(said(await guesser.open())).toBe("anonymous, mismatch");
});

test("renewal happens while in use, every fifteen minutes, and two secrets are never alike", async () => {
  const { browser, clock, events } = await aliceFor("0s");
  const tokens = new Set([browser.token]);
  for (let minutes = 0; minutes < 7 * 60; minutes++) {
    clock.advance("1m");
    await browser.signedIn();
    tokens.add(browser.token);
  }
  expect(tokens.size).toBe(27);
  expect(events.filter(({ type }) => type === "session_renewed")).toHaveLength(26);
});

test("renewal moves neither the id nor the user's index nor the login", async () => {
  const { browser, manager, id, store } = await aliceFor();
  const [before] = await manager.list("alice");
  await renew(browser);
  expect(await browser.signedIn()).toMatchObject({ id, authenticatedAt: before?.authenticatedAt });
  expect(store.calls).toMatchObject({ insert: 1, remove: 0 });
});

test("where the policy says so, nothing renews by interval", async () => {
  const { newcomer, clock } = world({ policy: { renew: false } });
  const browser = newcomer();
  await browser.logIn("alice");
  const { token } = browser;
  for (let minutes = 0; minutes < 60; minutes += 20) {
    clock.advance("20m");
    await browser.signedIn();
  }
  expect(browser.token).toBe(token);
});

test("nodes whose clocks are two minutes apart find no thief where there is none", async () => {
  const here = world();
  const ahead = here.node({ clock: { ...here.clock, now: () => here.clock.now() + 120_000 } });
  const browser = here.newcomer();
  await browser.logIn("alice");
  here.clock.advance("15m");
  const inFlight = browser.copy();
  await renew(browser);
  here.clock.advance(29_999);
  expect(said(await inFlight.at(ahead).open())).toBe("authenticated, alice");
});

test("an open form survives renewal, and does not survive a login", async () => {
  const { browser, record, id } = await aliceFor();
  const form = await (await browser.signedIn()).csrfToken();
  await renew(browser);
  expect((await record(id)).previous).toBeDefined();
  expect((await browser.signedIn()).isCsrfToken(form)).toBe(true);
  await browser.logIn("alice");
  expect((await browser.signedIn()).isCsrfToken(form)).toBe(false);
});

test("a token in a URL has leaked: it is reported, served, and replaced without grace", async () => {
  const { browser, id, news, events } = await aliceFor("0s");
  const finder = browser.copy();
  const url = `https://shop.example/?next=${browser.token}`;
  expect(said(await browser.open({ url }))).toBe("authenticated, alice");
  expect(news()).toEqual(["session_token_leaked"]);
  expect(events.at(-1)).toMatchObject({ severity: "critical", where: "url", sessionId: id, userId: "alice" });
  await browser.open();
  expect(news()).toEqual(["session_renewed"]);
  expect(events.at(-1)).toMatchObject({ cause: "leaked" });
  expect(said(await finder.open())).toBe("anonymous, superseded");
  expect(JSON.stringify(events)).not.toContain(browser.token.slice(23));
});

test("the secret alone in a URL is as bad", async () => {
  const { browser, news } = await aliceFor("0s");
  await browser.open({ url: `https://shop.example/#${browser.token.slice(23)}` });
  expect(news()).toEqual(["session_token_leaked"]);
});

test("an id in a URL, or another session's token, is no leak of this one", async () => {
  const { browser, newcomer, id, news } = await aliceFor("0s");
  const other = newcomer();
  await other.logIn("bob");
  news();
  await browser.open({ url: `https://shop.example/devices/${id}` });
  await browser.open({ url: `https://shop.example/?t=${other.token}` });
  expect(news()).toEqual([]);
});

test("a token in a URL is never read", async () => {
  const { browser, newcomer, store } = await aliceFor("0s");
  const reads = store.calls.find;
  expect(said(await newcomer().open({ url: `https://shop.example/?id=${browser.token}` }))).toBe("anonymous, none");
  expect(store.calls.find).toBe(reads);
});

test("a visitor's leaked token is reported; it never renews, and the next login replaces it", async () => {
  const { newcomer, news, record } = world();
  const visitor = newcomer();
  const session = anonymous(await visitor.open());
  await session.csrfToken();
  news();
  await visitor.open({ url: `https://shop.example/?t=${visitor.token}` });
  expect(news()).toEqual(["session_token_leaked"]);
  expect((await record(session.id!)).due).toBeUndefined();
});

test("a leaked token that was refused is not this session's", async () => {
  const { browser, clock, news } = await aliceFor("0s");
  const { token } = browser;
  clock.advance("8h");
  await browser.open({ url: `https://shop.example/?t=${token}` });
  expect(news()).toEqual(["session_use_after_expire"]);
});
