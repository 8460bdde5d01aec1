import { expect, test } from "vitest";
import type { SessionStore } from "../../src/core/store.ts";
import { said } from "../support/kinds.ts";
import { world } from "../support/world.ts";
import { BindingBrowser } from "./browser.ts";

/** The statuses at which Chromium 156 deletes a binding. */
const unbinding = [400, 401, 403, 404, 408, 410, 429];

async function adaBound() {
  const here = world({ binding: { policy: "offer" } });
  const ada = new BindingBrowser(here.manager);
  const { id } = await ada.bound("ada");
  here.clock.advance("2m");
  here.news();
  return { ...here, ada, id };
}

test("while the store is down, a refresh is answered in a way that keeps the binding; afterwards all is as before", async () => {
  const { ada, id, store, news, events } = await adaBound();
  ada.loseBoundCookie();
  store.failNext("find");
  const answer = await ada.refresh(id);
  expect(answer).toMatchObject({ status: 503, headers: { "Retry-After": "5" } });
  expect(answer.body).toBe('{"error":"ERR_STORE_UNAVAILABLE"}');
  expect(unbinding).not.toContain(answer.status);
  expect(answer.response.cookies.size).toBe(0);
  expect(news()).toEqual(["store_failed"]);
  expect(events.at(-1)).toMatchObject({ severity: "warning", operation: "binding", code: "ERR_STORE_UNAVAILABLE" });
  expect(await ada.refresh(id)).toMatchObject({ status: 200 });
  expect((await ada.signedIn()).isBound).toBe(true);
});

test("a store that reads and does not write keeps the binding as well", async () => {
  const { ada, id, store } = await adaBound();
  for (let sends = 0; sends < 3; sends++) store.failNext("update");
  expect(await ada.refresh(id)).toMatchObject({ status: 503 });
  expect(await ada.refresh(id)).toMatchObject({ status: 200 });
});

test("a process that cannot read the session, of an older release or without its key, keeps the binding for the others", async () => {
  const { ada, id, rows, row } = await adaBound();
  const { userId: _userId, ref: _ref, ...found } = await row(id);
  await rows.update({ ...found, version: found.version + 1, body: "sealed with a key that comes later" });
  ada.loseBoundCookie();
  expect(await ada.refresh(id)).toMatchObject({ status: 503, body: '{"error":"ERR_STORE_UNAVAILABLE"}' });
  await rows.update({ ...found, version: found.version + 2 });
  expect(await ada.refresh(id)).toMatchObject({ status: 200 });
  expect((await ada.signedIn()).isBound).toBe(true);
});

test("a store that says nothing is given up on in time", async () => {
  const { ada, id, store, whileTimePasses } = await adaBound();
  store.loseRequest("find");
  expect(await whileTimePasses(ada.refresh(id))).toMatchObject({ status: 503 });
});

test("a write whose answer is lost is found out about: one refresh, one cookie, and it is good", async () => {
  const { ada, id, store } = await adaBound();
  store.loseAnswer("update", { as: "error" });
  ada.loseBoundCookie();
  expect(await ada.refresh(id)).toMatchObject({ status: 200 });
  expect((await ada.signedIn()).isBound).toBe(true);
});

test("a registration during an outage leaves a session without a device, and working", async () => {
  const { manager, store } = await adaBound();
  const eve = new BindingBrowser(manager);
  await eve.offered("eve");
  store.failNext("find");
  expect(await eve.register(await (await eve.device()).registration(eve.challenge!))).toMatchObject({ status: 503 });
  expect(said(await eve.open())).toBe("authenticated, eve");
});

test("a session that ends while it is refreshed ends the binding", async () => {
  const { ada, id, store, manager } = await adaBound();
  const held = store.hold("update");
  const refreshing = ada.refresh(id);
  await held.reached;
  await manager.revoke({ id, of: "any user" });
  held.release();
  const answer = await refreshing;
  expect(answer).toMatchObject({ status: 200, body: `{"session_identifier":"${id}","continue":false}` });
  expect(answer.response.cookies.size).toBe(0);
});

test("a session whose data a login carries away while it is refreshed ends the binding", async () => {
  const { ada, id, store, rewrite } = await adaBound();
  const held = store.hold("update");
  const refreshing = ada.refresh(id);
  await held.reached;
  await rewrite(id, (record) => ({ ...record, sealed: true }));
  held.release();
  const answer = await refreshing;
  expect(answer).toMatchObject({ status: 200, body: `{"session_identifier":"${id}","continue":false}` });
  expect(answer.response.cookies.size).toBe(0);
});

test("a change beside a refresh is not lost, and the refresh neither", async () => {
  const { ada, id, store, record } = await adaBound();
  const held = store.hold("update");
  const refreshing = ada.refresh(id);
  await held.reached;
  await (await ada.signedIn()).update((draft) => {
    draft.cart = ["book"];
  });
  held.release();
  expect(await refreshing).toMatchObject({ status: 200 });
  expect(await record(id)).toMatchObject({ data: { value: { cart: ["book"] } } });
  expect((await ada.signedIn()).isBound).toBe(true);
});

test("a node that takes the connection for plain http keeps the binding", async () => {
  const { manager } = await adaBound();
  const request = { method: "POST", secure: false, header: () => null };
  const sink = { writable: true, setCookie() {}, setHeader() {}, setCaching() {} };
  const url = "http://shop.example/device-binding/refresh";
  expect(await manager.binding?.answer({ ...request, url }, sink)).toMatchObject({
    status: 503,
    body: '{"error":"ERR_INSECURE_TRANSPORT"}',
  });
});

test("a store that answers from a moment ago refuses nobody whose device was refreshed since", async () => {
  const { ada, id, node, store, row } = await adaBound();
  const before = await row(id);
  const stale: SessionStore = {
    ...store,
    mayBeStale: true,
    find: async (asked, options) => (options?.fresh ? store.find(asked, options) : before),
  };
  ada.loseBoundCookie();
  const elsewhere = new BindingBrowser(node({ store: stale }), ada.jar);
  expect(said(await elsewhere.open())).toBe("anonymous, unbound");
  await ada.refresh(id);
  expect((await elsewhere.signedIn()).isBound).toBe(true);
});

test("a store that answers from a moment ago asks nobody to sign for a session that has ended since", async () => {
  const { ada, id, node, store, row, manager } = await adaBound();
  const before = await row(id);
  const stale: SessionStore = {
    ...store,
    mayBeStale: true,
    find: async (asked, options) => (options?.fresh ? store.find(asked, options) : before),
  };
  await manager.revoke({ id, of: "any user" });
  const elsewhere = new BindingBrowser(node({ store: stale }), ada.jar);
  expect(await elsewhere.refreshWith(id, null)).toMatchObject({
    status: 200,
    body: `{"session_identifier":"${id}","continue":false}`,
  });
});
