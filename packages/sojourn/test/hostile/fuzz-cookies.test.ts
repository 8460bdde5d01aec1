import fc from "fast-check";
import { expect, test } from "vitest";
import { parseToken } from "../../src/core/token.ts";
import { cookieValues } from "../../src/http/read-cookie.ts";
import { createSessionManager } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { aRequest, aResponse, cookieOf } from "../http/exchange.ts";

const name = "__Host-Http-id";

/** Alice is signed in; her token is not what the fuzzer has, but its public id and its form are. */
const store = memoryStore();
const manager = createSessionManager({ store });
const login = aResponse();
const { id } = await (await manager.open(aRequest(), login.plan)).authenticate({ id: "alice", keep: "none" });
const pair = cookieOf(login.send().cookies[0]);
const secret = pair.slice(pair.indexOf(".") + 1);

const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});
const base64url = fc.stringMatching(/^[A-Za-z0-9_-]{1,50}$/);
const wrongSecret = fc
  .tuple(fc.nat({ max: 43 }), fc.constantFrom("A", "B", "-", "_", "=", ".", "", " ", "\0"))
  .map(([at, character]) => `${secret.slice(0, at)}${character}${secret.slice(at + 1)}`)
  .filter((changed) => changed !== secret);
const tokens = fc.tuple(
  fc.constantFrom(id, "A".repeat(22), ""),
  fc.constantFrom(".", "", ".."),
  fc.oneof(wrongSecret, base64url),
);
const piece = fc.oneof(
  latin1,
  base64url,
  tokens.map((parts) => parts.join("")),
  fc.constantFrom(
    name,
    "__Host-id",
    "__Secure-id",
    "id",
    "=",
    ";",
    "; ",
    ",",
    '"',
    "%",
    "\t",
    "\u00a0",
    "$Version=1",
    id,
  ),
);
const header = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
  tokens.map((parts) => `${name}=${parts.join("")}`),
  fc.array(tokens, { maxLength: 3 }).map((several) => several.map((parts) => `${name}=${parts.join("")}`).join("; ")),
);

test("no Cookie header signs anybody in without the secret, sets a cookie or throws", async () => {
  await fc.assert(
    fc.asyncProperty(header, async (cookie) => {
      const response = aResponse();
      const session = await manager.open(aRequest({ headers: { cookie } }), response.plan);
      expect(session.kind).toBe("anonymous");
      expect(response.send()).toEqual({ headers: {}, cookies: [] });
    }),
    { numRuns: 5_000 },
  );
  expect(await manager.list("alice")).toHaveLength(1);
});

test("whatever stands around it, the one right cookie signs in, and a second, different one never does", async () => {
  const others = fc.array(
    latin1.filter((text) => !text.includes(";") && !text.includes(name)),
    { maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(others, others, fc.boolean(), latin1, async (before, after, isTossed, value) => {
      const tossed = isTossed ? [`${name}=${value.replaceAll(";", "").trim()}`] : [];
      const cookie = [...before, pair, ...tossed, ...after].join("; ");
      const session = await manager.open(aRequest({ headers: { cookie } }), aResponse().plan);
      expect(session).toMatchObject(isTossed ? { because: "ambiguous" } : { userId: "alice" });
    }),
    { numRuns: 1_000 },
  );
});

test("the reader finds what a plain reading of RFC 6265 finds", () => {
  fc.assert(
    fc.property(header, (text) => {
      const plain = text.split(";").flatMap((each) => {
        const [, key, value] = /^[ \t]*([^=]*)=([\s\S]*?)[ \t]*$/.exec(each) ?? [];
        return key === name && value !== undefined ? [value] : [];
      });
      expect(cookieValues(text, name)).toEqual([...new Set(plain)].slice(0, 2));
    }),
    { numRuns: 5_000 },
  );
});

test("only text of exactly a token's form is a token", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        latin1,
        fc.string({ unit: "binary" }),
        tokens.map((parts) => parts.join("")),
      ),
      (text) => {
        expect(parseToken(text) !== null).toBe(/^[\w-]{22}\.[\w-]{44}$/.test(text) && !text.endsWith("\n"));
      },
    ),
    { numRuns: 2_000 },
  );
});
