import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { merged } from "../../src/express-session/merge.ts";

test.each<[string, JsonObject, JsonObject, JsonObject, JsonObject]>([
  ["nobody changed anything", { a: 1 }, { a: 1 }, { a: 1 }, { a: 1 }],
  ["each added another key", {}, { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
  ["each changed another key", { a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 2 }, { a: 2, b: 2 }],
  [
    "each changed another key deep inside",
    { a: { b: 1, c: { d: 1 } } },
    { a: { b: 2, c: { d: 1 } } },
    { a: { b: 1, c: { d: 2 } } },
    { a: { b: 2, c: { d: 2 } } },
  ],
  [
    "both began the same object",
    {},
    { flash: { info: ["a"] } },
    { flash: { error: ["b"] } },
    { flash: { info: ["a"], error: ["b"] } },
  ],
  ["both changed one value: the later one counts", { a: 1 }, { a: 2 }, { a: 3 }, { a: 2 }],
  ["I removed what nobody else touched", { a: 1, b: 1 }, { b: 1 }, { a: 1, b: 1 }, { b: 1 }],
  ["they removed what I did not touch", { a: 1, b: 1 }, { a: 1, b: 2 }, { b: 1 }, { b: 2 }],
  [
    "both added to one list",
    { l: ["a"] },
    { l: ["a", "mine"] },
    { l: ["a", "theirs"] },
    { l: ["a", "theirs", "mine"] },
  ],
  ["both began one list", {}, { l: ["mine"] }, { l: ["theirs"] }, { l: ["theirs", "mine"] }],
  ["I read the list empty while they added to it", { l: ["a"] }, {}, { l: ["a", "b"] }, { l: ["b"] }],
  ["they read the list empty while I added to it", { l: ["a"] }, { l: ["a", "b"] }, {}, { l: ["b"] }],
  ["both read the list empty", { l: ["a"] }, {}, {}, {}],
  ["they took one out while I added one", { l: ["a", "b"] }, { l: ["a", "b", "c"] }, { l: ["b"] }, { l: ["b", "c"] }],
  [
    "a list of objects that both only looked at",
    { l: [{ a: 1 }] },
    { l: [{ a: 1 }], b: 1 },
    { l: [{ a: 1 }], c: 1 },
    { l: [{ a: 1 }], b: 1, c: 1 },
  ],
  [
    "they logged the user out while I noted something about them",
    { user: { id: 1 } },
    { user: { id: 1, seen: 5 } },
    {},
    {},
  ],
  [
    "they set the user to null while I noted something",
    { user: { id: 1 } },
    { user: { id: 1, seen: 5 } },
    { user: null },
    { user: null },
  ],
  [
    "they removed the user inside while I changed something beside it",
    { passport: { user: 1 } },
    { passport: { user: 1, at: 5 } },
    { passport: {} },
    { passport: { at: 5 } },
  ],
  ["I removed an object that they changed inside", { a: { b: 1 } }, {}, { a: { b: 2 } }, {}],
  ["an object became a text", { a: { b: 1 } }, { a: "x" }, { a: { b: 1 } }, { a: "x" }],
])("%s", (_, base, mine, theirs, expected) => {
  expect(merged(base, mine, theirs)).toEqual(expected);
});

test("a key that is a prototype's name is a key, and no prototype", () => {
  const theirs = JSON.parse('{"__proto__":{"isAdmin":true}}') as JsonObject;
  const result = merged({}, { a: 1 }, theirs);
  expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  expect("isAdmin" in result).toBe(false);
});
