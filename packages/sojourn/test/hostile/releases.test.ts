import { expect, test } from "vitest";
import { z } from "zod";
import {
  createSessionManager,
  type SessionEvent,
  type SessionManagerOptions,
  type SessionStore,
} from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { aRequest, aResponse, cookieOf } from "../http/exchange.ts";

type Shared = Omit<SessionManagerOptions, "store" | "schema">;

/** One release of an application: what it knows of the data is `Data`. */
function release<Data extends object>(store: SessionStore, options: Shared & { readonly schema?: never } = {}) {
  const events: SessionEvent[] = [];
  const manager = createSessionManager<Data>({ store, onEvent: (event) => events.push(event), ...options });
  return { manager, events };
}

type Release<Data extends object> = ReturnType<typeof release<Data>>["manager"];

async function logIn<Data extends object>(manager: Release<Data>, data: Data): Promise<string> {
  const response = aResponse();
  const session = await manager.open(aRequest(), response.plan);
  const alice = await session.authenticate({ id: "alice", keep: "none" });
  await alice.update((draft) => void Object.assign(draft, data) as undefined);
  return cookieOf(response.send().cookies[0]);
}

async function alice<Data extends object>(manager: Release<Data>, cookie: string) {
  const session = await manager.open(aRequest({ headers: { cookie } }), aResponse().plan);
  if (session.kind !== "authenticated") throw new Error("Alice should be signed in");
  return session;
}

/** Writes each body as a newer release of the library might. */
function fromANewerLibrary(inner: SessionStore): SessionStore {
  const newer = (body: string) => {
    const [first, rare, data] = body.split("\n") as [string, string, string];
    const fields = rare === "" ? {} : (JSON.parse(rare) as object);
    return [first, JSON.stringify({ ...fields, device: { key: "k1" }, z9: [1] }), data].join("\n");
  };
  return {
    ...inner,
    insert: (row, options) => inner.insert({ ...row, body: newer(row.body) }, options),
    update: (row) => inner.update({ ...row, body: newer(row.body) }),
  };
}

test("a body that a newer release of the library wrote is read, and what is not understood survives a write", async () => {
  const store = memoryStore();
  const newer = release<{ count: number }>(fromANewerLibrary(store));
  const older = release<{ count: number }>(store);
  const cookie = await logIn(newer.manager, { count: 1 });
  const session = await alice(older.manager, cookie);
  await session.update((draft) => {
    draft.count = 2;
  });
  const row = await store.find(session.id);
  const [, rare, data] = row?.body.split("\n") ?? [];
  expect(JSON.parse(rare ?? "")).toEqual({ device: { key: "k1" }, z9: [1] });
  expect(JSON.parse(data ?? "")).toEqual({ count: 2 });
  expect((await alice(older.manager, cookie)).data).toEqual({ count: 2 });
  expect(older.events).toEqual([]);
});

test("data of an older release of the application is brought up to date when it is read", async () => {
  const store = memoryStore();
  const cookie = await logIn(release<{ basket: string[] }>(store).manager, { basket: ["book"] });
  const steps: number[] = [];
  const upgrade = {
    version: 2,
    step(data: object, from: number) {
      steps.push(from);
      return { cart: (data as { basket: string[] }).basket.map((name) => ({ name, count: 1 })) };
    },
  };
  const newer = release<{ cart: { name: string; count: number }[] }>(store, { upgrade });
  expect((await alice(newer.manager, cookie)).data).toEqual({ cart: [{ name: "book", count: 1 }] });
  await (await alice(newer.manager, cookie)).update(
    (draft) => void draft.cart?.push({ name: "pen", count: 2 }) as undefined,
  );
  expect((await alice(newer.manager, cookie)).data.cart).toHaveLength(2);
  // Once a row, which this store hands out again and again, and not again once it is written.
  expect(steps).toEqual([0]);
});

test("an upgrade that throws, or returns what is no data, is one refused session and an event", async () => {
  for (const step of [
    () => {
      throw new Error("The upgrade does not know this data");
    },
    () => null as never,
    () => [] as never,
    () => ({ due: new Date() }),
  ]) {
    const store = memoryStore();
    const cookie = await logIn(release<{ count: number }>(store).manager, { count: 1 });
    const newer = release(store, { upgrade: { version: 1, step } });
    const session = await newer.manager.open(aRequest({ headers: { cookie } }), aResponse().plan);
    expect(session).toMatchObject({ kind: "anonymous", because: "corrupt" });
    expect(newer.events).toEqual([expect.objectContaining({ type: "session_refused", because: "corrupt" })]);
  }
});

test("while two releases run side by side, the older one loses nothing that the newer one wrote", async () => {
  const store = memoryStore();
  const upgrade = { version: 1, step: (data: object) => ({ ...data, coupons: [] }) };
  const newer = release<{ count: number; coupons: string[] }>(store, { upgrade });
  const cookie = await logIn(newer.manager, { count: 1, coupons: ["TEN"] });
  const older = createSessionManager({ store, schema: z.object({ count: z.number().optional() }) });
  const session = await older.open(aRequest({ headers: { cookie } }), aResponse().plan);
  if (session.kind !== "authenticated") throw new Error("Alice should be signed in");
  await session.update((draft) => {
    draft.count = 2;
  });
  expect((await alice(newer.manager, cookie)).data).toEqual({ count: 2, coupons: ["TEN"] });
});
