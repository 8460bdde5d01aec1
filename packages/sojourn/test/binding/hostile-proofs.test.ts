import { expect, test } from "vitest";
import { said } from "../support/kinds.ts";
import { type WorldOptions, world } from "../support/world.ts";
import { type BindingAnswer, BindingBrowser } from "./browser.ts";
import { type Device, newDevice } from "./device.ts";

/*
 * What somebody may send in the place of a proof, and the answer. Whatever it is: nothing is stored, no cookie is set, and
 * the owner's session and device work as before. docs/evidence/theft.md has these as a table.
 */

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const unsigned = (header: object, jti: string) => `${base64url({ typ: "dbsc+jwt", ...header })}.${base64url({ jti })}.`;
const withoutChallenge = { payload: { jti: undefined } };

interface Attempt {
  /** The challenge that an honest proof would sign. */
  readonly challenge: string;
  readonly device: Device;
  readonly stranger: Device;
  /** A challenge of somebody else's. */
  readonly foreign: string;
}

type Hostile = readonly [
  name: string,
  proof: (attempt: Attempt) => Promise<string | null> | string | null,
  reason: string,
];

/** As wrong at registration as at a refresh. `header`: what an honest proof of that step has there. */
function hostileAlways(kind: "registration" | "proof"): readonly Hostile[] {
  const jwkOf = ({ device }: Attempt) => (kind === "registration" ? { jwk: device.jwk } : {});
  return [
    ["nothing at all where a proof belongs", () => "", "malformed"],
    ["text that is no JWT", () => "not a proof", "malformed"],
    ["a JWT cut off in its signature", async (at) => (await at.device[kind](at.challenge)).slice(0, -8), "signature"],
    [
      "a payload exchanged after signing",
      async (at) => exchanged(await at.device[kind](at.foreign), at.challenge),
      "signature",
    ],
    ["`alg: none`, unsigned", (at) => unsigned({ alg: "none", ...jwkOf(at) }, at.challenge), "algorithm"],
    ["`alg` in another case", (at) => unsigned({ alg: "es256", ...jwkOf(at) }, at.challenge), "algorithm"],
    ["HMAC keyed with the public key", (at) => keyedWithPublicKey(at, jwkOf(at)), "algorithm"],
    ["another type", (at) => at.device[kind](at.challenge, { header: { typ: "JWT" } }), "type"],
    ["no type", (at) => at.device[kind](at.challenge, { header: { typ: undefined } }), "type"],
    [
      "an extension that must be understood",
      (at) => at.device[kind](at.challenge, { header: { crit: ["more"], more: 1 } }),
      "malformed",
    ],
    ["a payload that is no object", async (at) => exchanged(await at.device[kind](at.challenge), null), "signature"],
    ["no `jti`", (at) => at.device[kind](at.challenge, withoutChallenge), "challenge"],
    ["a `jti` that is no text", (at) => at.device[kind](at.challenge, { payload: { jti: 7 } }), "challenge"],
    [
      "a proof of a megabyte",
      (at) => at.device[kind](at.challenge, { payload: { more: "x".repeat(1_000_000) } }),
      "malformed",
    ],
    [
      "a proof that has expired by its own word",
      (at) => at.device[kind](at.challenge, { payload: { exp: 1 } }),
      "malformed",
    ],
    [
      "a proof that is not yet good by its own word",
      (at) => at.device[kind](at.challenge, { payload: { nbf: 99_999_999_999 } }),
      "malformed",
    ],
    ["a proof one letter too long", (at) => paddedTo(4_097, at, kind), "malformed"],
  ];
}

