import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Browser, type Page } from "./browser.ts";
import { type OpenIdProvider, startProvider } from "./provider.ts";
import { type RelyingParty, startRelyingParty } from "./relying-party.ts";

/* Two applications that leave their logins to one provider: the bank is told which session ends, the shop only whose. */

let bank: RelyingParty;
let shop: RelyingParty;
let provider: OpenIdProvider;

beforeAll(async () => {
  bank = await startRelyingParty("bank", { bySession: true });
  shop = await startRelyingParty("shop", { bySession: false });
  provider = await startProvider([bank.client, shop.client]);
  for (const party of [bank, shop]) party.follow(provider.issuer);
});
afterAll(() => Promise.all([provider, bank, shop].map((each) => each?.close())));

let seen: number;
beforeEach(() => {
  seen = provider.sent.length;
});
const sentSince = () => provider.sent.slice(seen).toSorted();

test("a logout at the bank logs out at the provider, and the provider at the shop", async () => {
  const browser = new Browser();
  await logIn(browser, bank, "alice");
  await logIn(browser, shop, "alice");
  const elsewhere = new Browser();
  await logIn(elsewhere, bank, "alice");

  const asked = await browser.go(`${bank.client.origin}/logout`);
  expect(asked.url.origin).toBe(provider.issuer);
  const back = await asked.submit({ logout: "yes" });
  expect([back.url.origin, back.text]).toEqual([bank.client.origin, "bye"]);

  expect(sentSince()).toEqual(["bank: 200", "shop: 200"]);
  expect(bank.answers.at(-1)).toMatchObject({ status: 200, because: null, ended: 0 });
  expect(shop.answers.at(-1)).toMatchObject({ status: 200, because: null, ended: 1 });
  expect(await whoIs(browser, bank)).toBe("nobody, anonymous");
  expect(await whoIs(browser, shop)).toBe("nobody, anonymous");
  // Another browser's session at the bank has a sid of its own.
  expect(await whoIs(elsewhere, bank)).toBe("alice");
});

test("a logout at the provider itself ends the very session at the bank, and all of the user's at the shop", async () => {
  const [laptop, phone, bobs] = [new Browser(), new Browser(), new Browser()];
  for (const browser of [laptop, phone]) {
    await logIn(browser, bank, "carol");
    await logIn(browser, shop, "carol");
  }
  await logIn(bobs, bank, "bob");
  await logIn(bobs, shop, "bob");

  const asked = await laptop.go(`${provider.issuer}/session/end`);
  await asked.submit({ logout: "yes" });
  expect(sentSince()).toEqual(["bank: 200", "shop: 200"]);
  expect(bank.answers.at(-1)).toMatchObject({ status: 200, ended: 1 });
  expect(shop.answers.at(-1)).toMatchObject({ status: 200, ended: 2 });
  expect(await whoIs(laptop, bank)).toBe("nobody, anonymous");
  expect(await whoIs(phone, bank)).toBe("carol");
  for (const browser of [laptop, phone]) expect(await whoIs(browser, shop)).toBe("nobody, anonymous");
  for (const party of [bank, shop]) expect(await whoIs(bobs, party)).toBe("bob");
});

test("who recorded the provider's tokens cannot use them again, nor at another application", async () => {
  const browser = new Browser();
  await logIn(browser, shop, "dave");
  await (await browser.go(`${provider.issuer}/session/end`)).submit({ logout: "yes" });
  await logIn(browser, shop, "dave");
  const [recorded, banks] = [shop.tokens.at(-1)!, bank.tokens.at(-1)!];
  expect(await post(shop, recorded)).toEqual([400, '{"error":"invalid_request"}']);
  expect(shop.answers.at(-1)?.because).toBe("replay");
  expect(await post(shop, banks)).toEqual([400, '{"error":"invalid_request"}']);
  expect(shop.answers.at(-1)?.because).toBe("audience");
  expect(await whoIs(browser, shop)).toBe("dave");
});

async function logIn(browser: Browser, party: RelyingParty, user: string): Promise<void> {
  let page = await browser.go(`${party.client.origin}/login`);
  while (page.url.origin === provider.issuer) page = await page.submit({ login: user, password: "any" });
  expect(said(page)).toBe(user);
}

async function whoIs(browser: Browser, party: RelyingParty): Promise<string> {
  return said(await browser.go(`${party.client.origin}/`));
}

function said({ status, text }: Page): string {
  return status === 200 ? text : `${status}: ${text}`;
}

async function post({ client }: RelyingParty, token: string): Promise<[status: number, body: string]> {
  const response = await fetch(`${client.origin}/backchannel`, {
    method: "POST",
    body: new URLSearchParams({ logout_token: token }),
  });
  return [response.status, await response.text()];
}
