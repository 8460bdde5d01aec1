import { expect, test } from "vitest";
import { type AuthenticatedSession, createSessionManager } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { aRequest, aResponse, cookieOf } from "../http/exchange.ts";

type Data = Record<string, unknown>;

function anApplication() {
  const manager = createSessionManager<Data>({ store: memoryStore() });
  async function visit(cookie = "") {
    const response = aResponse();
    const session = await manager.open(aRequest({ headers: { cookie } }), response.plan);
    return { session, leave: () => cookieOf(response.send().cookies[0]) };
  }
  async function logIn(id: string) {
    const { session, leave } = await visit();
    await session.authenticate({ id, keep: "none" });
    return leave();
  }
  /** The session as another request sees it. */
  async function signedIn(cookie: string): Promise<AuthenticatedSession<Data>> {
    const { session } = await visit(cookie);
    if (session.kind !== "authenticated") throw new Error("Somebody should be signed in");
    return session;
  }
  return { manager, visit, logIn, signedIn };
}

/** As `JSON.parse` of a request's body makes it: a property of its own, not a prototype. */
function setOwn(draft: Data, key: string, value: unknown): undefined {
  Object.defineProperty(draft, key, { value, enumerable: true, configurable: true, writable: true });
}

const hostileKeys = [
  "__proto__",
  "constructor",
  "prototype",
  "hasOwnProperty",
  "toString",
  "then",
  "",
  "\0",
  "\ud800",
  "a.b",
];

test.each(hostileKeys)("%j is a key like any other: stored, read, taken once, and nobody else's", async (key) => {
  const { logIn, signedIn } = anApplication();
  const cookie = await logIn("alice");
  await (await signedIn(cookie)).update((draft) => setOwn(draft, key, { admin: true }));

  const session = await signedIn(cookie);
  expect(Object.entries(session.data)).toEqual([[key, { admin: true }]]);
  expect(session.data.admin).toBeUndefined();
  expect(Object.getPrototypeOf(session.data)).toBe(Object.prototype);
  expect(({} as Data).admin).toBeUndefined();

  expect(await session.take(key)).toEqual({ admin: true });
  expect(await (await signedIn(cookie)).take(key)).toBeUndefined();
});

test.each(hostileKeys)("keep names %j: it travels if it is there, and nothing does if it is not", async (key) => {
  const { visit, signedIn } = anApplication();
  for (const holds of [true, false]) {
    const { session, leave } = await visit();
    if (session.kind === "locked") throw new Error("A visitor is not locked");
    await session.update((draft) => setOwn(draft, holds ? key : "other", "kept"));
    await session.authenticate({ id: "alice", keep: [key] });
    expect(Object.entries((await signedIn(leave())).data)).toEqual(holds ? [[key, "kept"]] : []);
  }
});

test("a key that was never set is not found on the prototype", async () => {
  const { logIn, signedIn } = anApplication();
  const session = await signedIn(await logIn("alice"));
  for (const key of ["constructor", "toString", "__proto__"]) expect(await session.take(key)).toBeUndefined();
});

test.each([
  ["a planted prototype", (draft: Data) => Object.setPrototypeOf(draft, { admin: true })],
  ["an assigned __proto__", (draft: Data) => Object.assign(draft, { inner: Object.create({ admin: true }) })],
  ["a toJSON method", (draft: Data) => setOwn(draft, "toJSON", "pretend")],
  ["itself", (draft: Data) => setOwn(draft, "self", draft)],
  ["a date", (draft: Data) => setOwn(draft, "due", new Date(0))],
  ["a big integer", (draft: Data) => setOwn(draft, "large", 1n)],
  ["no number", (draft: Data) => setOwn(draft, "count", Number.NaN)],
  ["a function", (draft: Data) => setOwn(draft, "run", () => {})],
  ["a symbol", (draft: Data) => setOwn(draft, "sign", Symbol("x"))],
  ["101 levels", (draft: Data) => setOwn(draft, "deep", JSON.parse(`${"[".repeat(100)}${"]".repeat(100)}`))],
  [
    "100,000 levels",
    (draft: Data) => setOwn(draft, "deep", JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`)),
  ],
])("data with %s is a clear error, and nothing is stored", async (_what, change) => {
  const { logIn, signedIn } = anApplication();
  const cookie = await logIn("alice");
  const session = await signedIn(cookie);
  const refused = session.update((draft) => void change(draft) as undefined);
  await expect(refused).rejects.toMatchObject({ code: "ERR_DATA_INVALID" });
  expect((await signedIn(cookie)).data).toEqual({});
});

test("data 100 levels deep is stored and read back", async () => {
  const { logIn, signedIn } = anApplication();
  const cookie = await logIn("alice");
  const deep: unknown = JSON.parse(`${"[".repeat(99)}${"]".repeat(99)}`);
  await (await signedIn(cookie)).update((draft) => setOwn(draft, "deep", deep));
  expect((await signedIn(cookie)).data.deep).toEqual(deep);
});

test("texts of NULs, lone surrogates and escapes come back as they were", async () => {
  const { logIn, signedIn } = anApplication();
  const cookie = await logIn("alice");
  const texts = ["\0", "a\0b", "\ud800", "\udc00\ud800", "\u2028\u2029", '"\\', "</script>", "\ufeff", "😀"];
  await (await signedIn(cookie)).update((draft) => setOwn(draft, "texts", texts));
  expect((await signedIn(cookie)).data.texts).toEqual(texts);
});

const hostileUsers = [
  "__proto__",
  "constructor",
  "toString",
  "' OR 1=1 --",
  "a;b",
  "../..",
  "ALICE",
  "alice ",
  "ålice",
  "null",
];

test("every well-formed name is a user of its own", async () => {
  const { manager, logIn, signedIn } = anApplication();
  await logIn("alice");
  for (const user of hostileUsers) expect((await signedIn(await logIn(user))).userId).toBe(user);
  for (const user of hostileUsers) expect(await manager.list(user)).toHaveLength(1);
  for (const user of hostileUsers) expect(await manager.revokeAll(user)).toBe(1);
  expect(await manager.list("alice")).toHaveLength(1);
  expect(await manager.list("nobody")).toEqual([]);
});

test.each([
  ["empty", ""],
  ["a NUL", "alice\0"],
  ["a lone high surrogate", "alice\ud800"],
  ["a lone low surrogate", "\udc00alice"],
  ["256 bytes", "a".repeat(256)],
  ["256 bytes in fewer characters", "å".repeat(128)],
  ["a number", 5],
  ["a list", ["alice"]],
  ["null", null],
])("a user id that is %s is a TypeError, wherever it is given", async (_what, id) => {
  const { manager, visit } = anApplication();
  const { session } = await visit();
  const user = id as string;
  await expect(session.authenticate({ id: user, keep: "none" })).rejects.toThrow(TypeError);
  await expect(manager.list(user)).rejects.toThrow(TypeError);
  await expect(manager.revokeAll(user)).rejects.toThrow(TypeError);
  await expect(manager.privilegesChanged(user)).rejects.toThrow(TypeError);
  await expect(session.authenticate({ id: "alice", keep: "none", ref: user })).rejects.toThrow(TypeError);
});

test.each(["", "x", "../x", "a".repeat(23), "__proto__", "'; DROP TABLE sessions; --", null, {}, 5])(
  "an id like %j revokes nothing and is no error: ids come from forms",
  async (id) => {
    const { manager } = anApplication();
    expect(await manager.revoke({ id: id as never, of: { userId: "alice" } })).toBe(false);
  },
);
