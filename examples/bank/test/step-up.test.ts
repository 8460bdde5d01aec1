import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type OpenBank, openBank } from "./support/open-bank.ts";
import { balanceOf, logIn, newCustomer, newKey, password, send, Visitor } from "./support/visitor.ts";

let bank: OpenBank;
beforeEach(async () => {
  bank = await openBank();
});
afterEach(() => bank.close());

/** Ada is still logged in, but the last time she gave her password is longer ago than five minutes. */
async function staleCustomers() {
  const ada = await newCustomer(bank, "Ada");
  const grace = await newCustomer(bank, "Grace");
  bank.clock.advance(5 * 60_000 + 1);
  await ada.visitor.get("/account");
  return { ada, grace };
}

function confirm(visitor: Visitor, fields: Readonly<Record<string, string>>) {
  return visitor.post("/confirm", { password, ...fields });
}

describe("transfers over 100.00", () => {
  test("just after the log-in they need nothing more", async () => {
    const ada = await newCustomer(bank, "Ada");
    const grace = await newCustomer(bank, "Grace");
    bank.clock.advance("5m");
    await send(ada.visitor, { to: grace.number, amount: "500" });
    expect(await balanceOf(ada.visitor)).toBe("500.00");
  });

  test("later they wait for the password, and then are made as they were typed", async () => {
    const { ada, grace } = await staleCustomers();
    const key = await newKey(ada.visitor);
    const order = { key, to: grace.number, amount: "100.01", message: "For the piano" };
    const asked = await ada.visitor.post("/transfers", order);
    expect(asked).toMatchObject({ status: 303, location: `/confirm?pending=${key}` });
    expect(await balanceOf(ada.visitor)).toBe("1,000.00");

    const page = await ada.visitor.get(asked.location ?? "");
    expect(page.text).toContain("100.01");
    expect(page.text).toContain("For the piano");
    const before = ada.visitor.cookie;
    expect(await confirm(ada.visitor, { pending: key })).toMatchObject({ status: 303, location: `/transfers/${key}` });
    expect(ada.visitor.cookie).not.toBe(before);
    expect(await balanceOf(ada.visitor)).toBe("899.99");
    expect((await grace.visitor.get(`/transfers/${key}`)).text).toContain("For the piano");
  });

  test("exactly 100.00 is not over 100.00", async () => {
    const { ada, grace } = await staleCustomers();
    await send(ada.visitor, { to: grace.number, amount: "100.00" });
    expect(await balanceOf(ada.visitor)).toBe("900.00");
  });

  test("without the right password nothing is sent, and the transfer goes on waiting", async () => {
    const { ada, grace } = await staleCustomers();
    const key = await newKey(ada.visitor);
    await ada.visitor.post("/transfers", { key, to: grace.number, amount: "500" });
    const refused = await confirm(ada.visitor, { pending: key, password: "not my password" });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain("This is not your password.");
    expect(await balanceOf(ada.visitor)).toBe("1,000.00");
    await confirm(ada.visitor, { pending: key });
    expect(await balanceOf(ada.visitor)).toBe("500.00");
  });

  test("a confirmation counts once, however often it is sent", async () => {
    const { ada, grace } = await staleCustomers();
    const key = await newKey(ada.visitor);
    await ada.visitor.post("/transfers", { key, to: grace.number, amount: "300" });
    const inAHurry = [ada.visitor, ada.visitor.copy(), ada.visitor.copy()];
    const answers = await Promise.all(inAHurry.map((visitor) => confirm(visitor, { pending: key })));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    const winner = inAHurry[answers.findIndex(({ status }) => status === 303)]!;
    expect(await balanceOf(winner)).toBe("700.00");
    expect((await confirm(winner, { pending: key })).heading).toBe("Nothing waits to be confirmed");
    expect(await balanceOf(winner)).toBe("700.00");
  });

  test("what is confirmed is what was shown: another transfer does not slip into its place", async () => {
    const { ada, grace } = await staleCustomers();
    const shown = await newKey(ada.visitor);
    await ada.visitor.post("/transfers", { key: shown, to: grace.number, amount: "200" });
    await send(ada.visitor, { to: grace.number, amount: "900" });
    expect(await confirm(ada.visitor, { pending: shown })).toMatchObject({ status: 409 });
    expect(await balanceOf(ada.visitor)).toBe("1,000.00");
  });

  test("whoever decides against it sends nothing", async () => {
    const { ada, grace } = await staleCustomers();
    const key = await newKey(ada.visitor);
    await ada.visitor.post("/transfers", { key, to: grace.number, amount: "500" });
    expect(await ada.visitor.post("/confirm/cancel")).toMatchObject({ status: 303, location: "/account" });
    expect(await confirm(ada.visitor, { pending: key })).toMatchObject({ status: 409 });
    expect(await balanceOf(ada.visitor)).toBe("1,000.00");
  });

  test("a waiting transfer does not travel into the next log-in", async () => {
    const { ada, grace } = await staleCustomers();
    const key = await newKey(ada.visitor);
    await ada.visitor.post("/transfers", { key, to: grace.number, amount: "500" });
    await ada.visitor.post("/login", { email: ada.email, password });
    await ada.visitor.get("/account");
    expect(await confirm(ada.visitor, { pending: key })).toMatchObject({ status: 409 });
    expect(await balanceOf(ada.visitor)).toBe("1,000.00");
  });

  test("passwords guessed on the confirmation page are slowed down like log-ins", async () => {
    const { ada } = await staleCustomers();
    for (let attempt = 0; attempt < 10; attempt++) {
      expect((await confirm(ada.visitor, { password: `guess ${attempt}`, return_to: "/devices" })).status).toBe(422);
    }
    expect((await confirm(ada.visitor, { return_to: "/devices" })).status).toBe(429);
  });

  test("guesses of strangers at the log-in do not keep the owner from confirming", async () => {
    const { ada } = await staleCustomers();
    const stranger = new Visitor(bank);
    const guesses = Array.from({ length: 61 }, () => ({ email: ada.email, password: "guess" }));
    for (const guess of guesses) await stranger.post("/login", guess);
    expect((await stranger.post("/login", { email: ada.email, password })).status).toBe(429);
    expect((await confirm(ada.visitor, { return_to: "/devices" })).status).toBe(303);
  });

  test("guesses of a thief with the cookie keep the owner neither from logging in nor from confirming there", async () => {
    const { ada } = await staleCustomers();
    const thief = ada.visitor.copy();
    for (let attempt = 0; attempt < 11; attempt++) await confirm(thief, { password: "guess" });
    const owner = await logIn(bank, ada.email);
    expect((await confirm(owner, { return_to: "/devices" })).status).toBe(303);
  });
});

