import { expect, test } from "vitest";
import { createSessionManager, type SessionEvent, type SessionStore, type StoredSession } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { testClock } from "../../src/testing/index.ts";
import { aRequest, aResponse, cookieOf } from "../http/exchange.ts";

/** A store from which rows come back changed. */
function mangling(inner: SessionStore) {
  let mangle = (row: StoredSession): unknown => row;
  const store: SessionStore = {
    ...inner,
    async find(id, options) {
      const row = await inner.find(id, options);
      return row && (mangle(row) as StoredSession);
    },
  };
  return {
    store,
    mangleWith(change: (row: StoredSession) => unknown) {
      mangle = change;
    },
  };
}

async function anApplication() {
  const events: SessionEvent[] = [];
  const { store, mangleWith } = mangling(memoryStore());
  const manager = createSessionManager({ store, clock: testClock(), onEvent: (event) => events.push(event) });
  const visit = async (cookie: string) => {
    const response = aResponse();
    return { session: await manager.open(aRequest({ headers: { cookie } }), response.plan), response };
  };
  const { session, response } = await visit("");
  const { id } = await session.authenticate({ id: "alice", keep: "none" });
  const cookie = cookieOf(response.send().cookies[0]);
  return { manager, events, cookie, id, visit: () => visit(cookie), mangleWith };
}

const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

/** The body with a field of its first line replaced, or added at its end. */
function field(at: number, text: string) {
  return (row: StoredSession) => {
    const [first, ...rest] = row.body.split("\n") as [string, ...string[]];
    const fields = first.split(" ");
    // Also one that this row left out.
    fields[at] = text;
    return { ...row, body: [fields.join(" "), ...rest].join("\n") };
  };
}

/** The body with `text` for its second line. */
function rare(text: string) {
  return (row: StoredSession) => ({ ...row, body: row.body.replace("\n\n", `\n${text}\n`) });
}

/** The body with `text` for its third line. */
function data(text: string) {
  return (row: StoredSession) => ({ ...row, body: row.body.replace(/[^\n]*$/, text) });
}

const body = (text: string) => (row: StoredSession) => ({ ...row, body: text });

const corrupt: readonly (readonly [string, (row: StoredSession) => unknown])[] = [
  ["an empty body", body("")],
  ["a body that is no JSON", body("hello")],
  ["a body cut off", (row) => ({ ...row, body: row.body.slice(0, -1) })],
  ["a body cut in half", (row) => ({ ...row, body: row.body.slice(0, row.body.length / 2) })],
  ["a body with something after it", (row) => ({ ...row, body: `${row.body}x` })],
  ["a body of NULs", body("\0\0\0")],
  ["a body of lone surrogates", body("\ud800")],
  ["a body that is null", body("null")],
  ["a body that is a number", body("1")],
  ["a body that is a text", body('"{}"')],
  ["a body that is a list", body("[]")],
  ["a body that is an empty object", body("{}")],
  ["a body that only has a prototype", body('{"__proto__":{"v":1}}')],
  ["a body 100,000 levels deep", body(nested(100_000))],
  ["a body that is no text at all", (row) => ({ ...row, body: 5 })],
  ["a body that is missing", ({ body: _body, ...row }) => row],
  ["a body that is an object already", (row) => ({ ...row, body: { first: row.body } })],
  ["a format from the future", field(0, `9${"a".repeat(65)}`)],
  ["a format that is no number", field(0, "{}")],
  ["a hash that is too short", field(0, "1abc")],
  ["a hash of other letters", field(0, `1${"\u0000".repeat(65)}`)],
  ["a start in words", field(1, "long-ago")],
  ["a start beyond all numbers", field(1, "z".repeat(400))],
  ["a last activity that is a list", field(3, "[]")],
  ["a login order that is an object", field(4, "{}")],
  ["a level that does not exist", field(5, "9,0")],
  ["no level although there is a user", field(5, "-")],
  ["proofs of levels that do not exist", field(5, "1,0,0,0,0")],
  ["marks that are a list", field(6, "[]")],
  ["data of half a release", field(7, "0.5")],
  ["rare fields that are a list", rare("[]")],
  ["rare fields that are cut", rare('{"w":"Fire')],
  ["a pending secret that is a list of nothing", rare('{"p":[]}')],
  ["a pending secret that is an object", rare('{"p":{"0":"x"}}')],
  ["a previous secret that is a text", rare('{"o":"x"}')],
  ["a seal that is false", rare('{"z":false}')],
  ["a reason for renewal that does not exist", rare('{"due":"because"}')],
  ["unknown fields 100,000 levels deep", rare(`{"later":${nested(100_000)}}`)],
  ["data that is a list", data("[]")],
  ["data that is null", data("null")],
  ["a row version that is a text", (row) => ({ ...row, version: "1" })],
  ["a row version that is missing", ({ version: _version, ...row }) => row],
  ["a user id that is a number", (row) => ({ ...row, userId: 5 })],
  ["a user id that is missing", ({ userId: _userId, ...row }) => row],
  ["no user although the body has a level", (row) => ({ ...row, userId: null })],
  ["another session's id", (row) => ({ ...row, id: "AAAAAAAAAAAAAAAAAAAAAA" })],
  ["an empty row", () => ({})],
  ["a row that is a text", () => "row"],
  ["a row that is a list", () => []],
];

