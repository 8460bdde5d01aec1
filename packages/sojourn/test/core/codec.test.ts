import { expect, test } from "vitest";
import { type AesGcmCodecOptions, aesGcmCodec } from "../../src/codec/index.ts";
import type { SealContext } from "../../src/core/codec.ts";
import { OptionsError } from "../../src/core/errors.ts";
import type { SessionId } from "../../src/core/ids.ts";
import { said } from "../support/kinds.ts";
import { world } from "../support/world.ts";

const first = { id: "2026-01", secret: new Uint8Array(32).fill(1) };
const second = { id: "2026-02", secret: new Uint8Array(32).fill(2) };
const row: SealContext = { id: "A".repeat(22) as SessionId, userId: "alice", ref: null, version: 3 };
const unreadable = { code: "ERR_BODY_UNREADABLE", status: 500 };

test("a sealed body opens again, and shows nothing", async () => {
  const codec = aesGcmCodec({ keys: [first] });
  const sealed = await codec.seal('1 l\n\n{"é":"secret plan"}', row);
  expect(sealed).toMatch(/^~2026-01\.[A-Za-z0-9_-]+$/);
  expect(sealed).not.toContain("plan");
  expect(await codec.open(sealed, row)).toBe('1 l\n\n{"é":"secret plan"}');
});

test("the same body is never sealed to the same text", async () => {
  const codec = aesGcmCodec({ keys: [first] });
  expect(await codec.seal("{}", row)).not.toBe(await codec.seal("{}", row));
});

test.each<[string, Partial<SealContext>]>([
  ["another id", { id: "B".repeat(22) as SessionId }],
  ["another user", { userId: "bob" }],
  ["no user", { userId: null }],
  ["another ref", { ref: "x" }],
  ["another version", { version: 4 }],
])("a body that was moved to a row with %s does not open", async (_, other) => {
  const codec = aesGcmCodec({ keys: [first] });
  const opening = codec.open(await codec.seal("{}", row), { ...row, ...other });
  await expect(opening).rejects.toMatchObject(unreadable);
  await expect(opening).rejects.toThrow("A stored session cannot be opened: it is damaged, or belongs to another row");
});

test("what stands in one place cannot be read as standing in another", async () => {
  const codec = aesGcmCodec({ keys: [first] });
  const sealed = await codec.seal("{}", { ...row, userId: "a", ref: "b" });
  await expect(codec.open(sealed, { ...row, userId: 'a","b', ref: null })).rejects.toMatchObject(unreadable);
});

test("a damaged body does not open, wherever the damage is", async () => {
  const codec = aesGcmCodec({ keys: [first] });
  const sealed = await codec.seal("1l\n\n{}", row);
  for (let at = sealed.indexOf(".") + 1; at < sealed.length; at++) {
    const damaged = `${sealed.slice(0, at)}${sealed[at] === "A" ? "B" : "A"}${sealed.slice(at + 1)}`;
    await expect(codec.open(damaged, row)).rejects.toMatchObject(unreadable);
  }
  for (const text of [sealed.slice(0, -1), "~2026-01.", "~2026-01.AAAA", `~2026-01.${"A".repeat(16)}`, `${sealed}=`]) {
    await expect(codec.open(text, row)).rejects.toMatchObject(unreadable);
  }
});

test("keys are rotated without downtime: all open, the first seals", async () => {
  const old = aesGcmCodec({ keys: [first] });
  const both = aesGcmCodec({ keys: [second, first] });
  const sealedBefore = await old.seal('{"n":1}', row);
  expect(await both.open(sealedBefore, row)).toBe('{"n":1}');
  const sealedAfter = await both.seal('{"n":2}', row);
  expect(sealedAfter).toMatch(/^~2026-02\./);
  expect(await aesGcmCodec({ keys: [first, second] }).open(sealedAfter, row)).toBe('{"n":2}');
  const dropped = aesGcmCodec({ keys: [second] }).open(sealedBefore, row);
  await expect(dropped).rejects.toMatchObject(unreadable);
  await expect(dropped).rejects.toThrow('A stored session cannot be opened: there is no key "2026-01"');
});

