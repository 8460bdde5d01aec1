import { expect, test } from "vitest";
import { anonymous, said } from "../support/kinds.ts";
import { world } from "../support/world.ts";

test("a visitor without a cookie costs no store call, however much is read", async () => {
  const { newcomer, store, events } = world();
  const session = anonymous(await newcomer().open());

  expect(session).toMatchObject({ kind: "anonymous", id: null, userId: null, because: "none" });
  expect(session.data).toEqual({});
  expect(await session.take("cart")).toBeUndefined();
  expect(session.isCsrfToken("A".repeat(86))).toBe(false);
  expect(store.calls).toEqual({ insert: 0, find: 0, update: 0, remove: 0, idsOf: 0, removeExpired: 0 });
  expect(events).toEqual([]);
});

test("reading sets no cookie and says nothing about caching", async () => {
  const visitor = world().newcomer();
  await visitor.open();
  expect(visitor.response.cookies.size).toBe(0);
  expect(visitor.response.caching).toEqual([]);
});

test("the first value worth storing starts the session, once and for all its requests", async () => {
  const { newcomer, store, rowsNow, events } = world();
  const visitor = newcomer();
  const session = await visitor.open();
  await anonymous(session).update((draft) => {
    draft.cart = ["book"];
  });

  expect(anonymous(session).data).toEqual({ cart: ["book"] });
  expect(visitor.response.caching).toContainEqual({ rule: "no-store", vary: "Cookie" });
  const again = anonymous(await visitor.open());
  expect(again.id).toBe(session.id);
  expect(again.data).toEqual({ cart: ["book"] });
  expect(again.because).toBe("none");
  expect(await rowsNow()).toHaveLength(1);
  expect(store.calls).toMatchObject({ insert: 1, find: 1 });
  expect(events).toMatchObject([{ type: "session_created", severity: "info", sessionId: session.id, userId: null }]);
});

test("a change that leaves nothing to store starts no session", async () => {
  const { newcomer, store } = world();
  const visitor = newcomer();
  const session = anonymous(await visitor.open());
  await session.update((draft) => {
    draft.cart = "gone";
    delete draft.cart;
  });
  expect(session.id).toBeNull();
  expect(store.calls.insert).toBe(0);
  expect(visitor.jar.size).toBe(0);
});

test("parallel updates of one new visitor's request start one session, and none is lost", async () => {
  const { newcomer, rowsNow } = world();
  const visitor = newcomer();
  const session = anonymous(await visitor.open());
  const put = (key: string) =>
    session.update((draft) => {
      draft[key] = true;
    });
  await Promise.all([put("a"), put("b"), put("c"), session.csrfToken()]);

  expect(await rowsNow()).toHaveLength(1);
  expect(anonymous(await visitor.open()).data).toEqual({ a: true, b: true, c: true });
});

test("a session that could not be started may be started later in the same request", async () => {
  const { newcomer, store } = world();
  const session = anonymous(await newcomer().open());
  const put = () =>
    session.update((draft) => {
      draft.cart = 1;
    });
  store.failNext("insert");
  store.failNext("find");
  await expect(put()).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
  expect(session.id).toBeNull();
  await put();
  expect(session.data).toEqual({ cart: 1 });
});

test("while one update starts the session and fails, another one waits and starts it", async () => {
  const { newcomer, store, rowsNow } = world();
  const session = anonymous(await newcomer().open());
  const put = (key: string) =>
    session.update((draft) => {
      draft[key] = 1;
    });
  store.failNext("insert");
  store.failNext("find");
  const outcomes = await Promise.allSettled([put("a"), put("b")]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  expect(session.data).toEqual({ b: 1 });
  expect(await rowsNow()).toHaveLength(1);
});

test("asking for a CSRF token starts the session; the token is masked anew and always the session's", async () => {
  const { newcomer, rowsNow } = world();
  const visitor = newcomer();
  const session = anonymous(await visitor.open());
  const first = await session.csrfToken();
  const second = await session.csrfToken();

  expect(await rowsNow()).toHaveLength(1);
  expect(first).not.toBe(second);
  const again = anonymous(await visitor.open());
  expect([again.isCsrfToken(first), again.isCsrfToken(second)]).toEqual([true, true]);
});

test("a new session is not started once the headers are sent", async () => {
  const { newcomer, store } = world();
  const visitor = newcomer();
  const session = anonymous(await visitor.open());
  visitor.response.sendHeaders();
  const late = session.update((draft) => {
    draft.cart = 1;
  });
  await expect(late).rejects.toMatchObject({ code: "ERR_RESPONSE_SENT", status: 500 });
  await expect(session.csrfToken()).rejects.toMatchObject({ code: "ERR_RESPONSE_SENT" });
  expect(store.calls.insert).toBe(0);
});

test("an anonymous session that exists can be written after the headers are sent", async () => {
  const { newcomer } = world();
  const visitor = newcomer();
  const put = (value: number) => (draft: Partial<Record<string, unknown>>) => {
    draft.seen = value;
    return undefined;
  };
  await anonymous(await visitor.open()).update(put(1));
  const session = anonymous(await visitor.open());
  visitor.response.sendHeaders();
  await session.update(put(2));
  expect(anonymous(await visitor.open()).data).toEqual({ seen: 2 });
});

test("an anonymous session never renews, however old", async () => {
  const { newcomer, clock } = world();
  const visitor = newcomer();
  await anonymous(await visitor.open()).update((draft) => {
    draft.cart = 1;
  });
  const { token } = visitor;
  for (let minutes = 0; minutes < 200; minutes += 20) {
    clock.advance("20m");
    expect(said(await visitor.open())).toBe("anonymous, none");
    expect(visitor.response.cookies.size).toBe(0);
    expect(visitor.response.caching).toEqual([{ rule: "private", vary: "Cookie" }]);
  }
  expect(visitor.token).toBe(token);
});
