import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { decodeRecord, encodeRecord, type SessionRecord } from "../../src/core/record.ts";
import { StoredData } from "../../src/core/stored-data.ts";
import { lineageHashOf, recordWith, secretHashOf } from "../support/records.ts";
import { anyText } from "../support/texts.ts";

const whole: SessionRecord = recordWith({
  lineage: lineageHashOf("l"),
  current: secretHashOf("c"),
  startedAt: 1_700_000_000_000,
  currentSince: 1_700_000_000_001,
  lastSeenAt: 1_700_000_060_000,
  loginOrder: 1_699_999_999_990,
  level: "aal2",
  proofs: { aal1: 1_700_000_000_000, aal3: 1_700_000_000_035 },
  marks: ["mark0001", "mark0002"],
  data: new StoredData('{"cart":["book"]}'),
  dataVersion: 37,
  pending: { hash: secretHashOf("p"), nonce: "n", settles: true },
  previous: { hash: secretHashOf("o"), until: 2, accepted: false },
  due: "leaked",
  label: "Firefox on Linux",
  remembered: true,
  methods: ["pwd", "otp"],
  credentialVersion: "3",
  contained: { since: 5, by: ["incident 7", "incident 8"] },
  sealed: true,
  unknown: { binding: { key: "k" } },
});
const body = encodeRecord(whole);
const [first, rare, data] = body.split("\n") as [string, string, string];
const withFirst = (changed: string) => [changed, rare, data].join("\n");
const withRare = (changes: object) => [first, JSON.stringify({ ...JSON.parse(rare), ...changes }), data].join("\n");
const withData = (changed: string) => [first, rare, changed].join("\n");
const without = (field: number) => withFirst(first.split(" ").toSpliced(field, 1).join(" "));
const withField = (field: number, changed: string) => withFirst(first.split(" ").with(field, changed).join(" "));

test("the body has a stable form: rows of today are read by every later release", () => {
  expect(first).toBe(`1${"l".repeat(22)}${"c".repeat(43)} loyw3v28 1 1aao -a 2,0,,z mark0001mark0002 11`);
  expect(JSON.parse(rare)).toEqual({
    binding: { key: "k" },
    p: ["p".repeat(43), "n", true],
    o: ["o".repeat(43), 2, false],
    due: "leaked",
    w: "Firefox on Linux",
    r: true,
    am: ["pwd", "otp"],
    cv: "3",
    k: [5, "incident 7", "incident 8"],
    z: true,
  });
  expect(data).toBe('{"cart":["book"]}');
  expect(decodeRecord(body)).toEqual(whole);
});

test("what is not there costs nothing", () => {
  const bare = recordWith({ level: null });
  expect(encodeRecord(bare)).toBe(`1${"l".repeat(22)}${"c".repeat(43)} 0 0 0 0 - \n\n{}`);
  expect(decodeRecord(encodeRecord(bare))).toEqual(bare);
  expect(Object.keys(decodeRecord(encodeRecord(bare)) ?? {}).sort()).toEqual(Object.keys(bare).sort());
});

test("moments between milliseconds are those nearest to them", () => {
  const odd = recordWith({ startedAt: 1_700_000_000_000.4, lastSeenAt: 1_700_000_000_010.2 });
  expect(decodeRecord(encodeRecord(odd))).toMatchObject({
    startedAt: 1_700_000_000_000,
    lastSeenAt: 1_700_000_000_010,
  });
});

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const text = (length: number) => fc.string({ unit: fc.constantFrom(...letters), minLength: length, maxLength: length });
const instant = fc.integer({ min: -1e15, max: 1e15 });
const jsonObject = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);
const known = ["p", "o", "due", "w", "r", "am", "cv", "k", "g", "lf", "b", "z"];
const signals = fc.record({
  client: fc.string(),
  version: fc.nat(),
  brand: fc.string(),
  platform: fc.string(),
  languages: fc.array(fc.string()),
  networks: fc.array(fc.string()),
  habits: fc.string(),
  own: fc.string(),
});
const record = fc
  .record(
    {
      lineage: text(22),
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
      signals,
      lockedFor: fc.constant("client-changed" as const),
      marks: fc.array(text(8), { maxLength: 8 }),
      data: jsonObject.map((value) => new StoredData(JSON.stringify(value))),
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
      expect(plain(decoded)).toEqual(plain(value));
      expect(encodeRecord(decoded!)).toBe(encodeRecord(value));
    }),
  );
});

