import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { decodeRecord, encodeRecord, type SessionRecord } from "../../src/core/record.ts";
import { lineageHashOf, recordWith, secretHashOf } from "../support/records.ts";
import { anyText } from "../support/texts.ts";

const whole: SessionRecord = recordWith({
  lineage: lineageHashOf("l"),
  current: secretHashOf("c"),
  currentSince: 1,
  pending: { hash: secretHashOf("p"), nonce: "n", settles: true },
  previous: { hash: secretHashOf("o"), until: 2, accepted: false },
  due: "leaked",
  startedAt: 3,
  lastSeenAt: 4,
  level: "aal2",
  proofs: { aal1: 3, aal2: 4 },
  loginOrder: 5,
  label: "Firefox on Linux",
  remembered: true,
  methods: ["pwd", "otp"],
  credentialVersion: "3",
  contained: { since: 5, by: ["incident 7", "incident 8"] },
  sealed: true,
  marks: ["m1", "m2"],
  data: { cart: ["book"] },
  dataVersion: 6,
  unknown: { binding: { key: "k" } },
});
const body = (changes: object = {}) => JSON.stringify({ ...JSON.parse(encodeRecord(whole)), ...changes });

test("the body has a stable form: rows of today are read by every later release", () => {
  expect(JSON.parse(encodeRecord(whole))).toEqual({
    binding: { key: "k" },
    v: 1,
    l: "l".repeat(43),
    c: "c".repeat(43),
    cs: 1,
    p: ["p".repeat(43), "n", true],
    o: ["o".repeat(43), 2, false],
    due: "leaked",
    s: 3,
    t: 4,
    a: "aal2",
    f: { aal1: 3, aal2: 4 },
    n: 5,
    w: "Firefox on Linux",
    r: true,
    am: ["pwd", "otp"],
    cv: "3",
    k: [5, "incident 7", "incident 8"],
    z: true,
    m: "m1 m2",
    d: { cart: ["book"] },
    dv: 6,
  });
  expect(decodeRecord(encodeRecord(whole))).toEqual(whole);
});

test("what is not there costs nothing", () => {
  const bare = recordWith({ level: null });
  expect(Object.keys(JSON.parse(encodeRecord(bare)))).toEqual([
    "v",
    "l",
    "c",
    "cs",
    "s",
    "t",
    "a",
    "f",
    "n",
    "m",
    "d",
    "dv",
  ]);
  expect(decodeRecord(encodeRecord(bare))).toEqual(bare);
  expect(Object.keys(decodeRecord(encodeRecord(bare)) ?? {})).toEqual(Object.keys(bare));
});

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const text = (length: number) => fc.string({ unit: fc.constantFrom(...letters), minLength: length, maxLength: length });
const instant = fc.integer({ min: -1e15, max: 1e15 });
const jsonObject = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);
const known = [
  "v",
  "l",
  "c",
  "cs",
  "p",
  "o",
  "due",
  "s",
  "t",
  "a",
  "f",
  "n",
  "w",
  "r",
  "am",
  "cv",
  "k",
  "z",
  "m",
  "d",
  "dv",
];
const record = fc
  .record(
    {
      lineage: text(43),
      current: text(43),
      currentSince: instant,
      pending: fc.record({ hash: text(43), nonce: fc.string(), settles: fc.boolean() }),
      previous: fc.record({ hash: text(43), until: instant, accepted: fc.boolean() }),
      due: fc.constantFrom("privileges-changed", "leaked"),
      startedAt: instant,
      lastSeenAt: instant,
      level: fc.constantFrom(null, "aal1", "aal2", "aal3"),
      proofs: fc.dictionary(fc.constantFrom("aal1", "aal2", "aal3"), instant),
      loginOrder: instant,
      label: fc.string(),
      remembered: fc.constant(true),
      methods: fc.array(fc.string(), { maxLength: 3 }),
      credentialVersion: fc.string(),
      contained: fc.record({ since: instant, by: fc.array(fc.string(), { minLength: 1, maxLength: 3 }) }),
      sealed: fc.constant(true),
      marks: fc.array(text(8), { maxLength: 8 }),
      data: jsonObject,
      dataVersion: fc.nat(),
      unknown: jsonObject.filter((value) => Object.keys(value).length > 0 && known.every((key) => !(key in value))),
    },
    {
      requiredKeys: [
        ...([
          "lineage",
          "current",
          "currentSince",
          "startedAt",
          "lastSeenAt",
          "level",
          "proofs",
          "loginOrder",
        ] as const),
        ...(["marks", "data", "dataVersion"] as const),
      ],
    },
  )
  .map((value) => value as unknown as SessionRecord);

test("every record comes back as it was, unknown fields included", () => {
  fc.assert(
    fc.property(record, (value) => {
      const decoded = decodeRecord(encodeRecord(value));
      expect(JSON.stringify(decoded)).toBe(JSON.stringify(decodeRecord(encodeRecord(decoded!))));
      expect(plain(decoded)).toEqual(plain(value));
    }),
  );
});

