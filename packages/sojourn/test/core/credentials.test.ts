import { expect, test } from "vitest";
import { locked, said } from "../support/kinds.ts";
import { type WorldOptions, world } from "../support/world.ts";

/** An application whose users' passwords have versions. `versions` is what its database says. */
function anApplication(options: WorldOptions = {}) {
  const versions = new Map<string, string>([["alice", "1"]]);
  const asked: string[] = [];
  const credentialVersionOf = (userId: string) => {
    asked.push(userId);
    return versions.get(userId) ?? null;
  };
  return { versions, asked, ...world({ credentialVersionOf, ...options }) };
}

const first = { credentialVersion: "1" };

test("after a change of the password the session it was changed in goes on, with a new secret, and the others end", async () => {
  const { newcomer, manager, versions, events, clock } = anApplication();
  const [laptop, phone, thief] = [newcomer(), newcomer(), newcomer()];
  const session = await laptop.logIn("alice", first);
  await phone.logIn("alice", first);
  await thief.logIn("alice", first);
  const copy = laptop.copy();

  versions.set("alice", "2");
  expect(await manager.credentialsChanged("alice", { version: "2", keep: [session.id] })).toBe(2);
  expect(events.filter(({ type }) => type === "session_expired")).toMatchObject(
    Array(2).fill({ reason: "credentials-changed", userId: "alice" }),
  );
  expect(said(await phone.open())).toBe("anonymous, unknown");
  expect(said(await thief.open())).toBe("anonymous, unknown");
  clock.advance("2m");
  expect(said(await laptop.open())).toBe("authenticated, alice");
  expect(said(await laptop.open())).toBe("authenticated, alice");
  expect(said(await copy.open())).toBe("anonymous, superseded");
});

test("all can be kept, or none", async () => {
  const { newcomer, manager, versions, clock } = anApplication();
  const [laptop, phone] = [newcomer(), newcomer()];
  await laptop.logIn("alice", first);
  await phone.logIn("alice", first);
  versions.set("alice", "2");
  expect(await manager.credentialsChanged("alice", { version: "2", keep: "all" })).toBe(0);
  clock.advance("2m");
  expect(said(await phone.open())).toBe("authenticated, alice");
  expect(await manager.credentialsChanged("alice", { version: "3", keep: "none" })).toBe(2);
  expect(said(await laptop.open())).toBe("anonymous, unknown");
});

test("a change that nobody told the sessions of is found when their activity is next written down", async () => {
  const { newcomer, versions, clock, rowsNow, events } = anApplication();
  const laptop = newcomer();
  await laptop.logIn("alice", first);
  versions.set("alice", "2");
  clock.advance("59s");
  expect(said(await laptop.open())).toBe("authenticated, alice");
  clock.advance("1s");
  expect(said(await laptop.open({ activity: false }))).toBe("anonymous, credentials-changed");
  expect(events.at(-1)).toMatchObject({ type: "session_refused", because: "credentials-changed", severity: "warning" });
  expect(laptop.response.cookies.size).toBe(0);
  expect(await rowsNow()).toHaveLength(1);
});

test("refused, not ended: where the application was only slow to tell, the session goes on", async () => {
  const { newcomer, manager, versions, clock } = anApplication();
  const laptop = newcomer();
  const { id } = await laptop.logIn("alice", first);
  clock.advance("2m");
  versions.set("alice", "2");
  expect(said(await laptop.open())).toBe("anonymous, credentials-changed");
  await manager.credentialsChanged("alice", { version: "2", keep: [id] });
  expect(said(await laptop.open())).toBe("authenticated, alice");
});

test("with the new credential they log in again, and nothing of the old session is left", async () => {
  const { newcomer, versions, clock, rowsNow } = anApplication();
  const laptop = newcomer();
  await laptop.logIn("alice", first);
  clock.advance("2m");
  versions.set("alice", "2");
  await laptop.logIn("alice", { credentialVersion: "2" });
  expect(await rowsNow()).toHaveLength(1);
  expect(said(await laptop.open())).toBe("authenticated, alice");
});

test("a login whose password was checked just before it changed comes to nothing", async () => {
  const { newcomer, manager, versions, rowsNow, events } = anApplication();
  const thief = newcomer();
  const visitor = await thief.open();
  versions.set("alice", "2");
  await manager.credentialsChanged("alice", { version: "2", keep: "none" });
  await expect(visitor.authenticate({ id: "alice", keep: "none", ...first })).rejects.toMatchObject({
    code: "ERR_CREDENTIALS_CHANGED",
    status: 401,
  });
  expect(thief.jar.size).toBe(0);
  expect(await rowsNow()).toEqual([]);
  expect(events.map(({ type }) => type)).toEqual(["session_expired"]);
});