describe("the e-mail address", () => {
  test("is changed at once just after the log-in", async () => {
    const ada = await newCustomer(bank, "Ada");
    await ada.visitor.post("/settings/email", { email: "countess@example.org" });
    expect((await logIn(bank, "countess@example.org")).cookie).not.toBeNull();
  });

  test("later waits for the password, and nothing has to be typed again", async () => {
    const { ada } = await staleCustomers();
    const asked = await ada.visitor.post("/settings/email", { email: "countess@example.org" });
    const pending = /^\/confirm\?pending=(.+)$/.exec(asked.location ?? "")?.[1] ?? "";
    expect((await ada.visitor.get("/settings")).text).toContain("ada@example.org");
    expect((await ada.visitor.get(asked.location ?? "")).text).toContain("countess@example.org");
    expect(await confirm(ada.visitor, { pending, password: "wrong" })).toMatchObject({ status: 422 });
    expect(await confirm(ada.visitor, { pending })).toMatchObject({ location: "/settings?done=email" });
    expect((await ada.visitor.get("/settings")).text).toContain("countess@example.org");
  });

  test("of somebody else cannot be taken", async () => {
    const ada = await newCustomer(bank, "Ada");
    const grace = await newCustomer(bank, "Grace");
    const refused = await ada.visitor.post("/settings/email", { email: grace.email.toUpperCase() });
    expect(refused.status).toBe(422);
  });
});

