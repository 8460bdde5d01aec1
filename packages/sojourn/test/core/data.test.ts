import { expect, test } from "vitest";
import { deepFreeze, findNonJson } from "../../src/core/json.ts";
import { anonymous, said } from "../support/kinds.ts";
import { world } from "../support/world.ts";

type Draft = Partial<Record<string, unknown>>;

async function aliceWith(data: Record<string, unknown>) {
  const here = world();
  const visitor = here.newcomer();
  const session = await visitor.logIn("alice");
  await session.update((draft) => {
    Object.assign(draft, data);
  });
  here.news();
  return { ...here, visitor, session, id: session.id };
}

test("new data in place of a function that changes it is answered with how it is written", async () => {
  const { session } = await aliceWith({ count: 0 });
  const attempt = session.update({ count: 1 } as never);
  await expect(attempt).rejects.toThrow("update(change): write a function of the draft");
});

test("changes that meet are all applied, each exactly once", async () => {
  const { visitor, whileTimePasses } = await aliceWith({ count: 0 });
  const sessions = await Promise.all(Array.from({ length: 20 }, () => visitor.signedIn()));
  const increments = sessions.map((session) =>
    session.update((draft) => {
      draft.count = (draft.count as number) + 1;
    }),
  );
  await whileTimePasses(Promise.all(increments));
  expect((await visitor.signedIn()).data).toEqual({ count: 20 });
});

test("a change runs again on what another request wrote first", async () => {
  const { visitor } = await aliceWith({ cart: ["book"] });
  const [one, two] = [await visitor.signedIn(), await visitor.signedIn()];
  const seen: unknown[] = [];
  await one.update((draft) => {
    draft.cart = ["book", "pen"];
  });
  await two.update((draft: Draft) => {
    seen.push(structuredClone(draft.cart));
    (draft.cart as string[]).push("cup");
    return undefined;
  });
  expect(seen).toEqual([["book"], ["book", "pen"]]);
  expect(two.data).toEqual({ cart: ["book", "pen", "cup"] });
});

test("an async change is refused, and nothing is written", async () => {
  const { visitor, store } = await aliceWith({ cart: [] });
  const session = await visitor.signedIn();
  const writes = store.calls.update;
  const change = async (draft: Draft) => {
    draft.cart = ["too late"];
  };
  const attempt = session.update(change as never);
  await expect(attempt).rejects.toThrow(TypeError);
  await expect(attempt).rejects.toThrow("update(change): change the draft and return nothing");
  expect(store.calls.update).toBe(writes);
  expect(session.data).toEqual({ cart: [] });
  const anew = anonymous(await world().newcomer().open());
  await expect(anew.update(change as never)).rejects.toThrow(TypeError);
});

test("a change that throws changes nothing, and throws what it threw", async () => {
  const { session, store } = await aliceWith({ cart: [] });
  const writes = store.calls.update;
  const attempt = session.update((draft) => {
    draft.cart = ["half done"];
    throw new RangeError("out of stock");
  });
  await expect(attempt).rejects.toThrow(new RangeError("out of stock"));
  expect(store.calls.update).toBe(writes);
  expect(session.data).toEqual({ cart: [] });
});

test("data is frozen all the way down: it changes through update alone", async () => {
  const { session, visitor } = await aliceWith({ user: { tags: ["a"] } });
  const data = session.data as { user: { tags: string[] } };
  expect(() => data.user.tags.push("b")).toThrow(TypeError);
  expect(() => {
    data.user = { tags: [] };
  }).toThrow(TypeError);
  expect(() => Object.assign(session, { data: {} })).toThrow(TypeError);
  expect((await visitor.signedIn()).data).toEqual({ user: { tags: ["a"] } });
});

test("what a handle shows is what it last read or wrote", async () => {
  const { visitor } = await aliceWith({ count: 1 });
  const [one, two] = [await visitor.signedIn(), await visitor.signedIn()];
  await one.update((draft) => {
    draft.count = 2;
  });
  expect([one.data, two.data]).toEqual([{ count: 2 }, { count: 1 }]);
});

test("a value is taken exactly once by twenty callers", async () => {
  const { visitor, whileTimePasses } = await aliceWith({ flash: "welcome", cart: ["book"] });
  const sessions = await Promise.all(Array.from({ length: 20 }, () => visitor.signedIn()));
  const taken = await whileTimePasses(Promise.all(sessions.map((session) => session.take("flash"))));
  expect(taken.filter((value) => value !== undefined)).toEqual(["welcome"]);
  expect((await visitor.signedIn()).data).toEqual({ cart: ["book"] });
});

test("taking what is not there writes nothing, not even for names every object has", async () => {
  const { session, store } = await aliceWith({ cart: [] });
  const writes = store.calls.update;
  expect(await session.take("flash")).toBeUndefined();
  expect(await session.take("toString")).toBeUndefined();
  expect(store.calls.update).toBe(writes);
});

test("null can be taken, and is not there afterwards", async () => {
  const { session } = await aliceWith({ nothing: null });
  expect(await session.take("nothing")).toBeNull();
  expect(session.data).toEqual({});
  expect(await session.take("nothing")).toBeUndefined();
});

