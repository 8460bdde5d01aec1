import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newPerson, type Person, sendMoney, signUp } from "./support/browsing.ts";
import { launchChromium } from "./support/chromium.ts";
import { type OpenBank, openBank } from "./support/open-bank.ts";

let browser: Browser;
let bank: OpenBank;
let visitor: Person;
let member: Person;

beforeAll(async () => {
  browser = await launchChromium();
  bank = await openBank();
  visitor = await newPerson(browser, bank);
  member = await newPerson(browser, bank);
  await signUp(visitor.page, "Grace");
  const number = (await visitor.page.locator(".number span").textContent()) ?? "";
  await visitor.context.clearCookies();
  await signUp(member.page, "Ada");
  await sendMoney(member.page, { to: number, amount: "10" });
});
afterAll(async () => {
  await browser.close();
  await bank.close();
});

const pages = [
  ...["/", "/login", "/signup", "/welcome", "/account", "/logged-out", "/nothing"].map((path) => ["visitor", path]),
  ...["/account", "/devices", "/settings", "/settings/close", "/confirm", "/nothing"].map((path) => ["member", path]),
] as [string, string][];

test.each(pages)(
  "what a %s finds at %s can be read, named and reached, in both colours and on a phone",
  async (who, path) => {
    const { page } = who === "member" ? member : visitor;
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.goto(path);

    for (const role of ["banner", "main", "contentinfo", "navigation"] as const) {
      expect(await page.getByRole(role).count()).toBe(1);
    }
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    expect(await page.title()).toMatch(/^\S.+ · Sojourn Bank$/);
    expect(await page.getByRole("button", { name: "Log out", exact: true }).count()).toBe(who === "member" ? 1 : 0);

    expect(await namelessControls(page)).toEqual([]);
    const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map(({ id }) => id));
    expect(ids).toEqual([...new Set(ids)]);

    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await hardToRead(page)).toEqual([]);
    }
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  },
);

/** Fields without a label and buttons without a text. */
function namelessControls(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLInputElement | HTMLButtonElement>("input, button")]
      .filter((each) => each.type !== "hidden" && each.ariaHidden !== "true")
      .filter((each) => (each.labels?.length ?? 0) === 0 && each.textContent?.trim() === "")
      .map((each) => each.outerHTML),
  );
}

/** Texts whose contrast with what is behind them is below 4.5 : 1 (WCAG 1.4.3). */
function hardToRead(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (color: string) => {
      const [red = 0, green = 0, blue = 0] = channels(color).map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const behind = (element: Element | null): string => {
      if (!element) return "rgb(255, 255, 255)";
      const color = getComputedStyle(element).backgroundColor;
      return channels(color)[3] === 0 ? behind(element.parentElement) : color;
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const element = node.parentElement;
      if (!element || node.textContent?.trim() === "" || element.closest("[hidden], .unseen, .skip")) continue;
      const [dark = 0, bright = 0] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort();
      const contrast = (bright + 0.05) / (dark + 0.05);
      if (contrast < 4.5) found.push(`${contrast.toFixed(2)} ${node.textContent}`);
    }
    return found;
  });
}
