import { createServer } from "node:http";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  fillInLogIn,
  focusedName,
  logIn,
  logOut,
  newPerson,
  type Person,
  pass,
  sendMoney,
  signUp,
  tabTo,
} from "./support/browsing.ts";
import { launchChromium } from "./support/chromium.ts";
import { listen, type OpenBank, openBank } from "./support/open-bank.ts";
import { password } from "./support/visitor.ts";

let browser: Browser;
let bank: OpenBank;
let ada: Person;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  bank = await openBank();
  ada = await newPerson(browser, bank);
});
afterEach(async () => {
  await ada.context.close();
  await bank.close();
  expect(ada.complaints).toEqual([]);
});

const minute = 60_000;

test("somebody logs in with the keyboard alone", async () => {
  const { page } = ada;
  const { email } = await signUp(page, "Ada");
  await logOut(page);
  await page.goto("/");
  await page.keyboard.press("Tab");
  expect(await focusedName(page)).toBe("Skip to content");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
  await tabTo(page, "Log in");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/login");
  await tabTo(page, "E-mail address");
  await page.keyboard.type(email);
  await page.keyboard.press("Tab");
  expect(await focusedName(page)).toBe("Password");
  await page.keyboard.type(password);
  await page.keyboard.press("Tab");
  expect(await focusedName(page)).toBe("Log in");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/account");
});

test("a mistake is read first, and leads to its field", async () => {
  const { page } = ada;
  await signUp(page, "Ada");
  await sendMoney(page, { to: "12", amount: "5" });
  const summary = page.getByRole("alert").filter({ hasText: "Please look at this again" });
  await expect.poll(() => summary.evaluate((element) => element === document.activeElement)).toBe(true);
  await tabTo(page, "Write the eight digits of an account, like 1234 5678.");
  await page.keyboard.press("Enter");
  expect(await focusedName(page)).toBe("To account");
  expect(await page.getByLabel("To account").getAttribute("aria-invalid")).toBe("true");
  expect(await page.getByLabel("Amount").inputValue()).toBe("5");
});

test("the browser keeps one cookie that no script sees, and nothing else", async () => {
  const { page, context } = ada;
  await signUp(page, "Ada");
  expect(await context.cookies()).toEqual([
    {
      name: "__Host-Http-id",
      value: expect.stringMatching(/^[\w-]{22}\.[\w-]+$/),
      domain: "localhost",
      path: "/",
      expires: -1,
      httpOnly: true,
      secure: true,
      sameSite: "Lax",
    },
  ]);
  const seen = await page.evaluate(async () => ({
    cookie: document.cookie,
    stored: localStorage.length + sessionStorage.length,
    databases: await indexedDB.databases(),
  }));
  expect(seen).toEqual({ cookie: "", stored: 0, databases: [] });
});

test("after logging out in one tab, the back button in the other shows nothing of the account", async () => {
  const { page, context } = ada;
  await signUp(page, "Ada");
  await page.goto("/settings");
  await page.goto("/logged-out");
  const other = await context.newPage();
  await other.goto("/account");
  await logOut(other);
  await page.goBack();
  await page.getByRole("heading", { name: "Log in", level: 1 }).waitFor();
  expect(await page.content()).not.toContain("ada@example.org");
  await page.goBack();
  await page.getByRole("heading", { name: "Log in", level: 1 }).waitFor();
  expect(await page.content()).not.toContain("1,000.00</p>");
  await other.goBack();
  await other.getByRole("heading", { name: "Log in", level: 1 }).waitFor();
});

test("after a session was ended from elsewhere, the back button shows nothing of the account, script or not", async () => {
  const { page } = ada;
  const { email } = await signUp(page, "Ada");
  const left = await newPerson(browser, bank, { javaScriptEnabled: false });
  await logIn(left.page, email);
  await left.page.goto("/settings");
  await left.page.goto("/logged-out");
  await page.goto("/devices");
  await page.getByRole("button", { name: "Log out everywhere, here too" }).click();
  await page.getByText("On this device and on all others.").waitFor();
  await left.page.goBack();
  await left.page.getByRole("heading", { name: "Your session has ended" }).waitFor();
  expect(await left.page.content()).not.toContain(email);
  await left.context.close();
});

