import { expect, test } from "vitest";
import { authenticated, said } from "../support/kinds.ts";
import { type WorldOptions, world } from "../support/world.ts";

const remembered = { idle: "14d", absolute: "30d" } as const;
const minute = 60_000;
const day = 1_440 * minute;

const anApplication = (options: WorldOptions = {}) => world({ policy: { remembered }, ...options });
const cookieLine = ({ response }: { readonly response: { readonly cookies: ReadonlyMap<string, string> } }) =>
  [...response.cookies.values()][0] ?? "no cookie";

test("who asks to be remembered is, for as long as the policy remembers, in a cookie that outlives the browser", async () => {
  const { newcomer, clock } = anApplication();
  const browser = newcomer();
  const alice = await browser.logIn("alice", { persistent: true });
  expect(alice.remembered).toBe(true);
  expect(alice.endsAt).toEqual({ idle: clock.now() + 14 * day, absolute: clock.now() + 30 * day });
  expect(cookieLine(browser)).toContain(`; Max-Age=${(30 * day) / 1000};`);
  clock.advance("13d");
  expect(said(await browser.open())).toBe("authenticated, alice");
  expect(cookieLine(browser)).toContain(`; Max-Age=${(17 * day) / 1000};`);
  clock.advance("14d");
  expect(said(await browser.open())).toBe("anonymous, idle");
});

test("nobody else is: a login without it has the ordinary limits, and a cookie that goes with the browser", async () => {
  const { newcomer, clock } = anApplication();
  const browser = newcomer();
  expect((await browser.logIn("alice", { persistent: false })).remembered).toBe(false);
  expect(cookieLine(browser)).not.toContain("Max-Age");
  clock.advance("30m");
  expect(said(await browser.open())).toBe("anonymous, idle");
});

test("a later login without it replaces the lasting cookie", async () => {
  const browser = anApplication().newcomer();
  await browser.logIn("alice", { persistent: true });
  await browser.logIn("alice");
  expect(cookieLine(browser)).not.toContain("Max-Age");
});

test("being remembered is no proof: never fresh by its login, fresh by a step-up", async () => {
  const { newcomer, clock } = anApplication();
  const browser = newcomer();
  const alice = await browser.logIn("alice", { persistent: true, level: "aal2" });
  expect(alice.level).toBe("aal2");
  expect(alice.isFresh({ within: "1h" })).toBe(false);
  await expect(alice.endOthers()).rejects.toMatchObject({ code: "ERR_SESSION_NOT_FRESH" });
  await alice.elevate("aal1");
  expect(alice.isFresh({ within: "1m" })).toBe(true);
  expect(alice.isFresh({ within: "1m", level: "aal2" })).toBe(false);
  clock.advance("2m");
  expect((await browser.signedIn()).isFresh({ within: "1m" })).toBe(false);
});

test("the absolute limit holds for the remembered as well", async () => {
  const { newcomer, clock } = anApplication();
  const browser = newcomer();
  await browser.logIn("alice", { persistent: true });
  for (let days = 10; days < 30; days += 10) {
    clock.advance("10d");
    expect(said(await browser.open())).toBe("authenticated, alice");
  }
  clock.advance("10d");
  expect(said(await browser.open())).toBe("anonymous, absolute");
});

test("a policy that remembers nobody any more ends the remembered at its ordinary limits", async () => {
  const { newcomer, clock, node } = anApplication();
  const browser = newcomer();
  await browser.logIn("alice", { persistent: true });
  clock.advance("8h");
  expect(said(await browser.at(node({ policy: {} })).open())).toBe("anonymous, absolute");
});

test("where the policy has no limits for it, asking to be remembered is a mistake", async () => {
  const browser = world().newcomer();
  await expect(browser.logIn("alice", { persistent: true })).rejects.toThrow("write policy.remembered");
  await expect(browser.logIn("alice", { persistent: "yes" as never })).rejects.toThrow("write true or false");
});

test("a standard that is claimed is asked about the remembered as well", () => {
  const demands = [
    { source: "X-1", setting: "idle", atMost: "30m" },
    { source: "X-2", setting: "absolute", atMost: "12h" },
    { source: "X-3", setting: "cookie.persistent", is: false },
  ] as const;
  const claims = { name: "house-rules", demands };
  expect(() => world({ policy: { claims } })).not.toThrow();
  expect(() => world({ policy: { claims, remembered } })).toThrow(
    /idle at most 30m \(X-1\), and idle is 14d[\s\S]*absolute at most 12h \(X-2\), and absolute is 30d[\s\S]*cookie.persistent is true/,
  );
});

test("how they proved it is kept with the session, and listed", async () => {
  const { newcomer, manager } = anApplication();
  const browser = newcomer();
  const alice = await browser.logIn("alice", { methods: ["pwd", "otp"], persistent: true });
  expect(alice.methods).toEqual(["pwd", "otp"]);
  expect((await browser.signedIn()).methods).toEqual(["pwd", "otp"]);
  expect(await manager.list("alice")).toMatchObject([{ methods: ["pwd", "otp"], remembered: true }]);
  expect((await newcomer().logIn("bob")).methods).toEqual([]);
});

test.each([
  ["pwd", "write a list of at most 16"],
  [Array(17).fill("x"), "write a list of at most 16"],
  [[""], "write a string that is not empty"],
  [[7], "write a string that is not empty"],
])("methods %j are none", async (methods, problem) => {
  await expect(
    anApplication()
      .newcomer()
      .logIn("alice", { methods: methods as never }),
  ).rejects.toThrow(problem);
});

test("a login on another device than the user's others is told, one on the same is not", async () => {
  const { newcomer, events } = anApplication();
  const laptop = newcomer();
  expect((await laptop.logIn("alice", { label: "Firefox on Linux" })).newDevice).toBe(null);
  expect((await newcomer().logIn("alice", { label: "Safari on iPhone" })).newDevice).toBe(true);
  expect(events.at(-1)).toMatchObject({ type: "session_created", newDevice: true, userId: "alice" });
  expect((await laptop.logIn("alice", { label: "Firefox on Linux" })).newDevice).toBe(false);
  expect((await laptop.signedIn()).newDevice).toBe(null);
  expect((await newcomer().logIn("alice")).newDevice).toBe(null);
  expect((await newcomer().logIn("bob", { label: "Firefox on Linux" })).newDevice).toBe(null);
});

test("a visitor's session says nothing of devices", async () => {
  const { newcomer, events } = anApplication();
  const visitor = await newcomer().open();
  await visitor.csrfToken();
  expect(events).toMatchObject([{ type: "session_created", userId: null, newDevice: null }]);
  expect(() => authenticated(visitor)).toThrow("Expected somebody logged in");
});