const atRegistration: readonly Hostile[] = [
  ["no proof", () => null, "malformed"],
  ...hostileAlways("registration"),
  ["a challenge of somebody else's offer", (at) => at.device.registration(at.foreign), "challenge"],
  ["no key", (at) => at.device.registration(at.challenge, { header: { jwk: undefined } }), "key"],
  [
    "another key than the one that signed",
    (at) => at.device.registration(at.challenge, { header: { jwk: at.stranger.jwk } }),
    "signature",
  ],
  [
    "a point that is not on the curve",
    (at) => at.device.registration(at.challenge, { header: { jwk: { ...at.device.jwk, x: "A".repeat(43) } } }),
    "key",
  ],
  [
    "a key on another curve",
    (at) => at.device.registration(at.challenge, { header: { jwk: { ...at.device.jwk, crv: "P-384" } } }),
    "key",
  ],
  [
    "a secret key's kind",
    (at) => at.device.registration(at.challenge, { header: { jwk: { kty: "oct", k: "AAAA" } } }),
    "key",
  ],
  ["a key in another alphabet than base64url", inAnotherAlphabet, "key"],
  [
    "a key with a coordinate that is longer than a coordinate",
    (at) =>
      at.device.registration(at.challenge, { header: { jwk: { ...at.device.jwk, y: `AAAA${at.device.jwk.y}` } } }),
    "key",
  ],
  ["RS256 said of a key on a curve", (at) => unsigned({ alg: "RS256", jwk: at.device.jwk }, at.challenge), "key"],
  [
    "an RSA key of 8,192 bits",
    (at) => unsigned({ alg: "RS256", jwk: { kty: "RSA", e: "AQAB", n: "w".repeat(1366) } }, at.challenge),
    "key",
  ],
  [
    "an RSA key of 1,024 bits",
    (at) => unsigned({ alg: "RS256", jwk: { kty: "RSA", e: "AQAB", n: "w".repeat(171) } }, at.challenge),
    "key",
  ],
  [
    "an RSA key with another exponent",
    (at) => unsigned({ alg: "RS256", jwk: { kty: "RSA", e: "Aw", n: "w".repeat(342) } }, at.challenge),
    "key",
  ],
];

test.each(atRegistration)("registration with %s is refused", async (_name, proof, because) => {
  const { ada, stranger, foreign, id, events, row } = await offered();
  const before = await row(id);
  const sent = await proof({ challenge: ada.challenge!, device: await ada.device(), stranger, foreign });
  const answer = await ada.register(sent);
  expectRefused(answer, because);
  expect(events.at(-1)).toMatchObject({
    type: "binding_proof_refused",
    severity: "warning",
    step: "register",
    because,
    sessionId: id,
  });
  expect(await row(id)).toEqual(before);
});

const atRefresh: readonly Hostile[] = [
  ...hostileAlways("proof"),
  ["a key that is not the session's", (at) => at.stranger.proof(at.challenge), "signature"],
  ["a key that comes along", (at) => at.stranger.registration(at.challenge), "signature"],
  [
    "another algorithm than the one agreed on",
    async (at) => (await newDevice("RS256")).proof(at.challenge),
    "algorithm",
  ],
];

test.each(atRefresh)("a refresh with %s is refused", async (_name, proof, because) => {
  const { ada, stranger, foreign, id, events, row } = await bound();
  const before = await row(id);
  const sent = await proof({ challenge: ada.challenge!, device: await ada.device(), stranger, foreign });
  const answer = await ada.refreshWith(id, sent);
  expectRefused(answer, because);
  expect(events.at(-1)).toMatchObject({
    type: "binding_proof_refused",
    // A used challenge looks like a lost answer.
    severity: because === "challenge" ? "info" : "warning",
    step: "refresh",
    because,
    sessionId: id,
  });
  expect(await row(id)).toEqual(before);
  await expectUnharmed(ada, id);
});

const atRefreshInVain: readonly Hostile[] = [
  ["a challenge of another session's", (at) => at.device.proof(at.foreign), "challenge"],
  ["a challenge that somebody made up", (at) => at.device.proof(`zzzzzzzz.${"A".repeat(22)}`), "challenge"],
  [
    "a challenge with a later time written into it",
    (at) => at.device.proof(at.challenge.replace(/^[^.]+/, "zzzzzzzz")),
    "challenge",
  ],
  ["a challenge with something after it", (at) => at.device.proof(`${at.challenge}A`), "challenge"],
  ["a challenge that is no challenge", (at) => at.device.proof("jti"), "challenge"],
];

test.each(atRefreshInVain)("a rightly signed refresh with %s gets another challenge", async (_name, proof, because) => {
  const { ada, stranger, foreign, id, events } = await bound();
  const sent = await proof({ challenge: ada.challenge!, device: await ada.device(), stranger, foreign });
  expectChallenged(await ada.refreshWith(id, sent));
  expect(events.at(-1)).toMatchObject({ type: "binding_proof_refused", severity: "info", because });
  await expectUnharmed(ada, id);
});

test("a refresh replayed after it succeeded gets another challenge and no cookie", async () => {
  const { ada, id } = await bound();
  const proof = await (await ada.device()).proof(ada.challenge!);
  expect(await ada.refreshWith(id, proof)).toMatchObject({ status: 200 });
  expectChallenged(await ada.refreshWith(id, proof));
  await expectUnharmed(ada, id);
});

test("an expired challenge gets another one", async () => {
  const { ada, id, clock } = await bound();
  clock.advance("20m");
  expectChallenged(await ada.refresh(id));
  await expectUnharmed(ada, id);
});