test.each(corrupt)("%s is one refused session and an event, not a crash", async (_what, change) => {
  const { manager, events, id, visit, mangleWith } = await anApplication();
  mangleWith(change);
  events.length = 0;
  const { session, response } = await visit();
  expect(session).toMatchObject({ kind: "anonymous", because: "corrupt", userId: null, data: {} });
  expect(events).toEqual([
    expect.objectContaining({ type: "session_refused", severity: "warning", because: "corrupt", sessionId: id }),
  ]);

  expect(await manager.list("alice")).toEqual([]);
  expect(await manager.privilegesChanged("alice")).toBe(0);
  expect(await manager.sweep()).toBe(0);
  const again = await session.authenticate({ id: "alice", keep: "none" });
  expect(again.userId).toBe("alice");
  expect(response.send().cookies).toHaveLength(1);
  expect(await manager.revokeAll("alice")).toBe(2);
});

test.each([
  ["is no JSON", data("{hello}")],
  ["is 100,000 levels deep", data(`{"a":${nested(100_000)}}`)],
])(
  "data that %s is a clear error where it is read, and keeps nobody from logging in again or out",
  async (_what, change) => {
    const { manager, visit, mangleWith } = await anApplication();
    mangleWith(change);
    const { session } = await visit();
    if (session.kind !== "authenticated") throw new Error("Alice should be signed in");
    const damaged = { code: "ERR_BODY_UNREADABLE" };
    expect(() => session.data).toThrow(expect.objectContaining(damaged));
    await expect(session.take("cart")).rejects.toMatchObject(damaged);
    await expect(session.update(() => undefined)).rejects.toMatchObject(damaged);
    const again = await session.authenticate({ id: "alice", keep: ["cart"] });
    mangleWith((row) => row);
    expect(again.data).toEqual({});
    await (await visit()).session.end();
    expect(await manager.list("alice")).toHaveLength(1);
  },
);

test("a store that says undefined where there is no row means that there is none", async () => {
  const { events, visit, mangleWith } = await anApplication();
  mangleWith(() => undefined);
  expect((await visit()).session).toMatchObject({ kind: "anonymous", because: "unknown" });
  expect(events.at(-1)).toMatchObject({ type: "session_refused", because: "unknown" });
});

test.each([
  ["the largest number", "z".repeat(12), "absolute"],
  ["the smallest number", `-${"z".repeat(12)}`, "absolute"],
])("a session that started at %s is over", async (_what, instant, because) => {
  const { visit, mangleWith } = await anApplication();
  mangleWith(field(1, instant));
  expect((await visit()).session).toMatchObject({ kind: "anonymous", because });
});

test("a last activity in the far future does not outlive the absolute timeout", async () => {
  const { visit, mangleWith } = await anApplication();
  mangleWith(field(3, "z".repeat(12)));
  const { session } = await visit();
  if (session.kind !== "authenticated") throw new Error("Alice should be signed in");
  expect(session.endsAt.idle).toBe(session.endsAt.absolute);
});

test("a store that returns another user's row signs nobody in and lists nobody else's session", async () => {
  const { manager, visit, mangleWith } = await anApplication();
  const mallory = aResponse();
  const other = await manager.open(aRequest(), mallory.plan);
  const { id } = await other.authenticate({ id: "mallory", keep: "none" });
  let foreign: unknown = null;
  mangleWith((row) => {
    if (row.id === id) foreign = row;
    return row;
  });
  await manager.list("mallory");
  mangleWith(() => foreign);
  expect((await visit()).session).toMatchObject({ kind: "anonymous", because: "corrupt" });
  expect(await manager.list("alice")).toEqual([]);

  // Even with the right id on it.
  mangleWith((row) => ({ ...(foreign as StoredSession), id: row.id }));
  expect((await visit()).session).toMatchObject({ kind: "anonymous", because: "mismatch" });
  expect(await manager.list("alice")).toEqual([]);
});

test("a row that goes bad while a request is at work is a clear error, and the row is left as it is", async () => {
  const { visit, mangleWith, manager } = await anApplication();
  const [first, second] = [(await visit()).session, (await visit()).session];
  if (first.kind !== "authenticated" || second.kind !== "authenticated") throw new Error("Alice should be signed in");
  await first.update((draft: { winner?: string }) => {
    draft.winner = "first";
  });
  mangleWith(body("hello"));
  const change = second.update((draft: { winner?: string }) => {
    draft.winner = "second";
  });
  await expect(change).rejects.toMatchObject({ code: "ERR_SESSION_OUTCOME_UNKNOWN", status: 503 });
  mangleWith((row) => row);
  expect((await visit()).session).toMatchObject({ data: { winner: "first" } });
  expect(await manager.list("alice")).toHaveLength(1);
});