describe("the password", () => {
  const next = "a quite different phrase";

  test("is never changed without the current one, however fresh the session", async () => {
    const ada = await newCustomer(bank, "Ada");
    expect((await ada.visitor.post("/settings/password", { next })).status).toBe(422);
    expect((await ada.visitor.post("/settings/password", { current: "wrong", next })).status).toBe(422);
    expect((await logIn(bank, ada.email, next)).cookie).toBeNull();
  });

  test("is changed in a stale session by whoever knows it; the old one is worth nothing then", async () => {
    const { ada } = await staleCustomers();
    const changed = await ada.visitor.post("/settings/password", { current: password, next });
    expect(changed).toMatchObject({ status: 303, location: "/settings/password-changed" });
    expect((await logIn(bank, ada.email)).cookie).toBeNull();
    expect((await logIn(bank, ada.email, next)).cookie).not.toBeNull();
  });

  test("a change offers to end the other sessions, and then they are over", async () => {
    const { ada } = await staleCustomers();
    const elsewhere = await logIn(bank, ada.email);
    await ada.visitor.post("/settings/password", { current: password, next });
    expect((await ada.visitor.get("/settings/password-changed")).text).toContain("1 other device");
    await ada.visitor.post("/devices/end-others");
    expect((await elsewhere.get("/account")).status).toBe(401);
    expect((await ada.visitor.get("/account")).status).toBe(200);
  });

  test("a change ends what a copy of the old cookie is good for", async () => {
    const ada = await newCustomer(bank, "Ada");
    const thief = ada.visitor.copy();
    await ada.visitor.post("/settings/password", { current: password, next });
    expect((await thief.get("/account")).status).toBe(401);
  });
});

describe("closing the account", () => {
  test("a stale session has to prove itself first, and comes back to where it was", async () => {
    const { ada } = await staleCustomers();
    const asked = await ada.visitor.post("/settings/close");
    expect(asked).toMatchObject({ status: 303, location: "/confirm?return_to=%2Fsettings%2Fclose" });
    expect((await ada.visitor.get("/account")).status).toBe(200);
    await ada.visitor.get(asked.location ?? "");
    expect(await confirm(ada.visitor, { return_to: "/settings/close" })).toMatchObject({ location: "/settings/close" });
    expect(await ada.visitor.post("/settings/close")).toMatchObject({ location: "/closed" });
  });

  test("ends every session, lets nobody log in, and takes no more money", async () => {
    const ada = await newCustomer(bank, "Ada");
    const grace = await newCustomer(bank, "Grace");
    await send(ada.visitor, { to: grace.number, amount: "10" });
    const elsewhere = await logIn(bank, ada.email);
    await ada.visitor.post("/settings/close");
    expect(ada.visitor.cookie).toBeNull();
    const graceAlone = bank.db.prepare("SELECT count(DISTINCT user_id) AS users FROM sojourn_sessions").get();
    expect(graceAlone).toMatchObject({ users: 1 });
    expect((await elsewhere.get("/account")).status).toBe(401);
    expect((await logIn(bank, ada.email)).cookie).toBeNull();
    expect((await send(grace.visitor, { to: ada.number, amount: "10" })).status).toBe(422);
    expect((await grace.visitor.get("/account")).text).toContain("A closed account");
  });
});

describe("ending sessions", () => {
  test("of one other device needs a fresh proof", async () => {
    const { ada } = await staleCustomers();
    const elsewhere = await logIn(bank, ada.email);
    const page = await ada.visitor.get("/devices");
    const id = /name="id" value="([^"]+)"/.exec(page.text)?.[1] ?? "";
    expect(await ada.visitor.post("/devices/end", { id })).toMatchObject({ location: "/confirm?return_to=%2Fdevices" });
    expect((await elsewhere.get("/account")).status).toBe(200);
    await confirm(ada.visitor, { return_to: "/devices" });
    expect(await ada.visitor.post("/devices/end", { id })).toMatchObject({ location: "/devices?done=one" });
    expect((await elsewhere.get("/account")).status).toBe(401);
  });

  test("of all others needs a fresh proof", async () => {
    const { ada } = await staleCustomers();
    const elsewhere = await logIn(bank, ada.email);
    const asked = await ada.visitor.post("/devices/end-others");
    expect(asked.location).toBe("/confirm?return_to=%2Fdevices");
    expect((await elsewhere.get("/account")).status).toBe(200);
    await confirm(ada.visitor, { return_to: "/devices" });
    await ada.visitor.post("/devices/end-others");
    expect((await elsewhere.get("/account")).status).toBe(401);
  });
});
