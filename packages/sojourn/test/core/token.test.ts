import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { fromBase64url, toBase64url } from "../../src/core/base64url.ts";
import { isCsrfTokenOf, maskedCsrfToken } from "../../src/core/csrf-token.ts";
import { digests as nativeDigests, nativeDigests as nativeDigestsIfAny } from "../../src/core/digests/native.ts";
import { pureDigests } from "../../src/core/digests/portable.ts";
import { createMark, isMarkedWith, marked } from "../../src/core/marks.ts";
import { type RandomSource, randomText, systemRandom } from "../../src/core/random.ts";
import {
  createToken,
  csrfKey,
  idOf,
  isSame,
  isSecretIn,
  lineageHash,
  parseSessionId,
  parseToken,
  redrawn,
  secretHash,
  successor,
} from "../../src/core/token.ts";
import { recordWith, secretHashOf } from "../support/records.ts";
import { anyText } from "../support/texts.ts";

/** Bytes 0, 1, 2 ... and on, so that what is drawn can be foreseen. */
function counting(): RandomSource {
  let next = 0;
  return (bytes) => bytes.map(() => next++ & 255) as Uint8Array<ArrayBuffer>;
}

const bytes = fc.uint8Array({ maxLength: 100 });
const drawn = fc.constant(null).map(() => createToken(systemRandom));

test("base64url: every sequence of bytes comes back, and reads as Node's own", () => {
  fc.assert(
    fc.property(bytes, (value) => {
      const text = toBase64url(value);
      expect(text).toBe(Buffer.from(value).toString("base64url"));
      expect(fromBase64url(text)).toEqual(Uint8Array.from(value));
    }),
  );
});

test("base64url: any other text is none, never a crash", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), anyText(), fc.base64String()), (text) => {
      const value = fromBase64url(text);
      expect(value === null || toBase64url(value) === text).toBe(true);
    }),
  );
});

test.each([["A"], ["AB"], ["AAB"], ["A="], ["AA=="], ["A+/A"], [" AAA"], ["AAAAA"], ["é"], ["\ud83d\ude00AA"]])(
  "base64url: %j is not canonical",
  (text) => {
    expect(fromBase64url(text)).toBeNull();
  },
);

test("a token is an id of 128 bits and a secret of 256, each freshly drawn", () => {
  const sizes: number[] = [];
  const token = createToken((space) => {
    sizes.push(space.length);
    return systemRandom(space);
  });
  expect(sizes).toEqual([16, 16, 16]);
  expect(token).toMatch(/^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{44}$/);
  expect(createToken(counting())).toBe("AAECAwQFBgcICQoLDA0ODw.EBESExQVFhcYGRobHB0eHwICEiIyQlJicoKSorLC0uLw");
});

test("a token that was drawn is one, and its id is what stands before the dot", () => {
  fc.assert(
    fc.property(drawn, (token) => {
      expect(parseToken(token)).toBe(token);
      expect(parseSessionId(idOf(token))).toBe(idOf(token));
      expect(token.startsWith(`${idOf(token)}.`)).toBe(true);
      expect(parseSessionId(token)).toBeNull();
    }),
  );
});

test("what has not exactly a token's form is none", () => {
  const form = /^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{44}$/;
  fc.assert(
    fc.property(
      drawn,
      fc.nat({ max: 70 }),
      anyText({ maxLength: 3 }),
      fc.nat({ max: 2 }),
      (token, at, inserted, removed) => {
        const changed = token.slice(0, at) + inserted + token.slice(at + removed);
        expect(parseToken(changed) === null).toBe(!form.test(changed));
      },
    ),
  );
});

const token = createToken(counting());
test.each<[string, string]>([
  ["nothing", ""],
  ["an id alone", token.slice(0, 22)],
  ["one letter less", token.slice(0, -1)],
  ["one letter more", `${token}A`],
  ["a line's end", `${token}\n`],
  ["a space before", ` ${token}`],
  ["another separator", token.replace(".", ":")],
  ["padding", `${token.slice(0, -1)}=`],
  ["a letter of plain base64", `${token.slice(0, -1)}+`],
])("%s is no token", (_, text) => {
  expect(parseToken(text)).toBeNull();
});

test.each([[token.slice(0, 21)], [`${token.slice(0, 22)}A`], [`${token.slice(0, 22)}\n`], ["a b".repeat(8)]])(
  "%j is no session id",
  (text) => {
    expect(parseSessionId(text)).toBeNull();
  },
);

test("the row keeps SHA-256 of the whole secret, and of its lineage", () => {
  const secret = token.slice(23);
  expect(secretHash(token)).toBe(nativeDigests.sha256(secret));
  expect(lineageHash(token)).toBe(nativeDigests.sha256(secret.slice(0, 22)).slice(0, 22));
  expect(secretHash(token)).toHaveLength(43);
});

test("every letter of the secret counts, also where two spell the same bytes", () => {
  for (let at = 23; at < token.length; at++) {
    const other = `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}` as typeof token;
    expect(secretHash(other)).not.toBe(secretHash(token));
    expect(lineageHash(other) === lineageHash(token)).toBe(at >= 45);
  }
});

test("a redrawn token keeps id and lineage, its rest is new", () => {
  const other = redrawn(token, systemRandom);
  expect(parseToken(other)).toBe(other);
  expect(other.slice(0, 45)).toBe(token.slice(0, 45));
  expect(other).not.toBe(token);
});