/** Without prototypes, which fast-check varies and JSON does not keep. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

test("a body with anything else in a known place is refused or read, never a crash, and never half read", () => {
  fc.assert(
    fc.property(fc.constantFrom(...known), fc.jsonValue(), (key, value) => {
      const decoded = decodeRecord(withRare({ [key]: value }));
      expect(decoded === null ? null : decodeRecord(encodeRecord(decoded))).toEqual(decoded);
    }),
    { numRuns: 1_000 },
  );
  fc.assert(
    fc.property(fc.nat({ max: 7 }), anyText({ maxLength: 12 }), (field, value) => {
      const decoded = decodeRecord(withField(field, value));
      expect(decoded === null ? null : decodeRecord(encodeRecord(decoded))).toEqual(decoded);
    }),
    { numRuns: 1_000 },
  );
});

test("a body that was cut, or in which letters changed, is refused or read, never a crash", () => {
  fc.assert(
    fc.property(fc.nat({ max: body.length }), anyText({ maxLength: 4 }), (at, inserted) => {
      expect(decodeRecord(body.slice(0, at))).toEqual(at === body.length ? whole : null);
      expect(() => decodeRecord(body.slice(0, at) + inserted + body.slice(at + inserted.length))).not.toThrow();
    }),
    { numRuns: 1_000 },
  );
  fc.assert(fc.property(anyText(), (anything) => decodeRecord(anything) === null));
});

test.each<[string, string]>([
  ["nothing", ""],
  ["one line", first],
  ["two lines", `${first}\n${rare}`],
  ["lines that say nothing", "\n\n{}"],
  ["another format", withFirst(first.replace("1", "2"))],
  ["no format", withFirst(first.slice(1))],
  ["a short lineage", withField(0, `1${"l".repeat(21)}${"c".repeat(43)}`)],
  ["a long secret", withField(0, `1${"l".repeat(22)}${"c".repeat(44)}`)],
  ["a secret of other letters", withField(0, `1${"l".repeat(22)}${"é".repeat(43)}`)],
  ["started never", without(1)],
  ["started in words", withField(1, "never!")],
  ["a start too large to be one", withField(1, "z".repeat(13))],
  ["a secret since never", withField(2, "")],
  ["never seen", withField(3, "-")],
  ["no order", withField(4, "1.5")],
  ["an unknown level", withField(5, "4,0")],
  ["no level", withField(5, ",0")],
  ["proofs of a fourth level", withField(5, "2,0,0,0,0")],
  ["proofs at no time", withField(5, "2,soon!")],
  ["half a mark", withField(6, "mark0001mark")],
  ["more marks than are kept", withField(6, "mark0001".repeat(9))],
  ["data of no version", withField(7, "")],
  ["data of version -1", withField(7, "-1")],
  ["something after it all", withFirst(`${first} 0`)],
  ["a second line that is no JSON", [first, "{", data].join("\n")],
  ["a second line that is a list", [first, "[]", data].join("\n")],
  ["a second line that is a number", [first, "7", data].join("\n")],
  ["a pending secret that is text", withRare({ p: "p".repeat(43) })],
  ["a pending secret without hash", withRare({ p: [1, "n", true] })],
  ["a pending secret without nonce", withRare({ p: ["p".repeat(43), 1, true] })],
  ["a pending secret that says nothing of settling", withRare({ p: ["p".repeat(43), "n"] })],
  ["no list where pending stands", withRare({ p: false })],
  ["a previous secret that is text", withRare({ o: "o".repeat(43) })],
  ["a previous secret without hash", withRare({ o: [null, 2, true] })],
  ["a previous secret until never", withRare({ o: ["o".repeat(43), "2", true] })],
  ["a previous secret neither accepted nor refused", withRare({ o: ["o".repeat(43), 2, 1] })],
  ["due for another reason", withRare({ due: "tuesday" })],
  ["due for nothing", withRare({ due: null })],
  ["a label in a list", withRare({ w: ["Firefox"] })],
  ["a label of nothing", withRare({ w: null })],
  ["remembered by half", withRare({ r: false })],
  ["methods in one text", withRare({ am: "pwd" })],
  ["methods that are no texts", withRare({ am: ["pwd", 1] })],
  ["a credential version that is a number", withRare({ cv: 3 })],
  ["contained since never", withRare({ k: ["incident 7"] })],
  ["contained by nobody", withRare({ k: [5] })],
  ["contained by numbers", withRare({ k: [5, 7] })],
  ["sealed by half", withRare({ z: false })],
  ["no data", withData("")],
  ["data in a list", withData("[]")],
  ["data that was cut", withData('{"cart":["bo')],
])("a body with %s is no record", (_, written) => {
  expect(decodeRecord(written)).toBeNull();
});

test("what a later release added to the second line is kept", () => {
  const later = decodeRecord(withRare({ later: [1] }));
  expect(later).toEqual({ ...whole, unknown: { binding: { key: "k" }, later: [1] } });
  expect(decodeRecord(encodeRecord(later!))).toEqual(later);
});

test("no unknown field overrides a known one", () => {
  const odd = recordWith({ ...whole, unknown: { due: "privileges-changed", w: "admin" } });
  expect(decodeRecord(encodeRecord(odd))).toMatchObject({ due: "leaked", label: "Firefox on Linux" });
});