test("a value that is taken while the session ends may be gone with it: that is said", async () => {
  const { session, manager } = await aliceWith({ flash: "welcome" });
  await manager.revokeAll("alice");
  const attempt = session.take("flash");
  await expect(attempt).rejects.toMatchObject({
    code: "ERR_SESSION_OUTCOME_UNKNOWN",
    status: 503,
    cause: { code: "ERR_SESSION_ENDED" },
  });
  await expect(attempt).rejects.toThrow("The session ended while a value was taken: it may be gone with it");
});

test("a store that fails at taking is an error as it is", async () => {
  const { session, rewrite, id } = await aliceWith({ flash: "welcome" });
  await rewrite(id, (record) => ({ ...record, sealed: true }));
  await expect(session.take("flash")).rejects.toMatchObject({ code: "ERR_SESSION_SUPERSEDED" });
});

const shared = ["x"];
class Money {
  readonly amount = 1;
}
const itself: Record<string, unknown> = {};
itself.self = itself;

test.each<[string, unknown, string]>([
  ["a Date", { due: new Date(0) }, "data.value.due is a Date"],
  ["a Map", new Map(), "data.value is a Map"],
  ["an instance of a class", [new Money()], "data.value[0] is a Money"],
  ["a class without a name", Object.create(Object.create(null)), "data.value is a class instance"],
  ["NaN", Number.NaN, "data.value is NaN"],
  ["Infinity", [0, Number.POSITIVE_INFINITY], "data.value[1] is Infinity"],
  ["a bigint", 1n, "data.value is of type bigint"],
  ["a symbol", { at: Symbol("x") }, "data.value.at is of type symbol"],
  ["a function", () => 1, "data.value is of type function"],
  ["a hole in a list", [undefined], "data.value[0] is of type undefined"],
  ["itself", itself, "data.value.self contains itself"],
  ["its own toJSON", { toJSON: () => 1 }, "data.value has a toJSON method"],
])("data is JSON: %s is refused, and the place is named", async (_, value, problem) => {
  const { session } = await aliceWith({ cart: [] });
  const attempt = session.update((draft) => {
    draft.value = value;
  });
  await expect(attempt).rejects.toMatchObject({ code: "ERR_DATA_INVALID", status: 500 });
  await expect(attempt).rejects.toThrow(`Session data is stored as JSON: ${problem}`);
  expect(session.data).toEqual({ cart: [] });
});

test.each<[string, unknown]>([
  ["null, true, text, numbers", { a: null, b: true, c: "é\ud83d\ude00", d: -0.5, e: [1, [2]], f: {} }],
  ["an object without a prototype", Object.assign(Object.create(null), { a: 1 })],
  ["the same list twice, which is no circle", [shared, shared]],
  ["a property that is undefined", { a: undefined, b: 1 }],
])("data is JSON: %s is kept as it is", async (_, value) => {
  const { session, visitor } = await aliceWith({ cart: [] });
  await session.update((draft) => {
    draft.value = value;
  });
  expect((await visitor.signedIn()).data.value).toEqual(JSON.parse(JSON.stringify(value)));
});

test("JSON is looked through as deep as it goes, circles included", () => {
  const inner = { here: new Date(0) };
  expect(findNonJson({ list: [{ inner }] }, "data")).toBe("data.list[0].inner.here is a Date");
  expect(findNonJson({ a: shared, b: [shared, shared] }, "data")).toBeNull();
});

test("freezing leaves what is no object alone, and stops at what is frozen", () => {
  const frozenOutside = Object.freeze({ inside: { open: true } });
  const value = { list: [{ a: 1 }], frozenOutside, nothing: null };
  deepFreeze(value);
  deepFreeze(null);
  deepFreeze("text");
  expect([value, value.list, value.list[0]].every(Object.isFrozen)).toBe(true);
  expect(Object.isFrozen(frozenOutside.inside)).toBe(false);
});

test("keys that mean something to JavaScript mean nothing here", async () => {
  const { session, visitor } = await aliceWith({});
  await session.update((draft) => {
    Object.defineProperty(draft, "__proto__", { value: { admin: true }, enumerable: true, configurable: true });
    Object.assign(draft, { constructor: "x" });
  });
  const { data } = await visitor.signedIn();
  expect(Object.keys(data).sort()).toEqual(["__proto__", "constructor"]);
  expect((data as { admin?: boolean }).admin).toBeUndefined();
  expect(said(await visitor.open())).toBe("authenticated, alice");
});

test("an update that changes nothing is still an acknowledged write: it can be waited for", async () => {
  const { session, row, id } = await aliceWith({ cart: [] });
  const { version } = await row(id);
  await session.update(() => undefined);
  expect((await row(id)).version).toBe(version + 1);
});

test("what the application goes on holding is its own: it is neither frozen nor stored by accident", async () => {
  const { session, visitor } = await aliceWith({});
  const cart = ["book"];
  await session.update((draft) => {
    draft.cart = cart;
  });
  expect(session.data).toEqual({ cart: ["book"] });
  cart.push("pen");
  expect(session.data).toEqual({ cart: ["book"] });
  await session.update((draft) => {
    draft.seen = true;
  });
  expect((await visitor.signedIn()).data).toEqual({ cart: ["book"], seen: true });
});

test("what a new visitor's session was started with is the application's own, too", async () => {
  const session = anonymous(await world().newcomer().open());
  const cart = ["book"];
  await session.update((draft) => {
    draft.cart = cart;
  });
  expect(Object.isFrozen(session.data)).toBe(true);
  cart.push("pen");
  expect(session.data).toEqual({ cart: ["book"] });
});
