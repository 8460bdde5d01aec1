import { expect, test } from "vitest";
import { createSessionManager } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { testClock } from "../../src/testing/index.ts";
import { aRequest, aResponse, cookieOf } from "./exchange.ts";

const ownPage = { "sec-fetch-site": "same-origin" };

function aManager() {
  const clock = testClock();
  return { clock, manager: createSessionManager({ store: memoryStore(), csrf: "token", clock }) };
}

type Manager = ReturnType<typeof aManager>["manager"];

/** A browser: it keeps the cookie it is given and shows it with every request. */
function aBrowser(manager: Manager) {
  let cookie = "";
  async function visit(method = "POST") {
    const request = aRequest({ method, headers: { ...ownPage, ...(cookie && { cookie }) } });
    const response = aResponse();
    const session = await manager.open(request, response.plan);
    return {
      session,
      request,
      leave() {
        const [line] = response.send().cookies;
        if (line !== undefined) cookie = cookieOf(line);
      },
    };
  }
  return {
    visit,
    async logIn(user: string) {
      const { session, leave } = await visit();
      const next = await session.authenticate({ id: user, keep: "none" });
      const token = await next.csrfToken();
      leave();
      return token;
    },
    async formToken() {
      const { session, leave } = await visit("GET");
      const token = await session.csrfToken();
      leave();
      return token;
    },
    async submit(token: string | null, method = "POST") {
      const { session, request, leave } = await visit(method);
      const verdict = manager.checkCsrf(request, session, { token });
      leave();
      return verdict.allowed ? "allowed" : verdict.because;
    },
  };
}

test("a form with the session's token is accepted, one without it or with another is not", async () => {
  const browser = aBrowser(aManager().manager);
  const token = await browser.logIn("alice");
  expect(await browser.submit(token)).toBe("allowed");
  expect(await browser.submit(null)).toBe("token-missing");
  for (const wrong of ["", "x", token.slice(1), `${token}A`, "A".repeat(86), token.toUpperCase(), `${token} `]) {
    expect(await browser.submit(wrong)).toBe("token-wrong");
  }
});

test("what changes nothing needs no token", async () => {
  const browser = aBrowser(aManager().manager);
  await browser.logIn("alice");
  for (const method of ["GET", "HEAD", "OPTIONS"]) expect(await browser.submit(null, method)).toBe("allowed");
  expect(await browser.submit(null, "get")).toBe("token-missing");
});

test("the token is no substitute for coming from the application's own pages", async () => {
  const { manager } = aManager();
  const browser = aBrowser(manager);
  const token = await browser.logIn("alice");
  const { session } = await browser.visit();
  const foreign = aRequest({ headers: { "sec-fetch-site": "cross-site" } });
  expect(manager.checkCsrf(foreign, session, { token })).toEqual({ allowed: false, because: "cross-site" });
});

test("another session's token is refused, also of the same user", async () => {
  const { manager } = aManager();
  const [laptop, phone, mallory] = [aBrowser(manager), aBrowser(manager), aBrowser(manager)];
  const tokens = [await laptop.logIn("alice"), await phone.logIn("alice"), await mallory.logIn("mallory")] as const;
  expect(await laptop.submit(tokens[1])).toBe("token-wrong");
  expect(await laptop.submit(tokens[2])).toBe("token-wrong");
});

test("the token is masked anew each time, and every one of them is good", async () => {
  const browser = aBrowser(aManager().manager);
  await browser.logIn("alice");
  const tokens = await Promise.all(Array.from({ length: 20 }, () => browser.formToken()));
  expect(new Set(tokens).size).toBe(20);
  // Both halves differ: the mask, and what it hides.
  expect(new Set(tokens.map((token) => token.slice(0, 43))).size).toBe(20);
  expect(new Set(tokens.map((token) => token.slice(43))).size).toBe(20);
  for (const token of tokens) expect(await browser.submit(token)).toBe("allowed");
});

test("asking for a token starts the anonymous session; login replaces it, and the old form with it", async () => {
  const browser = aBrowser(aManager().manager);
  const before = await browser.formToken();
  expect(await browser.submit(before)).toBe("allowed");
  const after = await browser.logIn("alice");
  expect(await browser.submit(before)).toBe("token-wrong");
  expect(await browser.submit(after)).toBe("allowed");
});

test("a visitor without a session has no good token", async () => {
  const { manager } = aManager();
  expect(await aBrowser(manager).submit("A".repeat(86))).toBe("token-wrong");
});

test("renewal keeps open forms good", async () => {
  const { manager, clock } = aManager();
  const browser = aBrowser(manager);
  const token = await browser.logIn("alice");
  for (let renewals = 0; renewals < 3; renewals++) {
    clock.advance("16m");
    expect(await browser.submit(token)).toBe("allowed");
    expect(await browser.submit(token)).toBe("allowed");
  }
});

test("a step-up keeps open forms good, and logout does not", async () => {
  const { manager } = aManager();
  const browser = aBrowser(manager);
  const token = await browser.logIn("alice");
  const stepUp = await browser.visit();
  if (stepUp.session.kind !== "authenticated") throw new Error("Alice should be signed in");
  await stepUp.session.elevate("aal2");
  stepUp.leave();
  expect(await browser.submit(token)).toBe("allowed");
  const logout = await browser.visit();
  await logout.session.end();
  logout.leave();
  expect(await browser.submit(token)).toBe("token-wrong");
});
