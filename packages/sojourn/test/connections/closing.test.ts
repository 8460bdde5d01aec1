import { expect, test } from "vitest";
import { closeCodes } from "../../src/connections/index.ts";
import { Visitor } from "../support/visitor.ts";
import { connect, liveWorld, settled } from "./support.ts";

test("a connection stands while its session does, and is closed when it is revoked in another process", async () => {
  const { connections, newcomer, process } = liveWorld();
  const alice = newcomer();
  const { id } = await alice.logIn("alice");
  const line = await connect(connections, alice);
  await settled();
  expect([line.closed(), connections.stats]).toEqual([null, { connections: 1, sessions: 1, closed: 0, feed: "up" }]);
  await process().manager.revoke({ id, of: { userId: "alice" } });
  await settled();
  expect(line.closed()).toBe("4401 ended");
  expect([line.connection.isOpen, connections.stats.connections, connections.stats.sessions]).toEqual([false, 0, 0]);
});

test("every way a session can be over closes its connections: log out, everywhere, from the others, by its limit", async () => {
  const { connections, newcomer, manager } = liveWorld({ policy: { sessionsPerUser: 2 } });
  const [one, two, three] = [newcomer(), newcomer(), newcomer()];
  await one.logIn("alice");
  const first = await connect(connections, one);
  await two.logIn("alice");
  const second = await connect(connections, two);
  await three.logIn("alice");
  const third = await connect(connections, three);
  await settled();
  expect([first.closed(), second.closed(), third.closed()]).toEqual(["4401 ended", null, null]);
  await (await three.signedIn()).endOthers();
  await settled();
  expect([second.closed(), third.closed()]).toEqual(["4401 ended", "4409 superseded"]);
  const again = await connect(connections, three);
  await (await three.open()).end();
  await settled();
  expect(again.closed()).toBe("4401 ended");
  const four = newcomer();
  await four.logIn("alice");
  const last = await connect(connections, four);
  await manager.revokeAll("alice");
  await settled();
  expect(last.closed()).toBe("4401 ended");
});

test("only the connections of the session that is over are closed", async () => {
  const { connections, newcomer, manager } = liveWorld();
  const [alice, bob] = [newcomer(), newcomer()];
  const { id } = await alice.logIn("alice");
  await bob.logIn("bob");
  const lines = [await connect(connections, alice), await connect(connections, alice), await connect(connections, bob)];
  await manager.revoke({ id, of: "any user" });
  await settled();
  expect(lines.map((line) => line.closed())).toEqual(["4401 ended", "4401 ended", null]);
});

test("a session that ends between the handshake and the opening of its connection is not missed", async () => {
  const { connections, newcomer, manager } = liveWorld();
  const alice = newcomer();
  await alice.logIn("alice");
  await connect(connections, alice);
  await settled();
  const admission = await connections.admit({
    ...{ method: "GET", url: "https://shop.example/", secure: true },
    header: (name) => (name === "origin" ? "https://shop.example" : name === "cookie" ? cookieOf(alice) : null),
  });
  await manager.revokeAll("alice");
  await settled();
  const codes: number[] = [];
  if (admission.admitted) admission.hold(({ code }) => codes.push(code));
  await settled();
  expect(codes).toEqual([closeCodes.over]);
});

test("the inactivity timeout closes a connection at its time, whatever was sent over it", async () => {
  const { connections, newcomer, clock } = liveWorld();
  const alice = newcomer();
  await alice.logIn("alice");
  const line = await connect(connections, alice);
  await settled();
  clock.advance("29m");
  await settled();
  expect(line.closed()).toBeNull();
  clock.advance("1m");
  await settled();
  expect(line.closed()).toBe("4401 idle");
});

test("what the application calls activity keeps the session awake, up to its absolute timeout and no longer", async () => {
  const { connections, newcomer, clock, store } = liveWorld();
  const alice = newcomer();
  await alice.logIn("alice");
  const line = await connect(connections, alice);
  for (let minute = 0; minute < 479; minute++) {
    clock.advance("1m");
    await settled();
    line.connection.activity();
    line.connection.activity();
    await settled();
  }
  expect(line.closed()).toBeNull();
  expect(store.calls.update).toBeLessThan(500);
  clock.advance("1m");
  await settled();
  expect(line.closed()).toBe("4401 absolute");
});

test("activity in quick succession asks the store for nothing, and is written down once a minute", async () => {
  const { connections, newcomer, store, clock, rowsNow } = liveWorld();
  const alice = newcomer();
  await alice.logIn("alice");
  const line = await connect(connections, alice);
  await settled();
  clock.advance("1m");
  line.connection.activity();
  await settled();
  expect((await rowsNow()).map(({ version }) => version)).toEqual([2]);
  const reads = store.calls.find;
  for (let count = 0; count < 100; count++) line.connection.activity();
  await settled();
  expect(store.calls.find).toBe(reads);
});

