import type { BrowserContext, Page } from "playwright-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Application, startApplication } from "./support/application.ts";
import { newProfile, openBrowser, type Profile } from "./support/chromium.ts";

/* Several applications under one site share a session and its device. */

let app: Application;
let profile: Profile;
let browser: BrowserContext;
let page: Page;
let shop: string;
let pay: string;

beforeEach(async () => {
  app = await startApplication({ cookie: { scope: "site", domain: "shop.example" } }, [
    "shop.example",
    "pay.shop.example",
  ]);
  [shop, pay] = app.origins as [string, string];
  profile = newProfile();
  browser = await openBrowser(profile);
  page = browser.pages()[0] ?? (await browser.newPage());
});
afterEach(async () => {
  await browser.close();
  await app.close();
  profile.remove();
});

test.each(["the site itself", "one of its applications"])(
  "logged in at %s, both are bound by one device",
  async (where) => {
    const [home, other] = where === "the site itself" ? [shop, pay] : [pay, shop];
    await page.goto(`${home}/login`);
    await page.getByRole("button", { name: "Log in" }).click();
    await expect.poll(() => app.seen.some(({ path }) => path === "/device-binding/register")).toBe(true);
    await page.goto(`${home}/`);
    await expect.poll(() => app.events.some(({ type }) => type === "session_bound")).toBe(true);
    app.clock.advance("2m");
    expect(app.seen.some(({ path }) => path === "/.well-known/device-bound-sessions")).toBe(home === pay);
    for (const origin of [other, home]) {
      await browser.clearCookies({ name: "__Secure-id-bound" });
      await page.goto(`${origin}/`);
      expect(await page.textContent("#bound")).toBe("true");
    }
  },
);