describe("a form on another site", () => {
  test.each([
    ["on another host, which sends no cookie", "127.0.0.1"],
    ["on another port, which does send it", "localhost"],
  ])("%s, moves no money", async (_case, host) => {
    const { page } = ada;
    const own = await signUp(page, "Ada");
    const grace = await newPerson(browser, bank);
    const { number } = await signUp(grace.page, "Grace");
    const trap = createServer((_request, response) => {
      response.setHeader("Content-Type", "text/html");
      response.end(`<form method="post" action="${bank.url}/transfers">
        <input name="to" value="${number}"><input name="amount" value="50"><input name="key" value="${crypto.randomUUID()}">
        <button>Win a prize</button></form>`);
    });
    const port = await listen(trap);
    await page.goto(`http://${host}:${port}/`);
    await page.getByRole("button", { name: "Win a prize" }).click();
    await page.getByRole("heading", { name: "That did not come from our pages" }).waitFor();
    await page.goto("/account");
    expect(await page.locator(".amount").textContent()).toBe("1,000.00");
    expect(await page.locator(".number span").textContent()).toBe(own.number);
    trap.close();
    trap.closeAllConnections();
    await grace.context.close();
  });
});

test("everything works without JavaScript", async () => {
  const plain = await newPerson(browser, bank, { javaScriptEnabled: false });
  const { page } = plain;
  const { number } = await signUp(ada.page, "Ada");
  const { email } = await signUp(page, "Grace");
  await page.getByRole("button", { name: "Dark" }).click();
  await logOut(page);
  await page.getByRole("link", { name: "Log in again" }).click();
  await fillInLogIn(page, email);
  await page.waitForURL("**/account");
  await page.getByText("you are logged out after 15 minutes without activity").waitFor();

  bank.clock.advance(6 * minute);
  await sendMoney(page, { to: number, amount: "250" });
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Confirm and send" }).click();
  await page.getByRole("link", { name: "This is not your password." }).waitFor();
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Confirm and send" }).click();
  await page.getByRole("heading", { name: "Money sent" }).waitFor();

  await page.getByRole("link", { name: "Your devices" }).click();
  await page.getByLabel("Name of this device").fill("The old one");
  await page.getByRole("button", { name: "Save name" }).click();
  await page.getByRole("heading", { name: "The old one" }).waitFor();

  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Current password").fill(password);
  await page.getByLabel("New password").fill("another good phrase");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByRole("heading", { name: "Your password is changed" }).waitFor();

  bank.clock.advance(15 * minute);
  await page.goto("/settings");
  await page.getByRole("heading", { name: "You were logged out because nothing happened for a while" }).waitFor();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill("another good phrase");
  await page.getByRole("main").getByRole("button", { name: "Log in" }).click();
  await page.waitForURL("**/settings");
  await page.getByRole("link", { name: "Close your account" }).click();
  await page.getByRole("button", { name: "Close my account for good" }).click();
  await page.getByText("Your account is closed").waitFor();
  await plain.context.close();
});