test("where the application cannot tell, nobody is let in and nobody is signed out", async () => {
  const { newcomer, node, clock, rowsNow } = anApplication();
  const laptop = newcomer();
  await laptop.logIn("alice", first);
  clock.advance("2m");
  const blind = node({
    credentialVersionOf: () => {
      throw new Error("no database");
    },
  });
  await expect(laptop.at(blind).open()).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
  const visitor = await newcomer().at(blind).open();
  await expect(visitor.authenticate({ id: "alice", keep: "none", ...first })).rejects.toMatchObject({
    code: "ERR_STORE_UNAVAILABLE",
  });
  expect(await rowsNow()).toHaveLength(1);
  expect(said(await laptop.open())).toBe("authenticated, alice");
});

test("an application that is silent for too long is a 503", async () => {
  const { newcomer, node, clock, whileTimePasses } = anApplication();
  const laptop = newcomer();
  await laptop.logIn("alice", first);
  clock.advance("2m");
  const silent = node({ credentialVersionOf: () => new Promise(() => {}) });
  await expect(whileTimePasses(laptop.at(silent).open())).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
});

test("a session that says no version, and one whose user is gone, are refused", async () => {
  const { newcomer, versions, clock, node } = anApplication();
  const [old, laptop] = [newcomer(), newcomer()];
  const before = node({ credentialVersionOf: undefined as never });
  await old.at(before).logIn("alice");
  await laptop.logIn("alice", first);
  clock.advance("2m");
  expect(said(await old.open())).toBe("anonymous, credentials-changed");
  versions.delete("alice");
  expect(said(await laptop.open())).toBe("anonymous, credentials-changed");
});

test("asked once a minute of use, and never for a visitor", async () => {
  const { newcomer, asked, clock } = anApplication();
  const laptop = newcomer();
  await laptop.logIn("alice", first);
  expect(asked).toEqual(["alice"]);
  for (let seconds = 0; seconds < 120; seconds += 10) {
    clock.advance("10s");
    await laptop.open();
  }
  expect(asked).toHaveLength(3);
  const visitor = newcomer();
  await (await visitor.open()).csrfToken();
  clock.advance("2m");
  await visitor.open();
  expect(asked).toHaveLength(3);
});

test("a locked session is unlocked with the credential of today", async () => {
  const { newcomer, versions, clock } = anApplication({ policy: { onIdle: "lock" } });
  const laptop = newcomer();
  await laptop.logIn("alice", first);
  clock.advance("1h");
  versions.set("alice", "2");
  const session = locked(await laptop.open());
  const proof = { userId: "alice", level: "aal1" } as const;
  await expect(session.unlock(proof)).rejects.toThrow(TypeError);
  await session.unlock({ ...proof, credentialVersion: "2" });
  clock.advance("2m");
  expect(said(await laptop.open())).toBe("authenticated, alice");
});

test("a login has to say which version it was made with", async () => {
  const browser = anApplication().newcomer();
  await expect(browser.logIn("alice")).rejects.toThrow("authenticate({ credentialVersion })");
  await expect(world().newcomer().logIn("alice", { credentialVersion: "" })).rejects.toThrow(TypeError);
});

test.each([
  ["alice", { version: "", keep: "none" }],
  ["", { version: "2", keep: "none" }],
  ["alice", { version: "2" }],
  ["alice", { version: "2", keep: ["no session id"] }],
  ["alice", { version: "2", keep: "none", kept: [] }],
])("credentialsChanged(%j, %j) is a mistake", async (userId, change) => {
  await expect(anApplication().manager.credentialsChanged(userId, change as never)).rejects.toThrow(TypeError);
});

test("a kept session that ended meanwhile is no failure", async () => {
  const { newcomer, manager, store, rows } = anApplication();
  const { id } = await newcomer().logIn("alice", first);
  const held = store.hold("update");
  const change = manager.credentialsChanged("alice", { version: "2", keep: "all" });
  await held.reached;
  await rows.remove(id);
  held.release();
  expect(await change).toBe(0);
});

test("a cache that has not heard of the change yet refuses no session that was kept", async () => {
  const { newcomer, manager, versions, clock, rows, node } = anApplication();
  const laptop = newcomer();
  const { id } = await laptop.logIn("alice", first);
  const asItWas = await rows.find(id);
  const elsewhere = node({
    store: { ...rows, mayBeStale: true, find: (of, { fresh = false } = {}) => (fresh ? rows.find(of) : asItWas) },
  });
  versions.set("alice", "2");
  await manager.credentialsChanged("alice", { version: "2", keep: [id] });
  clock.advance("2m");
  expect(said(await laptop.at(elsewhere).open({ activity: false }))).toBe("authenticated, alice");
});
