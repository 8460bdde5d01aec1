import { expect, test } from "vitest";
import type { ContainmentOrder, SessionId } from "../../src/index.ts";
import { said } from "../support/kinds.ts";
import { world } from "../support/world.ts";
import { aShop, order } from "./shop.ts";

/* What happens beside a containment, and what stores may say: nobody is missed, and nobody else is met. */

test("a session whose data changes just before its turn is contained all the same", async () => {
  const { manager, store, bobs, record } = await aShop();
  const session = await bobs.browser.signedIn();
  const held = store.hold("update");
  const containing = manager.contain({ userId: "bob" }, order);
  await held.reached;
  await session.update((draft) => {
    draft.cart = ["another book"];
  });
  held.release();
  expect(await containing).toMatchObject({ changed: 1 });
  expect(said(await bobs.browser.open())).toBe("locked, bob");
  expect((await record(bobs.id)).data.value).toEqual({ cart: ["another book"] });
});

test("a session whose data a login carries away just before its turn is left to the login", async () => {
  const { manager, store, bobs, rewrite, record } = await aShop();
  const held = store.hold("update");
  const containing = manager.contain({ userId: "bob" }, order);
  await held.reached;
  await rewrite(bobs.id, (before) => ({ ...before, sealed: true }));
  const sealed = await record(bobs.id);
  held.release();
  expect(await containing).toMatchObject({ changed: 0, already: 1 });
  expect(await record(bobs.id)).toEqual(sealed);
});

test("undoing finds a session that ends just before its turn, and releases nobody", async () => {
  const { manager, store, rows, bobs } = await aShop();
  await manager.contain({ userId: "bob" }, order);
  const held = store.hold("update");
  const undoing = manager.undoContainment("incident 7");
  await held.reached;
  await rows.remove(bobs.id);
  held.release();
  expect(await undoing).toMatchObject({ changed: 0, gone: 1, wasFound: true });
});

test("an index that names others' sessions as well contains none of them", async () => {
  const { node, store, rowsNow, laptop, bobs } = await aShop();
  const ids = [...(await rowsNow()).map(({ id }) => id), "AAAAAAAAAAAAAAAAAAAAAA" as SessionId];
  const manager = node({ store: { ...store, idsOf: async () => ids } });
  expect(await manager.contain({ userId: "alice" }, order)).toMatchObject({ seen: 5, changed: 2 });
  expect(await manager.contain({ ref: "https://login.example s1" }, order)).toMatchObject({ seen: 5, changed: 1 });
  expect(said(await laptop.browser.at(manager).open())).toBe("locked, alice");
  expect(said(await bobs.browser.at(manager).open())).toBe("locked, bob");
});

test("a row that nobody can read is counted, and left alone", async () => {
  const { manager, rows, row, laptop } = await aShop();
  const { userId: _userId, ref: _ref, ...found } = await row(laptop.id);
  await rows.update({ ...found, version: found.version + 1, body: "{}" });
  expect(await manager.contain({ all: true }, order)).toMatchObject({ seen: 5, changed: 3, unreadable: 1 });
  expect(await manager.contain({ userId: "alice" }, { preview: true })).toMatchObject({ seen: 2, unreadable: 1 });
  expect((await rows.find(laptop.id))?.body).toBe("{}");
});

test.each<[string, ContainmentOrder | { readonly preview: true }]>([
  ["contained", order],
  ["looked at", { preview: true }],
])(
  "while sessions are %s in a store that answers at once, others come to run between the batches",
  async (_what, asked) => {
    const { manager, newcomer } = world();
    for (let count = 0; count < 600; count++) await newcomer().logIn("alice");
    const told: boolean[] = [];
    let hasRun = false;
    const onProgress = () => {
      told.push(hasRun);
      setTimeout(() => {
        hasRun = true;
      });
    };
    await manager.contain({ all: true }, { ...asked, onProgress } as ContainmentOrder);
    expect(told.slice(0, 2)).toEqual([false, true]);
  },
);

test("stopped among the sessions of one user, it is not complete, and called again it is", async () => {
  const { manager, newcomer } = world();
  for (let count = 0; count < 40; count++) await newcomer().logIn("alice");
  const signal = { aborted: false };
  const stop = () => {
    signal.aborted = true;
  };
  const stopped = await manager.contain({ userId: "alice" }, { ...order, signal, onProgress: stop });
  expect(stopped.isComplete).toBe(false);
  expect(stopped.changed).toBeLessThan(40);
  expect(await manager.contain({ userId: "alice" }, order)).toMatchObject({
    changed: 40 - stopped.changed,
    already: stopped.changed,
    isComplete: true,
  });
});

test("undoing can be stopped, and goes on where it was", async () => {
  const { manager, newcomer } = world();
  for (let count = 0; count < 600; count++) await newcomer().logIn("alice");
  await manager.contain({ all: true }, order);
  const signal = { aborted: false };
  const stop = () => {
    signal.aborted = true;
  };
  const stopped = await manager.undoContainment("incident 7", { signal, onProgress: stop });
  expect(stopped).toMatchObject({ changed: 500, isComplete: false, wasFound: true });
  expect(await manager.undoContainment("incident 7", { resumeAt: stopped.next })).toMatchObject({
    seen: 100,
    changed: 100,
    isComplete: true,
  });
});
