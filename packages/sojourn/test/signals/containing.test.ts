import { expect, test } from "vitest";
import type { ContainmentQuery } from "../../src/contain/query.ts";
import { clientSignals, networkOf } from "../../src/signals/index.ts";
import { said } from "../support/kinds.ts";
import { world } from "../support/world.ts";
import { headersOf } from "./corpus/browsers.ts";

/** Alice on Linux with Firefox, Bob on Windows with Chrome, each in a network of their own. */
async function aliceAndBob(options: Parameters<typeof clientSignals>[0] = {}) {
  const here = world({ signals: clientSignals(options) });
  const [alice, bob] = [here.newcomer(), here.newcomer()];
  const firefox = headersOf({ browser: "firefox", version: "150", platform: "linux", languages: "de" });
  const chrome = headersOf({ browser: "chrome", version: "150", platform: "windows", languages: "de" });
  await alice.logIn("alice", {}, { headers: firefox, address: "192.0.2.7" });
  await bob.logIn("bob", {}, { headers: chrome, address: "2001:db8:5::1" });
  return { ...here, alice, bob };
}

const key = "k".repeat(32);

test.each<[ContainmentQuery, Parameters<typeof clientSignals>[0]]>([
  [{ network: networkOf("192.0.2.200")! }, {}],
  [{ network: networkOf("192.0.2.200", { key })! }, { network: "hashed", key }],
  [{ client: "firefox" }, {}],
  [{ platform: "linux" }, {}],
])("the sessions of an incident are found by what is kept of their client: %j", async (query, options) => {
  const { manager, alice, bob } = await aliceAndBob(options);
  expect(await manager.contain(query, { name: "incident", action: "lock" })).toMatchObject({ changed: 1 });
  const cookie = (token: string) => `__Host-Http-id=${token}`;
  expect(said(await alice.open({ headers: { cookie: cookie(alice.token) } }))).toBe("locked, alice");
  expect((await manager.list("bob"))[0]).toMatchObject({ kind: "authenticated" });
  expect(bob.token).not.toBe(alice.token);
});

test("sessions of which nothing is kept are not among them", async () => {
  const here = world();
  await here.newcomer().logIn("carol");
  const manager = here.node({ signals: clientSignals() });
  for (const query of [{ network: "192.0.2.0/24" }, { client: "firefox" }, { platform: "linux" }]) {
    expect(await manager.contain(query, { preview: true })).toMatchObject({ seen: 1, sessions: 0 });
  }
});

test("a manager that keeps nothing of clients says so, and finds nobody by mistake", async () => {
  const here = world();
  await expect(here.manager.contain({ client: "firefox" }, { name: "incident", action: "lock" })).rejects.toThrow(
    "needs signals",
  );
});

test.each([
  ["are not kept", { network: "off" }, "192.0.2.0/24"],
  ["are hashed, and it is not", { network: "hashed", key }, "192.0.2.0/24"],
  ["are not hashed, and it is", {}, networkOf("192.0.2.7", { key })!],
] as const)(
  "a network that nobody can be found by is refused, not found empty: where networks %s",
  async (_where, options, network) => {
    const { manager } = await aliceAndBob(options);
    const lock = manager.contain({ network }, { name: "incident", action: "lock" });
    await expect(lock).rejects.toThrow("networkOf");
    await expect(manager.contain({ network }, { preview: true })).rejects.toThrow("networkOf");
  },
);
