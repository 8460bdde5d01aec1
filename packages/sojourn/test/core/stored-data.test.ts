import { expect, test } from "vitest";
import { StoredData } from "../../src/core/stored-data.ts";

test("data is what its text says, frozen throughout, and parsed once", () => {
  const data = new StoredData('{"cart":[{"book":1}]}');
  expect(data.value).toEqual({ cart: [{ book: 1 }] });
  expect(data.value).toBe(data.value);
  const cart = data.value.cart as unknown as object[];
  expect([data.value, cart, cart[0]].every(Object.isFrozen)).toBe(true);
});

test("a copy may be changed, and changes nothing else", () => {
  const data = new StoredData('{"count":1}');
  Object.assign(data.copy(), { count: 2 });
  expect(data.value).toEqual({ count: 1 });
  expect(data.json).toBe('{"count":1}');
});

test.each([
  ["is no JSON", "{secret plan}"],
  ["is a list", "[1]"],
  ["is nothing", "null"],
  ["nests deeper than a stack", `${'{"a":'.repeat(129)}1${"}".repeat(129)}`],
  ["nests lists deeper than a stack", `{"a":${"[".repeat(128)}${"]".repeat(128)}}`],
])("data that %s is damaged, and its text is not repeated", (_, json) => {
  for (const look of [() => new StoredData(json).value, () => new StoredData(json).copy()]) {
    expect(look).toThrow(expect.objectContaining({ code: "ERR_BODY_UNREADABLE" }));
    expect(look).not.toThrow(expect.objectContaining({ cause: expect.anything() }));
    expect(look).not.toThrow("secret plan");
  }
});

test("data that nests as deep as it may is read, many brackets or few", () => {
  const deep = `{"a":${"[".repeat(127)}${"]".repeat(127)}}`;
  expect(JSON.stringify(new StoredData(deep).value)).toBe(deep);
  const wide = `{"a":[${Array(300).fill("[]").join(",")}]}`;
  expect(JSON.stringify(new StoredData(wide).value)).toBe(wide);
});
