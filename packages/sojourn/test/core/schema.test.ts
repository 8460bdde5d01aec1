import type { StandardSchemaV1 } from "@standard-schema/spec";
import { expect, test } from "vitest";
import { z } from "zod";
import { createDataRules } from "../../src/core/data.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { createSessionManager } from "../../src/manager.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { anonymous, said } from "../support/kinds.ts";
import { Visitor } from "../support/visitor.ts";
import { world } from "../support/world.ts";

const shop = z.object({
  cart: z.array(z.object({ sku: z.string(), count: z.number().int().positive() })).optional(),
  theme: z.enum(["dark", "light"]).default("light"),
});

/** A schema without a library: the standard is one property. */
const handMade: StandardSchemaV1<unknown, { visits?: number }> = {
  "~standard": {
    version: 1,
    vendor: "hand",
    validate: (value) => {
      const { visits = 0 } = value as { visits?: unknown };
      return typeof visits === "number"
        ? { value: { visits } }
        : { issues: [{ message: "must be a number", path: ["visits"] }] };
    },
  },
};

test("data satisfies the schema, and has the defaults it gives", async () => {
  const visitor = new Visitor(createSessionManager({ store: memoryStore(), schema: shop }));
  const session = anonymous(await visitor.open());
  await session.update((draft) => {
    draft.cart = [{ sku: "b-1", count: 2 }];
  });
  expect(session.data).toEqual({ cart: [{ sku: "b-1", count: 2 }], theme: "light" });
  const alice = await visitor.logIn("alice", { keep: ["cart"] });
  expect(alice.data).toEqual({ cart: [{ sku: "b-1", count: 2 }], theme: "light" });
  expect(await alice.take("theme")).toBe("light");
});

test("data that does not satisfy the schema is refused: paths and the schema's words, never the value", async () => {
  const visitor = new Visitor(createSessionManager({ store: memoryStore(), schema: shop }));
  const alice = await visitor.logIn("alice");
  const attempt = alice.update((draft) => {
    draft.cart = [{ sku: "4111 1111 1111 1111", count: 0.5 }];
    draft.theme = "pink" as "dark";
  });
  await expect(attempt).rejects.toMatchObject({ code: "ERR_DATA_INVALID", status: 500 });
  await expect(attempt).rejects.toThrow(
    /^The session's data does not satisfy its schema: data\.cart\.0\.count: .+; data\.theme: .+$/,
  );
  await expect(attempt).rejects.not.toThrow("4111");
  expect(alice.data).toEqual({ theme: "light" });
});

test("any Standard Schema will do", async () => {
  const visitor = new Visitor(createSessionManager({ store: memoryStore(), schema: handMade }));
  const session = anonymous(await visitor.open());
  await session.update((draft) => {
    draft.visits = 7;
  });
  expect(session.data).toEqual({ visits: 7 });
  const wrong = session.update((draft) => {
    draft.visits = "many" as never;
  });
  await expect(wrong).rejects.toThrow("The session's data does not satisfy its schema: data.visits: must be a number");
});

function rulesWith(validate: StandardSchemaV1["~standard"]["validate"]) {
  const schema: StandardSchemaV1 = { "~standard": { version: 1, vendor: "hand", validate } };
  return createDataRules({ schema, upgrade: undefined, maxDataBytes: 100 });
}

test.each<[string, StandardSchemaV1.Issue, string]>([
  ["without a path", { message: "no" }, "data: no"],
  ["with keys", { message: "no", path: ["a", 0] }, "data.a.0: no"],
  ["with segments", { message: "no", path: [{ key: "a" }, { key: 1 }] }, "data.a.1: no"],
])("an issue %s says where", (_, issue, expected) => {
  const rules = rulesWith(() => ({ issues: [issue] }));
  expect(() => rules.checked({}, { dataVersion: 0 })).toThrow(
    `The session's data does not satisfy its schema: ${expected}`,
  );
});