test("a registration replayed after it succeeded binds nothing, and nobody else's device", async () => {
  const { ada, stranger, id, row } = await offered();
  const challenge = ada.challenge!;
  await ada.register(await (await ada.device()).registration(challenge));
  const before = await row(id);
  expectRefused(await ada.register(await stranger.registration(challenge)), "session");
  expect(await row(id)).toEqual(before);
  await expectUnharmed(ada, id);
});

test("an offer that has expired binds nothing", async () => {
  const { ada, clock } = await offered();
  clock.advance("5m");
  expectRefused(await ada.registeredNow(), "session");
});

test("a session whose time is over is bound to no device", async () => {
  const { ada, clock } = await offered({ policy: { idle: "4m" } });
  clock.advance("4m");
  expectRefused(await ada.registeredNow(), "session");
});

test.each<[string, string, (ada: BindingBrowser, thief: BindingBrowser) => void]>([
  [
    "a copied token, and no challenge",
    "challenge",
    (ada, thief) => thief.jar.set("__Host-Http-id", ada.jar.get("__Host-Http-id")!),
  ],
  ["the challenge, and no token", "session", (ada, thief) => Object.assign(thief, { challenge: ada.challenge })],
  [
    "the challenge, and a secret that was guessed",
    "session",
    (ada, thief) => {
      thief.challenge = ada.challenge;
      thief.jar.set("__Host-Http-id", `${ada.jar.get("__Host-Http-id")!.split(".")[0]}.${"A".repeat(44)}`);
    },
  ],
])("%s binds no other device", async (_case, because, steal) => {
  const { ada, manager, id } = await offered();
  const thief = new BindingBrowser(manager);
  steal(ada, thief);
  const answer = await thief.register(await (await thief.device()).registration(thief.challenge ?? "A".repeat(22)));
  expectRefused(answer, because);
  await ada.register(await (await ada.device()).registration(ada.challenge!));
  await expectUnharmed(ada, id);
});

test.each<[string, Record<string, string>, string]>([
  ["no session", {}, "session"],
  ["what is no session's id", { "sec-secure-session-id": "../../etc/passwd" }, "session"],
  ["an id with something before its quotes", { "sec-secure-session-id": 'x"AAAAAAAAAAAAAAAAAAAAAA"' }, "session"],
  ["an id with something after its quotes", { "sec-secure-session-id": '"AAAAAAAAAAAAAAAAAAAAAA"x' }, "session"],
  ["an id of a megabyte", { "sec-secure-session-id": "x".repeat(1_000_000) }, "session"],
])("a refresh that names %s is refused", async (_case, headers, because) => {
  const { ada } = await bound();
  expectRefused(await ada.ask("/device-binding/refresh", headers), because);
});

test("a refresh of a session that does not exist ends the binding, and tells no more", async () => {
  const { ada } = await bound();
  const id = "AAAAAAAAAAAAAAAAAAAAAA";
  expect(await ada.refreshWith(id, null)).toMatchObject({
    status: 200,
    body: `{"session_identifier":"${id}","continue":false}`,
  });
});

test("a refresh of a session that stands and has no device ends the binding that its browser believes in", async () => {
  const { ada, id } = await offered();
  const ending = { status: 200, body: `{"session_identifier":"${id}","continue":false}` };
  // Offered, and not taken up.
  expect(await ada.refreshWith(id, null)).toMatchObject(ending);
  expect(await ada.refresh(id)).toMatchObject(ending);
  const here = world({ binding: { policy: "offer" } });
  const plain = new BindingBrowser(here.manager);
  const { id: unbound } = await plain.logIn("bob", {}, { url: "http://localhost/", secure: false });
  expect(await here.record(unbound)).not.toHaveProperty("binding");
  expect(await plain.refreshWith(unbound, null)).toMatchObject({ ...ending, body: ending.body.replace(id, unbound) });
});

test("a proof as long as a proof may be is read, at registration and at a refresh", async () => {
  const { ada, id, stranger, foreign } = await offered();
  const device = await ada.device();
  const registration = await paddedTo(4_096, { challenge: ada.challenge!, device, stranger, foreign }, "registration");
  expect(await ada.register(registration)).toMatchObject({ status: 200 });
  const proof = await paddedTo(4_096, { challenge: ada.challenge!, device, stranger, foreign }, "proof");
  expect(await ada.refreshWith(id, proof)).toMatchObject({ status: 200 });
});

test("headers are read bare, as Chromium writes them, and quoted, as the specification has them", async () => {
  const { ada, id } = await bound();
  const proof = await (await ada.device()).proof(ada.challenge!);
  expect(await ada.ask("/device-binding/refresh", refreshHeaders(`"${id}"`, `"${proof}"`))).toMatchObject({
    status: 200,
  });
});