/** Without prototypes, which fast-check varies and JSON does not keep. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

test("a body with anything else in a known place is refused or read, never a crash, and never half read", () => {
  const written = JSON.parse(encodeRecord(whole)) as { readonly [key: string]: unknown };
  fc.assert(
    fc.property(fc.constantFrom(...known), fc.jsonValue(), (key, value) => {
      const decoded = decodeRecord(JSON.stringify({ ...written, [key]: value }));
      expect(decoded === null ? null : decodeRecord(encodeRecord(decoded))).toEqual(decoded);
    }),
    { numRuns: 1_000 },
  );
});

test("a body that was cut, or in which letters changed, is refused or read, never a crash", () => {
  const written = encodeRecord(whole);
  fc.assert(
    fc.property(fc.nat({ max: written.length }), anyText({ maxLength: 4 }), (at, inserted) => {
      expect(decodeRecord(written.slice(0, at))).toEqual(at === written.length ? whole : null);
      expect(() => decodeRecord(written.slice(0, at) + inserted + written.slice(at + inserted.length))).not.toThrow();
    }),
    { numRuns: 1_000 },
  );
  fc.assert(fc.property(anyText(), (anything) => decodeRecord(anything) === null));
});

test.each<[string, string]>([
  ["nothing", ""],
  ["no JSON", "{"],
  ["a number", "7"],
  ["null", "null"],
  ["a list", "[]"],
  ["an empty object", "{}"],
  ["no version", body({ v: undefined })],
  ["a broken version", body({ v: 1.5 })],
  ["a negative version", body({ v: -1 })],
  ["a version in text", body({ v: "1" })],
  ["a short lineage", body({ l: "l".repeat(42) })],
  ["a lineage that is a list", body({ l: Array(43).fill("l") })],
  ["a long current secret", body({ c: "c".repeat(44) })],
  ["no current secret", body({ c: undefined })],
  ["a current secret since never", body({ cs: null })],
  ["a pending secret that is text", body({ p: "p".repeat(43) })],
  ["a pending secret without hash", body({ p: [1, "n", true] })],
  ["a pending secret without nonce", body({ p: ["p".repeat(43), 1, true] })],
  ["a pending secret that says nothing of settling", body({ p: ["p".repeat(43), "n"] })],
  ["no list where pending stands", body({ p: false })],
  ["a previous secret that is text", body({ o: "o".repeat(43) })],
  ["a previous secret without hash", body({ o: [null, 2, true] })],
  ["a previous secret until never", body({ o: ["o".repeat(43), "2", true] })],
  ["a previous secret neither accepted nor refused", body({ o: ["o".repeat(43), 2, 1] })],
  ["due for another reason", body({ due: "tuesday" })],
  ["due for nothing", body({ due: null })],
  ["remembered or not", body({ r: false })],
  ["a method that is none", body({ am: ["pwd", 7] })],
  ["methods in one text", body({ am: "pwd" })],
  ["a credential's version in a number", body({ cv: 3 })],
  ["contained by nobody", body({ k: [5] })],
  ["contained by a number", body({ k: [5, 7] })],
  ["contained since never", body({ k: ["5", "incident 7"] })],
  ["contained, and not a word why", body({ k: true })],
  ["started in text", body({ s: "3" })],
  ["started never, in a number too large to be one", body().replace('"s":3', '"s":1e999')],
  ["never seen", body({ t: undefined })],
  ["an unknown level", body({ a: "aal4" })],
  ["no level", body({ a: undefined })],
  ["proofs in a list", body({ f: [] })],
  ["proofs of an unknown level", body({ f: { aal4: 1 } })],
  ["proofs at no time", body({ f: { aal1: "1" } })],
  ["no order", body({ n: null })],
  ["a label in a list", body({ w: ["Firefox"] })],
  ["a label of nothing", body({ w: null })],
  ["sealed by half", body({ z: false })],
  ["marks in a list", body({ m: ["m1"] })],
  ["data in a list", body({ d: [] })],
  ["no data", body({ d: undefined })],
  ["data of no version", body({ dv: null })],
  ["data of version -1", body({ dv: -1 })],
])("a body with %s is no record", (_, written) => {
  expect(decodeRecord(written)).toBeNull();
});

test("a body of a later format is read as far as it is known", () => {
  expect(decodeRecord(body({ v: 2, later: [1] }))).toEqual({
    ...whole,
    unknown: { v: 2, binding: { key: "k" }, later: [1] },
  });
});

test("no unknown field overrides a known one", () => {
  const odd = recordWith({ ...whole, unknown: { d: { admin: true }, s: 0 } });
  expect(decodeRecord(encodeRecord(odd))).toMatchObject({ data: { cart: ["book"] }, startedAt: 3 });
});