test("a schema that turns asynchronous, or makes no object or no JSON of its data, is an error that says so", () => {
  const late = rulesWith(async (value) => ({ value }));
  expect(() => late.checked({}, { dataVersion: 0 })).toThrow(
    new TypeError("The schema is asynchronous: session data needs a synchronous one"),
  );
  const list = rulesWith(() => ({ value: [] }));
  expect(() => list.checked({}, { dataVersion: 0 })).toThrow(
    expect.objectContaining({ code: "ERR_DATA_INVALID", message: "The session's data must be an object" }),
  );
  const dated = rulesWith(() => ({ value: { at: new Date(0) } }));
  expect(() => dated.checked({}, { dataVersion: 0 })).toThrow("Session data is stored as JSON: data.at is a Date");
});

test("the budget counts bytes of JSON, and its error says what to do", async () => {
  const here = world({ maxDataBytes: 20 });
  const alice = await here.newcomer().logIn("alice");
  await alice.update((draft) => {
    draft.note = "1234567é"; // {"note":"1234567é"} is 20 bytes
  });
  const attempt = alice.update((draft) => {
    draft.note = "12345678é";
  });
  await expect(attempt).rejects.toMatchObject({ code: "ERR_DATA_TOO_LARGE", status: 500 });
  await expect(attempt).rejects.toThrow(
    "The session's data is 21 bytes of JSON, its budget is 20: keep large things in your own tables and their keys here, or raise maxDataBytes",
  );
  expect(alice.data).toEqual({ note: "1234567é" });
});

test("by default a session holds 16 KiB", async () => {
  const alice = await world().newcomer().logIn("alice");
  const put = (length: number) =>
    alice.update((draft) => {
      draft.a = "x".repeat(length - 8);
    });
  await put(16_384);
  await expect(put(16_385)).rejects.toMatchObject({ code: "ERR_DATA_TOO_LARGE" });
});

test("a session nobody has written yet is held to the budget too", async () => {
  const session = anonymous(await world({ maxDataBytes: 2 }).newcomer().open());
  const attempt = session.update((draft) => {
    draft.a = 1;
  });
  await expect(attempt).rejects.toMatchObject({ code: "ERR_DATA_TOO_LARGE" });
  expect(session.id).toBeNull();
});

const renameItems = {
  version: 2,
  step: (data: JsonObject, from: number) => ({ cart: data.items ?? [], upgradedFrom: from }),
};

test("data written by an older release is read as today's", async () => {
  const here = world();
  const visitor = here.newcomer();
  const session = await visitor.logIn("alice");
  await session.update((draft) => {
    draft.items = ["book"];
  });
  const today = visitor.at(here.node({ upgrade: renameItems }));
  const alice = await today.signedIn();
  expect(alice.data).toEqual({ cart: ["book"], upgradedFrom: 0 });
  expect((await here.record(session.id)).dataVersion).toBe(0);
  await alice.update((draft) => {
    (draft.cart as string[]).push("pen");
  });
  expect(await here.record(session.id)).toMatchObject({ dataVersion: 2, data: { value: { cart: ["book", "pen"] } } });
  expect((await today.signedIn()).data).toEqual({ cart: ["book", "pen"], upgradedFrom: 0 });
});

test("data of today is not upgraded again, and a new session is of today", async () => {
  const here = world({ upgrade: renameItems });
  const visitor = here.newcomer();
  const session = anonymous(await visitor.open());
  await session.update((draft) => {
    draft.items = ["kept"];
  });
  expect((await here.record(session.id!)).dataVersion).toBe(2);
  expect(anonymous(await visitor.open()).data).toEqual({ items: ["kept"] });
  const alice = await visitor.logIn("alice", { keep: ["items"] });
  expect(await here.record(alice.id)).toMatchObject({ dataVersion: 2, data: { value: { items: ["kept"] } } });
});

test("a touch stores the upgraded data with its version, once", async () => {
  const here = world();
  const visitor = here.newcomer();
  const session = await visitor.logIn("alice");
  const today = visitor.at(here.node({ upgrade: renameItems }));
  here.clock.advance("2m");
  await today.open();
  expect(await here.record(session.id)).toMatchObject({
    dataVersion: 2,
    data: { value: { cart: [], upgradedFrom: 0 } },
  });
});