test("a key's name is not what opens: the same name with another secret fails", async () => {
  const sealed = await aesGcmCodec({ keys: [first] }).seal("{}", row);
  const impostor = aesGcmCodec({ keys: [{ id: first.id, secret: second.secret }] });
  await expect(impostor.open(sealed, row)).rejects.toMatchObject(unreadable);
});

test("a secret may be given as base64url", async () => {
  const written = aesGcmCodec({ keys: [{ id: first.id, secret: "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE" }] });
  expect(await written.open(await aesGcmCodec({ keys: [first] }).seal("{}", row), row)).toBe("{}");
});

test("an unsealed row is refused, or read where that was asked for, while sealing is being switched on", async () => {
  await expect(aesGcmCodec({ keys: [first] }).open("1l\n\n{}", row)).rejects.toThrow("it is not sealed");
  const lenient = aesGcmCodec({ keys: [first], acceptUnsealed: true });
  expect(await lenient.open("1l\n\n{}", row)).toBe("1l\n\n{}");
  await expect(lenient.open("~2026-09.AAAA", row)).rejects.toMatchObject(unreadable);
  await expect(lenient.open("garbage", row)).rejects.toMatchObject(unreadable);
});

test.each<[string, unknown, string]>([
  ["no keys", [], "keys is empty: write at least one { id, secret }"],
  ["no list", undefined, "keys is empty: write at least one { id, secret }"],
  [
    "an odd id",
    [{ id: "a b", secret: first.secret }],
    'keys[0].id cannot be used: write 1 to 32 letters, digits, "-" or "_"',
  ],
  [
    "a long id",
    [{ id: "a".repeat(33), secret: first.secret }],
    'keys[0].id cannot be used: write 1 to 32 letters, digits, "-" or "_"',
  ],
  [
    "a number as id",
    [{ id: 1, secret: first.secret }],
    'keys[0].id cannot be used: write 1 to 32 letters, digits, "-" or "_"',
  ],
  ["an id twice", [first, { ...second, id: first.id }], 'keys[1].id "2026-01" is there twice: every key has its own'],
  [
    "a short secret",
    [first, { id: "b", secret: new Uint8Array(31) }],
    "keys[1].secret is not 32 bytes: draw it once with crypto.getRandomValues and keep it as base64url",
  ],
  [
    "a password",
    [{ id: "b", secret: "correct horse battery staple" }],
    "keys[0].secret is not 32 bytes: draw it once with crypto.getRandomValues and keep it as base64url",
  ],
  [
    "no secret",
    [{ id: "b" }],
    "keys[0].secret is not 32 bytes: draw it once with crypto.getRandomValues and keep it as base64url",
  ],
])("%s cannot be used, and that is said at once", (_, keys, problem) => {
  const attempt = () => aesGcmCodec({ keys } as AesGcmCodecOptions);
  expect(attempt).toThrow(OptionsError);
  expect(attempt).toThrow(`aesGcmCodec: 1 problem\n  - ${problem}`);
});

test("sealed sessions live as others do: login, renewal, elevation, data, logout", async () => {
  const here = world({ codec: aesGcmCodec({ keys: [first] }) });
  const browser = here.newcomer();
  const alice = await browser.logIn("alice", { ref: "https://id.example 42" });
  await alice.update((draft) => {
    draft.plan = "secret";
  });
  here.clock.advance("15m");
  await browser.open();
  await browser.open();
  await (await browser.signedIn()).elevate("aal2");
  const { body, version } = await here.row(alice.id);
  expect(body).toMatch(/^~2026-01\./);
  expect(version).toBe(5);
  expect(await browser.signedIn()).toMatchObject({ level: "aal2", data: { plan: "secret" } });
  expect(await here.manager.list("alice")).toHaveLength(1);
  await (await browser.signedIn()).end();
  expect(await here.rowsNow()).toEqual([]);
});