test.each(["ES256", "RS256"] as const)(
  "an honest device that signs by %s, with claims nobody asked for, is served",
  async (algorithm) => {
    const { ada, id, record } = await offered();
    const device = await newDevice(algorithm);
    const more = { payload: { aud: "https://shop.example", iat: 1 } };
    expect(await ada.register(await device.registration(ada.challenge!, more))).toMatchObject({ status: 200 });
    expect(await ada.refreshWith(id, await device.proof(ada.challenge!, more))).toMatchObject({ status: 200 });
    expect(await record(id)).toMatchObject({ binding: { algorithm, key: device.jwk } });
  },
);

async function offered(options: WorldOptions = {}) {
  const here = world({ binding: { policy: "offer" }, ...options });
  const ada = new RegisteringBrowser(here.manager);
  const { id } = await ada.offered("ada");
  const other = new BindingBrowser(here.manager);
  await other.offered("bob");
  return { ...here, ada, id, stranger: await newDevice(), foreign: other.challenge! };
}

async function bound() {
  const here = await offered();
  const { ada, id, manager } = here;
  await ada.registeredNow();
  await ada.refresh(id);
  const other = new BindingBrowser(manager);
  await other.bound("bob");
  return { ...here, foreign: other.challenge! };
}

class RegisteringBrowser extends BindingBrowser {
  async registeredNow(): Promise<BindingAnswer> {
    return this.register(await (await this.device()).registration(this.challenge!));
  }
}

/** No challenge, no cookie: a browser that came here would delete its binding, and none that holds the key does. */
function expectRefused(answer: BindingAnswer, because: string): void {
  expect(answer).toMatchObject({ status: 403, body: JSON.stringify({ error: because }) });
  expect(answer.headers).not.toHaveProperty("Secure-Session-Challenge");
  expect(answer.response.cookies.size + answer.response.headers.size).toBe(0);
}

function expectChallenged(answer: BindingAnswer): void {
  expect(answer).toMatchObject({ status: 403, body: "" });
  expect(answer.headers["Secure-Session-Challenge"]).toBeDefined();
  expect(answer.response.cookies.size).toBe(0);
}

/** The owner's next refresh, in two phases, and the owner's session. */
async function expectUnharmed(ada: BindingBrowser, id: string): Promise<void> {
  await ada.refreshWith(id, null);
  expect(await ada.refresh(id)).toMatchObject({ status: 200 });
  expect(said(await ada.open())).toBe("authenticated, ada");
}

function refreshHeaders(id: string, proof: string): Readonly<Record<string, string>> {
  return { "sec-secure-session-id": id, "secure-session-response": proof };
}

/** An honest proof, padded with what nobody reads. */
async function paddedTo(length: number, { device, challenge }: Attempt, kind: "registration" | "proof") {
  for (let more = 2_000; more < 3_200; more++) {
    // In base64url a text of one byte more has one or two letters more: the header makes up for the second.
    for (const note of ["", "x", "xx"]) {
      const header = { ...(kind === "registration" && { jwk: device.jwk }), note };
      const payload = { jti: challenge, more: "x".repeat(more) };
      const signature = 86;
      const long = base64url({ alg: "ES256", typ: "dbsc+jwt", ...header }).length + base64url(payload).length;
      if (long + 2 + signature === length) return device[kind](challenge, { header, payload });
    }
  }
  throw new Error(`No proof has ${length} letters`);
}

/** The same key, written as base64. */
async function inAnotherAlphabet({ challenge }: Attempt): Promise<string> {
  for (;;) {
    const device = await newDevice();
    const [x, y] = [String(device.jwk.x), String(device.jwk.y)];
    // In the middle, so that no end of it is right.
    if (!/^\w+[-_]\w+$/.test(x.replaceAll("_", "-"))) continue;
    const jwk = { ...device.jwk, x: x.replaceAll("-", "+").replaceAll("_", "/"), y };
    return device.registration(challenge, { header: { jwk } });
  }
}

/** `proof` with another challenge in it, and the signature as it was. */
function exchanged(proof: string, jti: string | null): string {
  const [header, , signature] = proof.split(".");
  return [header, base64url(jti === null ? 7 : { jti }), signature].join(".");
}

async function keyedWithPublicKey({ device, challenge }: Attempt, header: object): Promise<string> {
  const input = `${base64url({ alg: "HS256", typ: "dbsc+jwt", ...header })}.${base64url({ jti: challenge })}`;
  const key = await crypto.subtle.importKey(
    "raw",
    Buffer.from(JSON.stringify(device.jwk)),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  return `${input}.${Buffer.from(await crypto.subtle.sign("HMAC", key, Buffer.from(input))).toString("base64url")}`;
}
