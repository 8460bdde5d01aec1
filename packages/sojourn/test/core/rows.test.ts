import { expect, test } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
import { deepFreeze, findNonJson, isDeeperThan } from "../../src/core/json.ts";
import type { StoredSession } from "../../src/core/store.ts";
import { anonymous, said } from "../support/kinds.ts";
import { type World, world } from "../support/world.ts";

/** The same rows, from a store that answers with something else than it was given. */
function answering(here: World, change: (row: StoredSession) => unknown) {
  const find = async (id: SessionId) => {
    const row = await here.rows.find(id);
    return row && (change(row) as StoredSession);
  };
  return here.node({ store: { ...here.store, find } });
}

test.each<[string, (row: StoredSession) => unknown]>([
  ["another session's row", (row) => ({ ...row, id: "B".repeat(22) })],
  ["a row without a version", ({ version: _version, ...row }) => row],
  ["a version in text", (row) => ({ ...row, version: String(row.version) })],
  ["a user id that is a number", (row) => ({ ...row, userId: 7 })],
  ["no user id at all", ({ userId: _userId, ...row }) => row],
  ["a user's row without its user", (row) => ({ ...row, userId: null })],
  ["no body", ({ body: _body, ...row }) => row],
  ["a body of nothing", (row) => ({ ...row, body: "null" })],
])("a store that answers with %s: one refused session and an event", async (_, change) => {
  const here = world();
  const browser = here.newcomer();
  await browser.logIn("alice");
  here.news();
  expect(said(await browser.at(answering(here, change)).open())).toBe("anonymous, corrupt");
  expect(here.news()).toEqual(["session_refused"]);
  expect(here.events.at(-1)).toMatchObject({ severity: "warning", because: "corrupt" });
});

test("a visitor's row that names a user was not written by this library", async () => {
  const here = world();
  const visitor = here.newcomer();
  await anonymous(await visitor.open()).csrfToken();
  const manager = answering(here, (row) => ({ ...row, userId: "alice" }));
  expect(said(await visitor.at(manager).open())).toBe("anonymous, corrupt");
});

test("a store may say undefined for `there is none`", async () => {
  const here = world();
  const browser = here.newcomer();
  await browser.logIn("alice");
  expect(said(await browser.at(answering(here, () => undefined)).open())).toBe("anonymous, unknown");
});

test("errors name the verb that failed", async () => {
  const { manager, newcomer, store, whileTimePasses } = world();
  const session = await newcomer().logIn("alice");
  for (let times = 0; times < 3; times++) store.loseRequest("update");
  const update = whileTimePasses(session.update(() => undefined));
  await expect(update).rejects.toHaveProperty(
    "cause.message",
    expect.stringContaining('answer "update" within 2000 ms'),
  );
  for (let times = 0; times < 3; times++) store.loseRequest("remove");
  await expect(whileTimePasses(session.end())).rejects.toThrow('answer "remove" within 2000 ms');
  for (let times = 0; times < 3; times++) store.loseRequest("insert");
  const login = whileTimePasses(newcomer().logIn("bob"));
  await expect(login).rejects.toHaveProperty(
    "cause.message",
    expect.stringContaining('answer "insert" within 2000 ms'),
  );
  store.loseRequest("removeExpired");
  await expect(whileTimePasses(manager.sweep())).rejects.toThrow('answer "removeExpired" within 20000 ms');
});

/** `levels` lists, each in the one before. */
function nested(levels: number): unknown {
  let value: unknown = "bottom";
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

test("data may be 100 levels deep, and no deeper", async () => {
  const session = anonymous(await world().newcomer().open());
  const put = (levels: number) =>
    session.update((draft) => {
      draft.a = nested(levels);
    });
  await put(99);
  await expect(put(100)).rejects.toMatchObject({ code: "ERR_DATA_INVALID" });
  await expect(put(100)).rejects.toThrow(/data\.a(\[0\])+ is more than 100 levels deep$/);
});

test("depth is counted in lists and objects, on the deepest way down", () => {
  expect(isDeeperThan(0, "text")).toBe(false);
  expect(isDeeperThan(0, null)).toBe(false);
  expect(isDeeperThan(0, {})).toBe(true);
  expect(isDeeperThan(1, {})).toBe(false);
  expect(isDeeperThan(2, { a: 1, b: { c: [] } })).toBe(true);
  expect(isDeeperThan(3, { a: 1, b: { c: [] } })).toBe(false);
  expect(isDeeperThan(10, nested(10))).toBe(false);
  expect(isDeeperThan(10, nested(11))).toBe(true);
  expect(findNonJson(nested(100), "data")).toBeNull();
  expect(findNonJson(nested(101), "data")).toMatch(/ is more than 100 levels deep$/);
});

test("data nested deeper than any is an error that says what to do, without exhausting anything", async () => {
  const here = world();
  const browser = here.newcomer();
  await browser.logIn("alice");
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const manager = answering(here, (row) => ({ ...row, body: row.body.replace(/\{\}$/, `{"a":${deep}}`) }));
  const session = await browser.at(manager).signedIn();
  expect(() => session.data).toThrow(expect.objectContaining({ code: "ERR_BODY_UNREADABLE" }));
  await session.end();
  expect(await here.rowsNow()).toEqual([]);
});

test("freezing takes what is no object as it is", () => {
  const value = { text: "a", nothing: null, list: [1, null, { deep: [] }] };
  deepFreeze(value);
  expect([value, value.list, value.list[2], (value.list[2] as { deep: object }).deep].every(Object.isFrozen)).toBe(
    true,
  );
});
