import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type OpenBank, openBank } from "./support/open-bank.ts";
import { logIn, newCustomer, password, Visitor } from "./support/visitor.ts";

let bank: OpenBank;
beforeEach(async () => {
  bank = await openBank({ policy: { idle: "15m", absolute: "2h" } });
});
afterEach(() => bank.close());

function explanation(text: string): string | undefined {
  return /id="ended-title">([^<]+)</.exec(text)?.[1];
}

test("after a quarter of an hour without activity the page says so, and leads back where it was", async () => {
  const ada = await newCustomer(bank, "Ada");
  bank.clock.advance("15m");
  const page = await ada.visitor.get("/devices");
  expect(page.status).toBe(401);
  expect(explanation(page.text)).toBe("You were logged out because nothing happened for a while");
  expect(page.text).toContain('name="return_to" value="/devices"');
  expect(page.text).not.toContain("Ada");
  expect(explanation((await ada.visitor.get("/timeout")).text)).toBeDefined();
});

test("a visitor who chose colours long ago and never logged in is not told of a logout", async () => {
  const visitor = new Visitor(bank);
  await visitor.post("/theme", { theme: "dark" });
  expect((await visitor.get("/login")).text).toContain('data-theme="dark"');
  bank.clock.advance("8d");
  for (const path of ["/account", "/login"]) expect(explanation((await visitor.get(path)).text)).toBeUndefined();
});

test("however busy, after the absolute timeout it is over, and the page says so", async () => {
  const ada = await newCustomer(bank, "Ada");
  for (let minute = 0; minute < 120; minute += 10) {
    expect((await ada.visitor.get("/account")).status).toBe(200);
    bank.clock.advance("10m");
  }
  const page = await ada.visitor.get("/account");
  expect(explanation(page.text)).toBe("You were logged out because it was time to log in again");
});

test("asking how long the session lasts does not make it last longer; saying 'I am still here' does", async () => {
  const ada = await newCustomer(bank, "Ada");
  const asJson = { accept: "application/json" };
  bank.clock.advance("10m");
  expect(JSON.parse((await ada.visitor.get("/session", asJson)).text)).toMatchObject({ idle: 5 * 60_000 });
  expect(JSON.parse((await ada.visitor.get("/session", asJson)).text)).toMatchObject({ idle: 5 * 60_000 });
  const stayed = await ada.visitor.post("/session", {}, { headers: asJson });
  expect(JSON.parse(stayed.text)).toEqual({ idle: 15 * 60_000, absolute: 110 * 60_000 });
  bank.clock.advance("14m");
  expect((await ada.visitor.get("/session", asJson)).status).toBe(200);
  bank.clock.advance("1m");
  expect(await ada.visitor.get("/session", asJson)).toMatchObject({ status: 401, text: '{"error":"signed-out"}' });
});

test("logging out ends this session and no other; the cookie and what the browser kept are cleared", async () => {
  const ada = await newCustomer(bank, "Ada");
  const elsewhere = await logIn(bank, ada.email);
  const copy = ada.visitor.copy();
  const out = await ada.visitor.post("/logout");
  expect(out).toMatchObject({ status: 303, location: "/logged-out" });
  expect(out.headers.get("clear-site-data")).toBe('"cache", "storage"');
  expect(ada.visitor.cookie).toBeNull();
  expect((await copy.get("/account")).status).toBe(401);
  expect((await elsewhere.get("/account")).status).toBe(200);
  expect(await ada.visitor.post("/logout")).toMatchObject({ status: 303, location: "/logged-out" });
});

test.each([
  ["confirmed the password", (tab: Visitor) => tab.post("/confirm", { password })],
  ["ended the other sessions", (tab: Visitor) => tab.post("/devices/end-others")],
])("logging out with the cookie from before another tab %s ends the session too", async (_case, act) => {
  const ada = await newCustomer(bank, "Ada");
  const lateTab = ada.visitor.copy();
  await act(ada.visitor);
  expect((await ada.visitor.get("/account")).status).toBe(200);
  expect(await lateTab.post("/logout")).toMatchObject({ status: 303, location: "/logged-out" });
  expect(lateTab.cookie).toBeNull();
  expect((await ada.visitor.get("/account")).status).toBe(401);
});

test("logging out with two different cookies says that nothing was ended, and leaves them alone", async () => {
  const ada = await newCustomer(bank, "Ada");
  const eve = await newCustomer(bank, "Eve");
  const mixed = new Visitor(bank);
  mixed.cookie = `${ada.visitor.cookie}; ${eve.visitor.cookie}`;
  const page = await mixed.post("/logout");
  expect(page).toMatchObject({ status: 400, heading: "You may still be logged in" });
  expect(page.headers.get("set-cookie")).toBeNull();
  for (const { visitor } of [ada, eve]) expect((await visitor.get("/account")).status).toBe(200);
});

test("logging out where nobody ever was logged in sets no cookie and clears nothing", async () => {
  const { status, location, headers } = await new Visitor(bank).post("/logout");
  expect({ status, location }).toEqual({ status: 303, location: "/logged-out" });
  expect(headers.get("set-cookie")).toBeNull();
  expect(headers.get("clear-site-data")).toBeNull();
});

test("logging out everywhere ends every session of this customer, and nobody else's", async () => {
  const ada = await newCustomer(bank, "Ada");
  const grace = await newCustomer(bank, "Grace");
  const elsewhere = await logIn(bank, ada.email);
  await ada.visitor.post("/logout/everywhere");
  expect(ada.visitor.cookie).toBeNull();
  const page = await elsewhere.get("/account");
  expect(page.status).toBe(401);
  expect(explanation(page.text)).toBe("Your session has ended");
  expect((await grace.visitor.get("/account")).status).toBe(200);
});