test("a fleet rotates its keys, and sealing is switched on, while sessions go on", async () => {
  const here = world();
  const browser = here.newcomer();
  const alice = await browser.logIn("alice");
  const on = browser.at(here.node({ codec: aesGcmCodec({ keys: [first], acceptUnsealed: true }) }));
  const rotated = browser.at(here.node({ codec: aesGcmCodec({ keys: [second, first] }) }));
  await (await on.signedIn()).update(() => undefined);
  expect((await here.row(alice.id)).body).toMatch(/^~2026-01\./);
  await (await rotated.signedIn()).update(() => undefined);
  expect((await here.row(alice.id)).body).toMatch(/^~2026-02\./);
  expect(said(await browser.open())).toBe("anonymous, corrupt");
});

test("a row that was tampered with is one refused session and an event, and is left for a look", async () => {
  const here = world({ codec: aesGcmCodec({ keys: [first] }) });
  const [mallory, browser] = [here.newcomer(), here.newcomer()];
  const alice = await browser.logIn("alice");
  const hers = await here.row((await mallory.logIn("mallory")).id);
  const { userId: _userId, ref: _ref, ...row } = await here.row(alice.id);
  await here.rows.update({ ...row, version: row.version + 1, body: hers.body });
  here.news();
  expect(said(await browser.open())).toBe("anonymous, corrupt");
  expect(here.news()).toEqual(["session_refused"]);
  expect(here.events.at(-1)).toMatchObject({ severity: "warning", because: "corrupt", sessionId: alice.id });
  expect(await here.rowsNow()).toHaveLength(2);
});

test("a codec that cannot seal fails the login, and nothing is stored", async () => {
  const broken = {
    seal: () => {
      throw new Error("the key service is away");
    },
    open: (body: string) => body,
  };
  const here = world({ codec: broken });
  await expect(here.newcomer().logIn("alice")).rejects.toMatchObject({
    code: "ERR_STORE_UNAVAILABLE",
    message: 'The codec failed at "seal"',
  });
  expect(await here.rowsNow()).toEqual([]);
});

test("a touch that cannot be sealed costs the request nothing", async () => {
  let isAway = false;
  const codec = {
    seal(body: string) {
      if (isAway) throw new Error("the key service is away");
      return body;
    },
    open: (body: string) => body,
  };
  const here = world({ codec });
  const browser = here.newcomer();
  await browser.logIn("alice");
  here.clock.advance("1m");
  isAway = true;
  expect(said(await browser.open())).toBe("authenticated, alice");
  expect(here.events.at(-1)).toMatchObject({ type: "store_failed", operation: "touch", code: "ERR_STORE_UNAVAILABLE" });
});

test("keys that cannot be reached sign nobody out: the answer is 503, also to a change of rights", async () => {
  const codec = aesGcmCodec({ keys: [first] });
  let isAway = false;
  const service = {
    seal: codec.seal,
    open: async (sealed: string, context: SealContext) => {
      if (isAway) throw new Error("ECONNREFUSED");
      return codec.open(sealed, context);
    },
  };
  const here = world({ codec: service });
  const browser = here.newcomer();
  await browser.logIn("alice");
  isAway = true;
  const unavailable = { code: "ERR_STORE_UNAVAILABLE", status: 503 };
  await expect(browser.open()).rejects.toMatchObject(unavailable);
  await expect(browser.open()).rejects.toThrow('The codec failed at "open"');
  await expect(here.manager.privilegesChanged("alice")).rejects.toMatchObject(unavailable);
  await expect(here.manager.list("alice")).rejects.toMatchObject(unavailable);
  isAway = false;
  expect(said(await browser.open())).toBe("authenticated, alice");
});

test("keys that do not answer have the store's deadline", async () => {
  const codec = aesGcmCodec({ keys: [first] });
  let isHanging = false;
  const service = {
    seal: codec.seal,
    open: (sealed: string, context: SealContext) =>
      isHanging ? new Promise<string>(() => {}) : codec.open(sealed, context),
  };
  const here = world({ codec: service });
  const browser = here.newcomer();
  await browser.logIn("alice");
  isHanging = true;
  await expect(here.whileTimePasses(browser.open())).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
});
