import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import type { OpenBank } from "./open-bank.ts";
import { password } from "./visitor.ts";

/** Somebody with a browser profile of their own. */
export interface Person {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser complained about: refused by the content security policy, or an error in the script. */
  readonly complaints: readonly string[];
}

export async function newPerson(
  browser: Browser,
  bank: OpenBank,
  options: BrowserContextOptions = {},
): Promise<Person> {
  const context = await browser.newContext({ baseURL: bank.url, ...options });
  context.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  context.on("console", (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(error.error().message));
  return { context, page: await context.newPage(), complaints };
}

export async function signUp(page: Page, name: string): Promise<{ readonly email: string; readonly number: string }> {
  const email = `${name.toLowerCase()}@example.org`;
  await page.goto("/signup");
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("main").getByRole("button", { name: "Open an account" }).click();
  await page.waitForURL("**/account");
  return { email, number: (await page.locator(".number span").textContent()) ?? "" };
}

export async function logIn(page: Page, email: string): Promise<void> {
  await page.goto("/login");
  await fillInLogIn(page, email);
  await page.waitForURL("**/account");
}

export async function fillInLogIn(page: Page, email: string): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("main").getByRole("button", { name: "Log in" }).click();
}

export async function logOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Log out", exact: true }).click();
  await page.waitForURL("**/logged-out");
}

export async function sendMoney(page: Page, order: { readonly to: string; readonly amount: string }): Promise<void> {
  await page.goto("/account");
  await page.getByLabel("To account").fill(order.to);
  await page.getByLabel("Amount").fill(order.amount);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

/** Lets time pass for the server and for the page's own timers. Needs `page.clock.install()` before the page was opened. */
export async function pass(bank: OpenBank, page: Page, milliseconds: number): Promise<void> {
  bank.clock.advance(milliseconds);
  await page.clock.fastForward(milliseconds);
}

/** Presses Tab until what has the focus is called `name`. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press("Tab");
    if ((await focusedName(page)) === name) return;
  }
  throw new Error(`The Tab key does not lead to "${name}"`);
}

/** What has the focus, as a screen reader calls it, nearly. */
export function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    const label = focused instanceof HTMLInputElement ? focused.labels?.[0] : focused;
    return label?.textContent?.trim() ?? "";
  });
}