test("a successor is derived: the same for the same nonce, another for another, never without the secret", () => {
  const next = successor(token, "nonce");
  expect(parseToken(next)).toBe(next);
  expect(next.slice(0, 45)).toBe(token.slice(0, 45));
  expect(successor(token, "nonce")).toBe(next);
  expect(successor(token, "another")).not.toBe(next);
  expect(successor(redrawn(token, systemRandom), "nonce")).not.toBe(next);
  const expected = toBase64url(nativeDigests.hmacSha256(token.slice(23), "renewal nonce").subarray(0, 16));
  expect(next.slice(45)).toBe(expected);
});

test("the CSRF key is the lineage's: renewal keeps it, another session has another", () => {
  expect(csrfKey(successor(token, "nonce"))).toEqual(csrfKey(token));
  expect(csrfKey(createToken(systemRandom))).not.toEqual(csrfKey(token));
  expect(csrfKey(token)).toEqual(nativeDigests.hmacSha256(token.slice(23, 45), "csrf"));
});

test("a secret is found anywhere in a text; an id is none", () => {
  expect(isSecretIn(`https://shop.example/?t=${token}&x=1`, token)).toBe(true);
  expect(isSecretIn(token.slice(23), token)).toBe(true);
  expect(isSecretIn(`https://shop.example/${token.slice(0, 22)}`, token)).toBe(false);
  expect(isSecretIn("https://shop.example/", token)).toBe(false);
});

test("hashes are the same only where every letter is", () => {
  const hash = secretHashOf("a");
  expect(isSame(hash, secretHashOf("a"))).toBe(true);
  for (const at of [0, 21, 42]) {
    const other = `${hash.slice(0, at)}b${hash.slice(at + 1)}` as typeof hash;
    expect(isSame(hash, other)).toBe(false);
  }
  expect(isSame(hash, hash.slice(1) as typeof hash)).toBe(false);
  expect(isSame(hash, `${hash}a` as typeof hash)).toBe(false);
});

test("pure digests say what the runtime's say", () => {
  const pure = pureDigests();
  fc.assert(
    fc.property(anyText(), anyText(), (key, message) => {
      expect(pure.sha256(message)).toBe(nativeDigests.sha256(message));
      expect([...pure.hmacSha256(key, message)]).toEqual([...nativeDigests.hmacSha256(key, message)]);
    }),
  );
});

test("a runtime that cannot hash in one call says the same", () => {
  vi.stubGlobal("process", { getBuiltinModule: () => ({ createHash, createHmac }) });
  const older = nativeDigestsIfAny();
  vi.unstubAllGlobals();
  expect(older?.sha256("a secret")).toBe(nativeDigests.sha256("a secret"));
});

test.each<[string, unknown]>([
  ["a runtime without a process", undefined],
  ["a process without built-in modules", {}],
  ["built-in modules without node:crypto", { getBuiltinModule: () => undefined }],
])("native digests are not to be had from %s", (_, process) => {
  vi.stubGlobal("process", process);
  const found = nativeDigestsIfAny();
  vi.unstubAllGlobals();
  expect(found).toBeNull();
});

test("the platform's generator fills what it is given", () => {
  expect(systemRandom(new Uint8Array(64)).some((byte) => byte !== 0)).toBe(true);
  expect(randomText(counting(), 3)).toBe("AAEC");
});

test("a CSRF token is masked anew, says nothing of its key, and is this session's alone", () => {
  fc.assert(
    fc.property(drawn, drawn, (mine, other) => {
      const [first, second] = [maskedCsrfToken(mine, systemRandom), maskedCsrfToken(mine, systemRandom)];
      expect(first).toMatch(/^[A-Za-z0-9_-]{86}$/);
      expect(first.slice(0, 43)).not.toBe(second.slice(0, 43));
      expect(first.slice(43)).not.toBe(second.slice(43));
      expect([isCsrfTokenOf(first, mine), isCsrfTokenOf(second, mine), isCsrfTokenOf(first, other)]).toEqual([
        true,
        true,
        false,
      ]);
    }),
  );
});

test("a CSRF token in which any letter changed is none", () => {
  const csrf = maskedCsrfToken(token, systemRandom);
  for (let at = 0; at < csrf.length; at++) {
    const changed = `${csrf.slice(0, at)}${csrf[at] === "A" ? "B" : "A"}${csrf.slice(at + 1)}`;
    expect(isCsrfTokenOf(changed, token)).toBe(false);
  }
});

test.each([[""], ["A".repeat(85)], ["A".repeat(86)], ["A".repeat(88)], ["!".repeat(86)], [null], [{ length: 86 }]])(
  "%j is no CSRF token, and no crash",
  (presented) => {
    expect(isCsrfTokenOf(presented as string, token)).toBe(false);
  },
);

test("a record remembers its last eight marks, newest first", () => {
  let record = recordWith();
  const made = Array.from({ length: 9 }, () => createMark(systemRandom));
  for (const mark of made) record = marked(record, mark);
  expect(record.marks).toEqual(made.slice(1).reverse());
  expect([isMarkedWith(record, made[8]!), isMarkedWith(record, made[0]!)]).toEqual([true, false]);
  expect(made[0]).toMatch(/^[A-Za-z0-9_-]{8}$/);
});