test("old data that cannot be upgraded is one refused session, not a crash", async () => {
  const here = world();
  const visitor = here.newcomer();
  await visitor.logIn("alice");
  const broken = here.node({
    upgrade: {
      version: 1,
      step: () => {
        throw new Error("cannot read that");
      },
    },
  });
  expect(said(await visitor.at(broken).open())).toBe("anonymous, corrupt");
  const wrong = here.node({ upgrade: { version: 1, step: () => ({ due: new Date(0) }) } });
  expect(said(await visitor.at(wrong).open())).toBe("anonymous, corrupt");
  expect(said(await visitor.open())).toBe("authenticated, alice");
});

test("in a rolling deploy the older release serves newer data, and its writes keep what it does not know", async () => {
  const store = memoryStore();
  const older = createSessionManager({ store, schema: z.object({ cart: z.array(z.string()).default([]) }) });
  const newer = createSessionManager({
    store,
    schema: z.object({ cart: z.array(z.string()).default([]), coupon: z.string().optional() }),
    upgrade: { version: 1, step: (data) => data },
  });
  const visitor = new Visitor(newer);
  const alice = await visitor.logIn("alice");
  await alice.update((draft) => {
    draft.coupon = "SPRING";
  });
  const served = await new Visitor(older, visitor.jar).signedIn();
  await served.update((draft) => {
    draft.cart = ["book"];
  });
  expect((await visitor.signedIn()).data).toEqual({ cart: ["book"], coupon: "SPRING" });
});

test("an older release without a newer one keeps to its schema: what that drops is dropped", async () => {
  const store = memoryStore();
  const visitor = new Visitor(createSessionManager({ store, schema: z.object({ cart: z.string().optional() }) }));
  const alice = await visitor.logIn("alice");
  await alice.update((draft) => {
    Object.assign(draft, { cart: "book", other: 1 });
  });
  expect(alice.data).toEqual({ cart: "book" });
});

test("fields that a newer release of the library wrote survive this one's writes", async () => {
  const here = world();
  const visitor = here.newcomer();
  const session = await visitor.logIn("alice");
  await here.rewrite(session.id, (record) => ({ ...record, unknown: { binding: { key: "public" } } }));
  await (await visitor.signedIn()).update((draft) => {
    draft.cart = 1;
  });
  await (await visitor.signedIn()).elevate("aal2");
  expect(await here.record(session.id)).toMatchObject({
    unknown: { binding: { key: "public" } },
    data: { value: { cart: 1 } },
  });
});

test("the upgrade runs when what is carried into a login is read, not when it is written", async () => {
  const here = world();
  const visitor = here.newcomer();
  const session = anonymous(await visitor.open());
  await session.update((draft) => {
    draft.items = ["book"];
  });
  const today = visitor.at(here.node({ upgrade: renameItems }));
  const alice = await today.logIn("alice", { keep: ["cart"] });
  expect(await here.record(alice.id)).toMatchObject({ data: { value: { cart: ["book"] } }, dataVersion: 2 });
});

test("a login that meets a newer release's write carries that data as the newer release's", async () => {
  const here = world();
  const visitor = here.newcomer();
  const session = anonymous(await visitor.open());
  await session.update((draft) => {
    draft.items = ["book"];
  });
  const late = anonymous(await visitor.open());
  await anonymous(await visitor.at(here.node({ upgrade: renameItems })).open()).update((draft) => {
    draft.cart = ["pen"];
  });
  const alice = await late.authenticate({ id: "alice", keep: ["cart"] });
  expect(await here.record(alice.id)).toMatchObject({ data: { value: { cart: ["pen"] } }, dataVersion: 2 });
});

test("what an upgrade hands in is the application's own, and stays as it is", async () => {
  const here = world();
  const visitor = here.newcomer();
  await visitor.logIn("alice");
  const defaults = { items: ["none"] };
  const today = visitor.at(here.node({ upgrade: { version: 1, step: () => ({ defaults }) } }));
  expect((await today.signedIn()).data).toEqual({ defaults: { items: ["none"] } });
  expect([defaults, defaults.items].map(Object.isFrozen)).toEqual([false, false]);
});
