import { expect, test } from "vitest";
import type { SessionStore } from "../../src/core/store.ts";
import { said } from "../support/kinds.ts";
import { world } from "../support/world.ts";
import { type BindingAnswer, BindingBrowser } from "./browser.ts";

/* A session that changes, or a store that fails, while its device registers. */

async function adaRegistering() {
  const here = world({ binding: { policy: "offer" } });
  const ada = new BindingBrowser(here.manager);
  const { id } = await ada.offered("ada");
  const register = async (browser = ada) => browser.register(await (await ada.device()).registration(ada.challenge!));
  return { ...here, ada, id, register };
}

function expectRefused(answer: BindingAnswer, because: string): void {
  expect(answer).toMatchObject({ status: 403, body: JSON.stringify({ error: because }) });
  expect(answer.response.cookies.size).toBe(0);
}

test("a session that is gone is bound to no device", async () => {
  const { id, manager, register } = await adaRegistering();
  await manager.revoke({ id, of: "any user" });
  expectRefused(await register(), "session");
});

test("a session that nobody can read is bound to no device", async () => {
  const { id, rows, row, register } = await adaRegistering();
  const { userId: _userId, ref: _ref, ...found } = await row(id);
  await rows.update({ ...found, version: found.version + 1, body: "{}" });
  expectRefused(await register(), "session");
});

test("a session that was offered nothing is bound to no device", async () => {
  const here = await adaRegistering();
  const plain = new BindingBrowser(here.manager);
  await plain.logIn("bob", {}, { url: "http://localhost/", secure: false });
  expectRefused(await here.register(plain), "session");
});

test("a session that ends while its device registers is bound to none", async () => {
  const { id, store, manager, register } = await adaRegistering();
  const held = store.hold("update");
  const registering = register();
  await held.reached;
  await manager.revoke({ id, of: "any user" });
  held.release();
  expectRefused(await registering, "challenge");
});

test("a store that cannot write the key is an outage, and the session goes on without a device", async () => {
  const { ada, id, store, record, register } = await adaRegistering();
  for (let sends = 0; sends < 3; sends++) store.failNext("update");
  const answer = await register();
  expect(answer).toMatchObject({ status: 503 });
  expect(answer.response.cookies.size).toBe(0);
  expect(await record(id)).toMatchObject({ binding: { offer: expect.any(String) } });
  expect(said(await ada.open())).toBe("authenticated, ada");
});

test("a store that answers from a moment ago binds no session that has ended since", async () => {
  const { ada, id, node, store, row, manager, register } = await adaRegistering();
  const before = await row(id);
  const stale: SessionStore = {
    ...store,
    mayBeStale: true,
    find: async (asked, options) => (options?.fresh ? store.find(asked, options) : before),
  };
  await manager.revoke({ id, of: "any user" });
  expectRefused(await register(new BindingBrowser(node({ store: stale }), ada.jar)), "session");
});
