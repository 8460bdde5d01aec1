import { expect, test } from "vitest";
import { cookiesNow } from "../../src/adapters/shared/next-cookies.ts";
import { cookieValues } from "../../src/http/read-cookie.ts";

const name = "__Host-Http-id";

/** What `cookies()` of Next.js says of a header: decoded, and of two of one name the last; and of what was set since. */
function jar(sent: string, set: Readonly<Record<string, string>> = {}) {
  const pairs = sent.split(/; */).map((pair) => pair.split("="));
  const values = new Map(pairs.map(([key = "", ...value]) => [key, decodeURIComponent(value.join("="))]));
  for (const [key, value] of Object.entries(set)) values.set(key, value);
  return { getAll: () => [...values].map(([key, value]) => ({ name: key, value })), set() {} };
}

const read = (sent: string, set?: Readonly<Record<string, string>>) =>
  cookieValues(cookiesNow(sent, jar(sent, set)), name);

test("cookies are as they were sent, and those that were set since are in their place", () => {
  expect(read(`theme=dark; ${name}=old`)).toEqual(["old"]);
  expect(read(`theme=dark; ${name}=old`, { [name]: "new" })).toEqual(["new"]);
  expect(read("theme=dark", { [name]: "new" })).toEqual(["new"]);
  expect(read(`${name}=old`, { [name]: "" })).toEqual([]);
});

test("two of one name are seen, also where one is spelt in another way", () => {
  expect(read(`${name}=alice.1; ${name}=mallory.1`)).toEqual(["alice.1", "mallory.1"]);
  expect(read(`${name}=alice.1; ${name}=mallory%2E1`)).toEqual(["alice.1", "mallory%2E1"]);
});

test("another cookie's value is no cookie of ours, however it is spelt", () => {
  const planted = `theme=dark%3B%20${name}%3Dmallory.1`;
  expect(read(planted)).toEqual([]);
  expect(read(`${planted}; ${name}=alice.1`)).toEqual(["alice.1"]);
  expect(read("lang=en", { theme: `dark; ${name}=mallory.1` })).toEqual([]);
});

test("white space that browsers keep in a name does not pass for ours", () => {
  expect(read(`theme=dark;\u00a0${name}=mallory.1`)).toEqual([]);
});