test("an old copy of a session ends it, and whoever was using it learns that at once", async () => {
  const ada = await newCustomer(bank, "Ada");
  const thief = ada.visitor.copy();
  bank.clock.advance("1m");
  await ada.visitor.post("/confirm", { password });
  bank.clock.advance("5m");
  await ada.visitor.get("/account");
  expect(explanation((await thief.get("/account")).text)).toBe("We ended your session to protect you");
  expect((await ada.visitor.get("/account")).status).toBe(401);
});

test("two different cookies under the name are neither used nor cleared, and the page says what to do", async () => {
  const ada = await newCustomer(bank, "Ada");
  const eve = await newCustomer(bank, "Eve");
  const mixed = new Visitor(bank);
  mixed.cookie = `${ada.visitor.cookie}; ${eve.visitor.cookie}`;
  const page = await mixed.get("/account");
  expect(explanation(page.text)).toBe("Your browser sent two different sessions");
  expect(page.headers.get("set-cookie")).toBeNull();
});

test("a session that is used from another browser opens nothing until its customer logs in, and the page says why", async () => {
  const ada = await newCustomer(bank, "Ada");
  const thief = ada.visitor.copy();
  const curl = await thief.get("/account", { "user-agent": "curl/7.88.1" });
  expect([curl.status, explanation(curl.text)]).toEqual([401, "We stopped your session to protect you"]);
  // With the right headers it is too late: the owner is asked as well, and that draws another secret.
  for (const browser of [thief, ada.visitor]) {
    expect(explanation((await browser.get("/account")).text)).toBe("We stopped your session to protect you");
  }
  await ada.visitor.post("/login", { email: ada.email, password });
  expect((await ada.visitor.get("/account")).heading).toBe("Your account");
  expect((await thief.get("/account")).status).toBe(401);
  expect(bank.lines.some((line) => JSON.parse(line).type === "session_client_changed")).toBe(true);
});

test("a customer whose session the bank has contained is told so, and logs in again", async () => {
  const ada = await newCustomer(bank, "Ada");
  await ada.visitor.get("/account");
  await bank.manager.contain({ all: true }, { name: "a lost laptop", action: "lock" });
  expect(explanation((await ada.visitor.get("/account")).text)).toBe("We stopped your session to protect you");
  await ada.visitor.post("/login", { email: ada.email, password });
  expect((await ada.visitor.get("/account")).heading).toBe("Your account");
});

describe("your devices", () => {
  test("lists every session by the browser it belongs to, and says which one this is", async () => {
    const ada = await newCustomer(bank, "Ada");
    const phone = new Visitor(bank);
    const userAgent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1";
    await phone.post("/login", { email: ada.email, password }, { headers: { "user-agent": userAgent } });
    const { text } = await phone.get("/devices", { "user-agent": userAgent });
    expect(text.match(/class="card device"/g)).toHaveLength(2);
    expect(text).toContain('Safari on iPhone <span class="badge">This device</span>');
    expect(text.match(/This device</g)).toHaveLength(1);
  });

  test("a login from a device that is new is told on the others, until the customer has looked at the list", async () => {
    const ada = await newCustomer(bank, "Ada");
    await logIn(bank, ada.email);
    expect((await ada.visitor.get("/account")).text).not.toContain("new device");
    const thief = new Visitor(bank);
    const userAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
    await thief.post("/login", { email: ada.email, password }, { headers: { "user-agent": userAgent } });
    const theirs = { "user-agent": userAgent };
    expect((await thief.get("/account", theirs)).text).not.toContain("new device");
    // Whoever logged in with it cannot make the message go away.
    await thief.get("/devices", theirs);
    const { text } = await ada.visitor.get("/account");
    expect(text).toContain("Somebody logged in from a new device: Firefox on Windows");
    expect((await ada.visitor.get("/devices")).text).toContain("Firefox on Windows");
    expect((await ada.visitor.get("/account")).text).not.toContain("new device");
  });

  test("this one can be given a name", async () => {
    const ada = await newCustomer(bank, "Ada");
    await ada.visitor.post("/devices/name", { label: 'Desk <b>"at home"</b>' });
    const { text } = await (await logIn(bank, ada.email)).get("/devices");
    expect(text).toContain("Desk &lt;b&gt;&quot;at home&quot;&lt;/b&gt;");
    expect((await ada.visitor.post("/devices/name", { label: "x".repeat(61) })).status).toBe(422);
  });

  test("the id of somebody else's session, or none at all, ends nothing", async () => {
    const ada = await newCustomer(bank, "Ada");
    const eve = await newCustomer(bank, "Eve");
    const id = ada.visitor.cookie?.split("=")[1]?.split(".")[0] ?? "";
    for (const given of [id, "", "../..", "__proto__", "\0", "x".repeat(5_000), ada.visitor.cookie ?? ""]) {
      expect(await eve.visitor.post("/devices/end", { id: given })).toMatchObject({ location: "/devices?done=none" });
    }
    expect((await ada.visitor.get("/account")).status).toBe(200);
  });

  test("an eleventh log-in ends the oldest", async () => {
    const ada = await newCustomer(bank, "Ada");
    for (let at = 0; at < 10; at++) {
      bank.clock.advance("1s");
      await logIn(bank, ada.email);
    }
    expect((await ada.visitor.get("/account")).status).toBe(401);
  });
});
