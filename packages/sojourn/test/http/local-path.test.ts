import { expect, test } from "vitest";
import { localPath } from "../../src/http/local-path.ts";

test.each([
  ["/account", "/account"],
  ["/account?tab=devices&page=2", "/account?tab=devices&page=2"],
  ["/a/../b", "/b"],
  ["/", "/"],
  ["/caf%C3%A9", "/caf%C3%A9"],
])("a path of this application is one: %s", (given, path) => {
  expect(localPath(given)).toBe(path);
});

test("a fragment is left out: it never reaches the server", () => {
  expect(localPath("/account#top")).toBe("/account");
});

test.each([
  "https://evil.example/",
  "//evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/.//evil.example",
  "/a/..//evil.example",
  "/%2e//evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  " /account",
  "javascript:alert(1)",
  "account",
  "",
  "/café",
  `/${"a".repeat(2_000)}`,
])("what a browser might take for another site is none: %j", (given) => {
  expect(localPath(given)).toBeNull();
});

test.each([[undefined], [null], [42], [["/a"]], [{ path: "/a" }]])("what is not text is none: %j", (given) => {
  expect(localPath(given)).toBeNull();
});
