import { expect, test } from "vitest";
import { isLoopback } from "../../src/http/loopback.ts";
import { assertSafeToIssue, isSafeConnection } from "../../src/http/safe-connection.ts";
import { aRequest } from "./exchange.ts";

const thisMachine = [
  "http://localhost",
  "http://localhost/",
  "http://localhost:3000/login",
  "http://LOCALHOST:3000",
  "http://app.localhost:3000",
  "http://127.0.0.1",
  "http://127.0.0.1:8080/path?query#fragment",
  "http://127.1.2.3",
  "http://[::1]",
  "http://[::1]:3000/",
  "https://localhost:3000",
];

const elsewhere = [
  "http://user:password@localhost:3000/",
  "http://evil.example@localhost/",
  "http://localhost#.evil.example/",
  "",
  "null",
  "localhost",
  "//localhost",
  "http:///localhost",
  "http://",
  "http://evil.example",
  "http://localhost.evil.example",
  "http://localhost.",
  "http://notlocalhost",
  "http://evil.example/localhost",
  "http://evil.example?localhost",
  "http://evil.example#@localhost",
  "http://evil.example/@localhost",
  "http://evil.example\\@localhost/",
  "http://localhost@evil.example",
  "http://localhost:3000@evil.example/",
  "http://127.0.0.1.evil.example",
  "http://127.0.0.1@evil.example",
  "http://127.0.0.1:80:evil.example",
  "http://127.evil.example",
  "http://127.0.0.1evil.example",
  "http://1127.0.0.1",
  "http://128.0.0.1",
  "http://0.0.0.0",
  "http://10.0.0.1",
  "http://[::]",
  "http://[::1].evil.example",
  "http://[::1]evil.example",
  "http://[2001:db8::1]",
  "http://[::ffff:10.0.0.1]",
  "http://evil.example:localhost",
  "http://localhost:port@evil.example",
];

test.each(thisMachine)("%s is this machine", (url) => {
  expect(isLoopback(url)).toBe(true);
});

test.each(elsewhere)("%s is not", (url) => {
  expect(isLoopback(url)).toBe(false);
});

test.each([
  ["https anywhere", "https://shop.example/", true],
  ["plain HTTP on this machine", "http://localhost:3000/", true],
  ["plain HTTP anywhere else", "http://shop.example/", false],
  ["plain HTTP in the local network", "http://192.168.0.10/", false],
])("%s: a token may travel: %j", (_what, url, safe) => {
  expect(isSafeConnection(aRequest({ url }))).toBe(safe);
});

test.each([
  ["https://shop.example/", null, null],
  ["https://shop.example/", "https://shop.example", null],
  ["https://shop.example/", "null", null],
  ["https://shop.example/", "http://localhost:3000", null],
  ["http://localhost:3000/", "http://localhost:3000", null],
  ["http://shop.example/", null, "ERR_INSECURE_TRANSPORT"],
  ["http://shop.example/", "https://shop.example", "ERR_INSECURE_TRANSPORT"],
  ["https://shop.example/", "http://shop.example", "ERR_INSECURE_ORIGIN"],
  ["https://shop.example/", "HTTP://shop.example", "ERR_INSECURE_ORIGIN"],
  ["https://shop.example/", "http://localhost.evil.example", "ERR_INSECURE_ORIGIN"],
])("a login at %s by a page of %s: %s", (url, origin, code) => {
  const outcome = codeOf(() => assertSafeToIssue(aRequest({ url, headers: origin === null ? {} : { origin } })));
  expect(outcome).toBe(code);
});

function codeOf(act: () => void): unknown {
  try {
    act();
    return null;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}
