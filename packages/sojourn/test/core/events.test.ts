import { inspect } from "node:util";
import { afterEach, expect, test, vi } from "vitest";
import { codeOf, SojournError, type SojournErrorCode } from "../../src/core/errors.ts";
import { createEmitter, type SessionEvent } from "../../src/core/events.ts";
import type { SessionId } from "../../src/core/ids.ts";
import { said } from "../support/kinds.ts";
import { world } from "../support/world.ts";

const draft = { type: "session_logout", severity: "info", sessionId: "a" as SessionId, userId: null } as const;

test("an event is dated by the application's clock", () => {
  const heard: SessionEvent[] = [];
  createEmitter(
    (event) => heard.push(event),
    () => 42,
  )(draft);
  expect(heard).toEqual([{ at: 42, ...draft }]);
});

test("nobody listening is no trouble", () => {
  expect(() => createEmitter(undefined, () => 0)(draft)).not.toThrow();
});

const unhandled: unknown[] = [];
const notice = (reason: unknown) => unhandled.push(reason);
afterEach(() => {
  process.off("unhandledRejection", notice);
});

test.each<[string, () => unknown]>([
  [
    "throws",
    () => {
      throw new Error("the log is full");
    },
  ],
  ["rejects", () => Promise.reject(new Error("the log is away"))],
  ["never answers", () => new Promise(() => {})],
  ["returns something else", () => 42],
])("a listener that %s hurts nobody", async (_, listener) => {
  process.on("unhandledRejection", notice);
  const here = world();
  const browser = here.newcomer().at(here.node({ onEvent: listener }));
  const alice = await browser.logIn("alice");
  await alice.elevate("aal2");
  expect(said(await browser.open())).toBe("authenticated, alice");
  await (await browser.signedIn()).end();
  await vi.waitFor(() => expect(here.store.calls.remove).toBe(1));
  await new Promise(setImmediate);
  expect(unhandled).toEqual([]);
});

test("no event, whatever happens, holds a secret", async () => {
  const here = world({ policy: { sessionsPerUser: 2 } });
  const browsers = [here.newcomer(), here.newcomer(), here.newcomer()];
  const minted = new Set<string>();
  for (const browser of browsers) {
    await browser.logIn("alice");
    minted.add(browser.token);
  }
  const browser = browsers[2]!;
  await browser.open({ url: `https://shop.example/?${browser.token}` });
  minted.add(browser.token);
  await (await browser.signedIn()).elevate("aal2");
  minted.add(browser.token);
  await (await browser.signedIn()).endOthers();
  minted.add(browser.token);
  for (const token of minted) {
    await here.newcomer().open({ headers: { cookie: `__Host-Http-id=${token}` } });
  }
  here.clock.advance("15m");
  await browser.open();
  minted.add(browser.token);
  await browser.open();
  here.clock.advance("3m");
  for (const token of minted) {
    await here.newcomer().open({ headers: { cookie: `__Host-Http-id=${token}` } });
  }
  const log = JSON.stringify(here.events);
  const names = new Set(here.events.map(({ type }) => type));
  expect([...names].sort()).toEqual([
    "excess_sessions_exceeded",
    "privilege_permissions_changed",
    "session_created",
    "session_expired",
    "session_refused",
    "session_renewed",
    "session_replayed",
    "session_token_leaked",
  ]);
  for (const token of minted) {
    expect(log).not.toContain(token.slice(23, 45));
    expect(log).not.toContain(token.slice(45));
  }
});

test("no log of a session shows its token, and neither does its manager", async () => {
  const here = world();
  const browser = here.newcomer();
  const session = await browser.logIn("alice");
  for (const shown of [
    inspect(session, { depth: 9, showHidden: true }),
    JSON.stringify(session),
    inspect(here.manager),
  ]) {
    expect(shown).not.toContain(browser.token.slice(23));
    expect(shown).not.toContain(browser.token.slice(23, 45));
  }
});

test.each<[SojournErrorCode, number]>([
  ["ERR_STORE_UNAVAILABLE", 503],
  ["ERR_STORE_UNCONFIRMED", 503],
  ["ERR_STORE_SCHEMA", 503],
  ["ERR_SESSION_OUTCOME_UNKNOWN", 503],
  ["ERR_SESSION_CONTENTION", 503],
  ["ERR_SESSION_ENDED", 401],
  ["ERR_SESSION_SUPERSEDED", 401],
  ["ERR_SESSION_OTHER_USER", 403],
  ["ERR_SESSION_AMBIGUOUS", 400],
  ["ERR_SESSION_NOT_FRESH", 401],
  ["ERR_RESPONSE_SENT", 500],
  ["ERR_INSECURE_TRANSPORT", 400],
  ["ERR_INSECURE_ORIGIN", 400],
  ["ERR_CSRF_REFUSED", 403],
  ["ERR_DATA_INVALID", 500],
  ["ERR_DATA_TOO_LARGE", 500],
  ["ERR_BODY_UNREADABLE", 500],
])("%s has status %d, a message and a cause", (code, status) => {
  const cause = new Error("why");
  const error = new SojournError(code, "what", { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: "SojournError", code, status, message: "what", cause, because: null });
});

test("a refusal of the CSRF guard has its reason in a field; an error needs neither reason nor cause", () => {
  const refusal = new SojournError("ERR_CSRF_REFUSED", "what", { because: "cross-site" });
  expect([refusal.because, refusal.cause]).toEqual(["cross-site", undefined]);
  expect(new SojournError("ERR_RESPONSE_SENT", "what").because).toBeNull();
  expect(codeOf(refusal)).toBe("ERR_CSRF_REFUSED");
  expect(codeOf(new Error("the network is down"))).toBe("ERR_STORE_UNAVAILABLE");
});