test("a connection over which nothing comes is closed too when its user's credential has changed, as its request would be refused", async () => {
  let version = "1";
  const { connections, newcomer, clock } = liveWorld({ credentialVersionOf: async () => version });
  const alice = newcomer();
  await alice.logIn("alice", { credentialVersion: "1" });
  const line = await connect(connections, alice);
  for (let minute = 0; minute < 3; minute++) {
    clock.advance("1m");
    await settled();
  }
  expect(line.closed()).toBeNull();
  version = "2";
  clock.advance("1m");
  await settled();
  expect(line.closed()).toBe("4401 credentials-changed");
});

test("activity of a user whose credential has changed closes the connection, and keeps nothing awake", async () => {
  let version = "1";
  const { connections, newcomer, clock, rowsNow } = liveWorld({ credentialVersionOf: () => version });
  const alice = newcomer();
  await alice.logIn("alice", { credentialVersion: "1" });
  const line = await connect(connections, alice);
  await settled();
  clock.advance("1m");
  version = "2";
  line.connection.activity();
  await settled();
  expect(line.closed()).toBe("4401 credentials-changed");
  expect((await rowsNow()).map((row) => row.version)).toEqual([1]);
});

test("requests of the user elsewhere keep the session awake, and the connection with it", async () => {
  const { connections, newcomer, clock } = liveWorld({ policy: { renew: false } });
  const alice = newcomer();
  await alice.logIn("alice");
  const line = await connect(connections, alice);
  await settled();
  clock.advance("20m");
  await alice.open();
  await settled();
  clock.advance("20m");
  await settled();
  expect(line.closed()).toBeNull();
});

test("a connection is closed when its session is locked: by idleness, by containment", async () => {
  const { connections, newcomer, clock, manager } = liveWorld({ policy: { onIdle: "lock" } });
  const [alice, bob] = [newcomer(), newcomer()];
  await alice.logIn("alice");
  const idle = await connect(connections, alice);
  await settled();
  clock.advance("30m");
  await settled();
  expect(idle.closed()).toBe("4423 locked");
  await bob.logIn("bob");
  const contained = await connect(connections, bob);
  await manager.contain({ userId: "bob" }, { name: "incident", action: "lock" });
  await settled();
  expect(contained.closed()).toBe("4423 locked");
});

test("a copy of the cookie that dies with a change of rights takes its connection along", async () => {
  const { connections, newcomer } = liveWorld();
  const alice = newcomer();
  await alice.logIn("alice");
  const thief = alice.copy();
  const stolen = await connect(connections, thief);
  await (await alice.signedIn()).elevate("aal2");
  await settled();
  expect(stolen.closed()).toBe("4409 superseded");
  expect((await connect(connections, alice)).closed()).toBeNull();
});

test("a secret that was renewed carries a connection through its grace, ends nothing after it, and the page connects again", async () => {
  const { connections, newcomer, clock, news, rowsNow } = liveWorld();
  const alice = newcomer();
  await alice.logIn("alice");
  const line = await connect(connections, alice);
  await settled();
  clock.advance("15m");
  await alice.open();
  await alice.open();
  await settled();
  expect(line.closed()).toBeNull();
  clock.advance(149_999);
  await settled();
  expect(line.closed()).toBeNull();
  clock.advance(1);
  await settled();
  expect(line.closed()).toBe("4409 superseded");
  expect([news(), await rowsNow()]).toEqual([["session_created", "session_renewed"], [expect.anything()]]);
  expect((await connect(connections, alice)).closed()).toBeNull();
});

test("another copy of a session's own connections: each is judged by what it was opened with", async () => {
  const { connections, newcomer } = liveWorld();
  const alice = newcomer();
  await alice.logIn("alice");
  const before = await connect(connections, alice);
  await (await alice.signedIn()).privilegesChanged();
  await settled();
  const after = await connect(connections, new Visitor(liveWorld().manager, alice.jar));
  await settled();
  expect([before.closed(), after.closed()]).toEqual(["4409 superseded", null]);
});

test("closing all of them says that the application goes away, and nobody is let in any more", async () => {
  const { connections, newcomer } = liveWorld();
  const alice = newcomer();
  await alice.logIn("alice");
  const line = await connect(connections, alice);
  await connections.close();
  expect(line.closed()).toBe("1001 going-away");
  await expect(connect(connections, alice)).rejects.toThrow("going-away");
  expect(connections.stats).toMatchObject({ connections: 0, feed: "off" });
});

test("a released connection is forgotten, and nothing waits for it", async () => {
  const { connections, newcomer, clock } = liveWorld();
  const alice = newcomer();
  await alice.logIn("alice");
  const line = await connect(connections, alice);
  await settled();
  clock.advance("1s");
  await settled();
  line.connection.release();
  line.connection.release();
  clock.advance("1s");
  await settled();
  expect([connections.stats.connections, connections.stats.sessions, clock.pendingTimers]).toEqual([0, 0, 0]);
  expect(line.closed()).toBeNull();
});

function cookieOf(visitor: Visitor): string {
  return [...visitor.jar].map(([name, value]) => `${name}=${value}`).join("; ");
}