describe("before the session ends for lack of activity", () => {
  test("a warning is announced, can be reached, and one button is enough to stay", async () => {
    const { page } = ada;
    await page.clock.install();
    await signUp(page, "Ada");
    await pass(bank, page, 12 * minute);
    expect(await page.getByRole("region", { name: "Are you still there?" }).isVisible()).toBe(false);
    await pass(bank, page, minute + 1_000);
    const warning = page.getByRole("region", { name: "Are you still there?" });
    await warning.getByText(/You will be logged out in 1 minute 5\d seconds/).waitFor();
    await page.getByRole("alert").getByText("There is a button to stay logged in.").waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("BODY");

    await tabTo(page, "Stay logged in");
    await page.keyboard.press("Enter");
    await warning.waitFor({ state: "hidden" });
    await page.getByRole("alert").getByText("You stay logged in.").waitFor();
    await pass(bank, page, 12 * minute);
    expect(await warning.isVisible()).toBe(false);
    await page.goto("/devices");
    await page.getByRole("heading", { name: "Your devices" }).waitFor();
  });

  test("whoever does nothing finds a page that says why, and nothing of the account", async () => {
    const { page } = ada;
    await page.clock.install();
    const { email } = await signUp(page, "Ada");
    await page.goto("/settings");
    await pass(bank, page, 14 * minute);
    await page.getByRole("region", { name: "Are you still there?" }).waitFor();
    await pass(bank, page, minute + 1_000);
    await page.getByRole("heading", { name: "You were logged out because nothing happened for a while" }).waitFor();
    await page.goBack().catch(() => null);
    expect(await page.content()).not.toContain(email);
    await page.goto("/timeout?return_to=/settings");
    await fillInLogIn(page, email);
    await page.waitForURL("**/settings");
  });

  test("what happens in another tab counts: this one warns nobody", async () => {
    const { page, context } = ada;
    await page.clock.install();
    await signUp(page, "Ada");
    await pass(bank, page, 12 * minute);
    const other = await context.newPage();
    await other.goto("/devices");
    const asked = page.waitForResponse("**/session");
    await pass(bank, page, 2 * minute);
    expect(await (await asked).json()).toMatchObject({ idle: 13 * minute });
    expect(await page.getByRole("region", { name: "Are you still there?" }).isVisible()).toBe(false);
  });

  test("near the absolute end there is a warning, and no button that could not keep its promise", async () => {
    const { page } = ada;
    await page.clock.install();
    await signUp(page, "Ada");
    for (let passed = 0; passed < 470; passed += 10) {
      bank.clock.advance(10 * minute);
      // Not by `page.request`, which sends the browser's User-Agent and none of its hints, as a thief's script would.
      await page.evaluate(async () => void (await fetch("/account")).status);
    }
    await page.goto("/account");
    await pass(bank, page, 9 * minute);
    await page
      .getByRole("region", { name: "Are you still there?" })
      .getByText("Please finish what you are doing")
      .waitFor();
    expect(await page.getByRole("button", { name: "Stay logged in" }).isVisible()).toBe(false);
  });
});

test("a large transfer asks for the password again, and forgets nothing of it", async () => {
  const { page } = ada;
  const grace = await newPerson(browser, bank);
  const { number } = await signUp(grace.page, "Grace");
  await signUp(page, "Ada");
  bank.clock.advance(6 * minute);
  await sendMoney(page, { to: number, amount: "123.45" });
  await page.getByRole("heading", { name: "Confirm it is you" }).waitFor();
  await page.getByText("123.45").waitFor();
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Money sent" }).waitFor();
  await page.reload();
  await page.goto("/account");
  expect(await page.locator(".amount").textContent()).toBe("876.55");
  await grace.page.goto("/account");
  expect(await grace.page.locator(".amount").textContent()).toBe("1,123.45");
  await grace.context.close();
});

test("a device ended from another one is logged out at its next step, and told why", async () => {
  const { page } = ada;
  const { email } = await signUp(page, "Ada");
  const lost = await newPerson(browser, bank, { userAgent: "Mozilla/5.0 (Linux; Android 15) Firefox/140.0" });
  await logIn(lost.page, email);
  await page.goto("/devices");
  await page.getByRole("button", { name: "End the session on Firefox on Android" }).click();
  await page.getByText("That session is ended.").waitFor();
  await lost.page.getByRole("link", { name: "Settings" }).click();
  await lost.page.getByRole("heading", { name: "Your session has ended" }).waitFor();
  await lost.page.getByText("ended from another of your devices").waitFor();
  await page.getByRole("link", { name: "Account", exact: true }).click();
  await page.getByRole("heading", { name: "Balance" }).waitFor();
  await lost.context.close();
});

test("a script that somebody smuggled into a page does not run", async () => {
  const { page, context, complaints } = await newPerson(browser, bank);
  await page.route("**/login", async (route) => {
    const response = await route.fetch();
    const smuggled =
      "<script>document.title = 'smuggled'</script><img src='/none' onerror=\"document.title = 'smuggled'\">";
    await route.fulfill({ response, body: (await response.text()).replace("</main>", `${smuggled}</main>`) });
  });
  await page.goto("/login");
  await expect.poll(() => complaints.length).toBeGreaterThanOrEqual(2);
  expect(await page.title()).toBe("Log in · Sojourn Bank");
  await context.close();
});
