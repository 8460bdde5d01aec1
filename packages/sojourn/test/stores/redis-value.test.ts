import { expect, test } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
import { readNumber, readValue, rowValue, writtenNumber } from "../../src/stores/redis/value.ts";

const id = "a".repeat(22) as SessionId;
const row = {
  id,
  version: 3,
  userId: "alice",
  ref: "idp sid",
  expiresAt: 1_795_761_234_567,
  body: '{"v":1}\0 and \0 more',
};
const wrapping = { indexUntil: 1_795_791_234_567, stamp: "abcdefgh" };

test.each([
  ["a session of a user that somebody else names too", row],
  ["an anonymous one", { ...row, userId: null, ref: null }],
  ["one at its first version, with an empty body", { ...row, version: 1, body: "" }],
  ["one written as often as can be counted", { ...row, version: 36 ** 10 - 1 }],
])("%s is read as it was written", (_what, written) => {
  expect(readValue(id, rowValue(written, wrapping))).toEqual(written);
});

test("nothing, a claim and a tombstone are no session", () => {
  expect([null, "?abc", "-abc"].map((value) => readValue(id, value))).toEqual([null, null, null]);
});

const value = rowValue(row, wrapping);
const damaged = [
  ...[...value.slice(0, value.indexOf("{")).matchAll(/\0/g)].map(({ index }) => value.slice(0, index)),
  "",
  "\0\0\0\0\0\0",
  "1\x00A\x001\0s\0u\0r\0b",
  "1\x001:\x001\0s\0u\0r\0b",
  "1\x00`\x001\0s\0u\0r\0b",
  "99999999999\x001\x001\0s\0u\0r\0b",
  "1\x001\x00\0s\0u\0r\0b",
];

test.each(damaged)("what nobody has written is version 0 without a body: %j", (text) => {
  expect(readValue(id, text)).toEqual({ id, version: 0, userId: null, ref: null, expiresAt: 0, body: "" });
});

test("numbers are read as they were written", () => {
  for (const number of [0, 1, 9, 10, 35, 36, 1_795_761_234_567]) expect(readNumber(writtenNumber(number))).toBe(number);
});
