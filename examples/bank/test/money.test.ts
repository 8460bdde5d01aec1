import { afterEach, beforeEach, expect, test } from "vitest";
import { formatCents, parseAmount } from "../src/money.ts";
import { type OpenBank, openBank } from "./support/open-bank.ts";
import { balanceOf, newCustomer, newKey, send } from "./support/visitor.ts";

let bank: OpenBank;
beforeEach(async () => {
  bank = await openBank();
});
afterEach(() => bank.close());

test("a new account starts with 1,000.00", async () => {
  const ada = await newCustomer(bank, "Ada");
  expect(await balanceOf(ada.visitor)).toBe("1,000.00");
});

test("a transfer takes from one account what it gives to the other, and both see who and what for", async () => {
  const ada = await newCustomer(bank, "Ada");
  const grace = await newCustomer(bank, "Grace");
  const sent = await send(ada.visitor, { to: grace.number, amount: "12.34", message: "Tea & cake" });
  expect(sent).toMatchObject({ status: 303, location: expect.stringMatching(/^\/transfers\//) });
  expect(await balanceOf(ada.visitor)).toBe("987.66");
  expect(await balanceOf(grace.visitor)).toBe("1,012.34");
  const receipt = await grace.visitor.get(sent.location ?? "");
  expect(receipt.heading).toBe("Money received");
  expect(receipt.text).toContain("Tea &amp; cake");
  expect(receipt.text).toContain("Ada");
});

test("nobody else sees a transfer", async () => {
  const ada = await newCustomer(bank, "Ada");
  const grace = await newCustomer(bank, "Grace");
  const eve = await newCustomer(bank, "Eve");
  const { location } = await send(ada.visitor, { to: grace.number, amount: "1" });
  expect((await eve.visitor.get(location ?? "")).status).toBe(404);
});

test("nobody sends more than they have", async () => {
  const ada = await newCustomer(bank, "Ada");
  const grace = await newCustomer(bank, "Grace");
  const refused = await send(ada.visitor, { to: grace.number, amount: "1,000.01" });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain("There is not enough money on your account.");
  expect(await balanceOf(ada.visitor)).toBe("1,000.00");
  expect(await balanceOf(grace.visitor)).toBe("1,000.00");
});

test("thirty transfers at the same moment never overdraw an account, and lose no cent", async () => {
  const ada = await newCustomer(bank, "Ada");
  const grace = await newCustomer(bank, "Grace");
  const orders = Array.from({ length: 30 }, () => ({ key: crypto.randomUUID(), to: grace.number, amount: "70" }));
  const answers = await Promise.all(orders.map((order) => ada.visitor.post("/transfers", order)));
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(14);
  expect(answers.filter(({ status }) => status === 422)).toHaveLength(16);
  expect(await balanceOf(ada.visitor)).toBe("20.00");
  expect(await balanceOf(grace.visitor)).toBe("1,980.00");
});

test("the same form sent twice, also at the same moment, is one transfer", async () => {
  const ada = await newCustomer(bank, "Ada");
  const grace = await newCustomer(bank, "Grace");
  const form = { key: await newKey(ada.visitor), to: grace.number, amount: "50" };
  const answers = await Promise.all([1, 2, 3].map(() => ada.visitor.post("/transfers", form)));
  expect(new Set(answers.map(({ location }) => location))).toEqual(new Set([`/transfers/${form.key}`]));
  expect(await balanceOf(ada.visitor)).toBe("950.00");
});

test.each([
  "-5",
  "0",
  "0.00",
  "0.001",
  "1e3",
  "NaN",
  "Infinity",
  "0x10",
  "١٢",
  "12,50",
  "1,2,3",
  "1.2.3",
  "",
  "9".repeat(400),
])("the amount %j is refused, with what was typed kept", async (amount) => {
  const ada = await newCustomer(bank, "Ada");
  const grace = await newCustomer(bank, "Grace");
  const refused = await send(ada.visitor, { to: grace.number, amount, message: "still here" });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('<a href="#amount">Write an amount above zero');
  expect(refused.text).toContain('value="still here"');
  expect(await balanceOf(ada.visitor)).toBe("1,000.00");
});

test.each([
  ["a number that is no account", () => "10000000", "There is no open account with this number."],
  ["letters", () => "abcdefgh", "Write the eight digits of an account"],
  ["one's own account", (own: string) => own, "This is your own account."],
])("money does not go to %s", async (_case, to, says) => {
  const ada = await newCustomer(bank, "Ada");
  const refused = await send(ada.visitor, { to: to(ada.number), amount: "10" });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain(says);
  expect(await balanceOf(ada.visitor)).toBe("1,000.00");
});

test("amounts are whole numbers of cents", () => {
  expect(parseAmount("25")).toBe(2_500);
  expect(parseAmount(" 25.5 ")).toBe(2_550);
  expect(parseAmount("1,250.05")).toBe(125_005);
  expect(parseAmount("1000000")).toBe(100_000_000);
  expect(parseAmount("1000000.01")).toBeNull();
  expect(formatCents(125_005)).toBe("1,250.05");
  expect(formatCents(-7)).toBe("-0.07");
});
