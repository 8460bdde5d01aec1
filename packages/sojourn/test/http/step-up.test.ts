import { expect, test } from "vitest";
import { createSessionManager, type Policy, requireFresh, requireUser } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { testClock } from "../../src/testing/index.ts";
import { aRequest, aResponse, cookieOf } from "./exchange.ts";

function anApplication(policy: Partial<Policy> = {}) {
  const clock = testClock();
  const manager = createSessionManager({ store: memoryStore(), clock, policy });
  let cookie = "";
  const visit = async () => {
    const response = aResponse();
    const session = await manager.open(aRequest({ headers: cookie ? { cookie } : {} }), response.plan);
    const leave = () => {
      const [line] = response.send().cookies;
      if (line !== undefined) cookie = cookieOf(line);
    };
    return { session, leave };
  };
  return {
    clock,
    async visit() {
      const { session, leave } = await visit();
      leave();
      return session;
    },
    async logIn() {
      const { session, leave } = await visit();
      await session.authenticate({ id: "alice", keep: "none" });
      leave();
    },
    async forgetAlice() {
      await manager.sweep();
      clock.advance("2h");
      expect(await manager.sweep()).toBe(1);
    },
    async elevate() {
      const { session, leave } = await visit();
      const verdict = requireUser(session);
      if (!verdict.met) throw new Error("Alice should be signed in");
      await verdict.session.elevate("aal2");
      leave();
    },
  };
}

const need = { within: "5m" } as const;

test("nobody is logged in: both guards say so", async () => {
  const session = await anApplication().visit();
  const signedOut = {
    met: false,
    because: "signed-out",
    reason: null,
    challenge: { status: 401, headers: { "WWW-Authenticate": 'Bearer realm="session"' } },
  };
  expect(requireUser(session)).toEqual(signedOut);
  expect(requireFresh(session, need)).toEqual(signedOut);
});

test("just logged in: both guards hand over the session", async () => {
  const application = anApplication();
  await application.logIn();
  const session = await application.visit();
  expect(requireUser(session)).toEqual({ met: true, session });
  expect(requireFresh(session, need)).toEqual({ met: true, session });
});

test("a valid session whose proof is older than asked for is stale, to the millisecond", async () => {
  const application = anApplication();
  await application.logIn();
  application.clock.advance("5m");
  expect(requireFresh(await application.visit(), need).met).toBe(true);
  application.clock.advance(1);
  const session = await application.visit();
  expect(requireUser(session).met).toBe(true);
  expect(requireFresh(session, need)).toMatchObject({ met: false, because: "stale", reason: "stale" });
});

test("a fresh proof of a weaker level is stale too, and a stronger one is enough", async () => {
  const application = anApplication();
  await application.logIn();
  expect(requireFresh(await application.visit(), { ...need, level: "aal2" })).toMatchObject({ because: "stale" });
  await application.elevate();
  expect(requireFresh(await application.visit(), { ...need, level: "aal2" }).met).toBe(true);
  expect(requireFresh(await application.visit(), { ...need, level: "aal1" }).met).toBe(true);
  expect(requireFresh(await application.visit(), { ...need, level: "aal3" })).toMatchObject({ because: "stale" });
});

test("a locked session is neither signed out nor signed in", async () => {
  const application = anApplication({ onIdle: "lock", idle: "10m", absolute: "8h" });
  await application.logIn();
  application.clock.advance("11m");
  const session = await application.visit();
  expect(requireUser(session)).toMatchObject({ met: false, because: "locked", reason: "locked" });
  expect(requireFresh(session, need)).toMatchObject({ met: false, because: "locked", reason: "locked" });
});

test("who was logged out is told why, also where nobody can tell any more that they were logged in", async () => {
  const application = anApplication();
  await application.logIn();
  application.clock.advance("30m");
  const timedOut = { met: false, because: "signed-out", reason: "idle" };
  expect(requireUser(await application.visit())).toMatchObject(timedOut);
  expect(requireFresh(await application.visit(), need)).toMatchObject(timedOut);
  await application.forgetAlice();
  expect(requireUser(await application.visit())).toMatchObject({ because: "signed-out", reason: "unknown" });
});

test.each([
  [{ within: "5m" }, "max_age=300"],
  [{ within: "90s", level: "aal2" }, 'max_age=90, acr_values="aal2"'],
  [{ within: "1.5s" }, "max_age=1"],
] as const)("the challenge for %j is RFC 9470's", async (asked, parameters) => {
  const application = anApplication({ idle: "8h" });
  await application.logIn();
  application.clock.advance("7h");
  const verdict = requireFresh(await application.visit(), asked);
  const header = challengeOf(verdict);
  expect(header).toBe(
    `Bearer error="insufficient_user_authentication", error_description="A more recent or stronger authentication is required", ${parameters}`,
  );
  // RFC 9110, 11.2: a scheme, then parameters of token "=" ( token / quoted-string ).
  const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  const parameter = `${token}=(?:${token}|"[^"\\\\]*")`;
  expect(header).toMatch(new RegExp(`^${token} ${parameter}(?:, ${parameter})*$`));
});

function challengeOf(verdict: ReturnType<typeof requireFresh>): string {
  if (verdict.met) throw new Error("The proof should be stale");
  expect(verdict.challenge.status).toBe(401);
  return verdict.challenge.headers["WWW-Authenticate"];
}
