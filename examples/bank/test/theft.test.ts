import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { certificate, launchBindingChromium } from "./support/binding-chromium.ts";
import { newPerson, type Person, signUp } from "./support/browsing.ts";
import { type OpenBank, openBank } from "./support/open-bank.ts";
import { newCustomer } from "./support/visitor.ts";

let browser: Browser;
let bank: OpenBank;
let ada: Person;

beforeAll(async () => {
  browser = await launchBindingChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  bank = await openBank({ tls: certificate });
  ada = await newPerson(browser, bank);
});
afterEach(async () => {
  await ada.context.close();
  await bank.close();
  expect(ada.complaints).toEqual([]);
});

/** The types of the events in the bank's log. */
const logged = () => bank.lines.map((line) => JSON.parse(line).type);

test("the device that a session is bound to is in the list of devices, and a copied cookie opens nothing", async () => {
  const { page } = ada;
  await signUp(page, "Ada");
  await expect
    .poll(async () => {
      await page.goto("/devices");
      return page.locator(".device").textContent();
    })
    .toContain("Bound to the device since");
  bank.clock.advance(2 * 60_000);
  await page.getByRole("link", { name: "what a stolen cookie is worth" }).click();
  await page.getByText("This session is bound to this device").waitFor();
  await page.getByRole("button", { name: "Copy my cookies and try" }).click();
  expect(await page.locator("#session-cookie").textContent()).toBe("It opens nothing.");
  expect(await page.locator("#all-cookies").textContent()).toBe("It opens the account.");
  expect(logged()).toEqual(["session_created", "session_bound", "session_presented_unbound"]);
  await page.getByRole("link", { name: "Account", exact: true }).click();
  await page.getByRole("heading", { name: "Balance" }).waitFor();
});

test("ended from another device, it is logged out, and its browser asks for nothing more", async () => {
  const { page } = ada;
  await signUp(page, "Ada");
  await expect.poll(logged).toContain("session_created");
  await page.goto("/devices");
  await expect.poll(logged).toContain("session_bound");
  await page.getByRole("button", { name: "Log out everywhere, here too" }).click();
  await page.waitForURL("**/logged-out*");
  await page.goto("/account");
  await page.getByRole("heading", { name: "Log in", level: 1 }).waitFor();
  expect(await ada.context.cookies()).toEqual([]);
});

test("over plain http nothing is bound, and the page says what that means", async () => {
  const plain = await openBank();
  const { visitor } = await newCustomer(plain, "Ada");
  const { text } = await visitor.post("/theft");
  expect(text).toContain("not bound to a device");
  expect(text).toContain('id="session-cookie">It opens the account.');
  await plain.close();
});
