import { expect, test } from "vitest";
import { clientSignals, type SignalOptions } from "../../src/signals/index.ts";
import { locked, said } from "../support/kinds.ts";
import { world } from "../support/world.ts";
import { type Device, headersOf } from "./corpus/browsers.ts";

const laptop: Device = { browser: "firefox", version: "150", platform: "linux", languages: "de,en;q=0.5" };
const strange: Device = { ...laptop, platform: "windows" };
const from = (device: Device, address = "192.0.2.7") => ({ headers: headersOf(device), address });

/** Alice is logged in on her laptop. */
async function alice(options: SignalOptions | null = {}) {
  const here = world(options ? { signals: clientSignals(options) } : {});
  const browser = here.newcomer();
  // The login's request carries no cookie yet, so it can say who it is.
  const { id } = await browser.logIn("alice", {}, from(laptop));
  here.news();
  const request = (device: Device, address?: string) => {
    const { headers, address: of } = from(device, address);
    const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join("; ");
    return browser.open({ headers: { ...headers, cookie }, address: of });
  };
  return { ...here, browser, id, request };
}

test("an updated browser on another network is the same client, and the move is an event", async () => {
  const here = await alice();
  expect(said(await here.request({ ...laptop, version: "152" }, "198.51.100.4"))).toBe("authenticated, alice");
  expect(here.events.at(-1)).toMatchObject({
    type: "session_client_changed",
    severity: "info",
    verdict: "observe",
    changes: ["network"],
    before: { client: "firefox 150 on linux", network: "192.0.2.0/24" },
    now: { client: "firefox 152 on linux", network: "198.51.100.0/24" },
  });
  here.news();
  expect(said(await here.request({ ...laptop, version: "152" }, "192.0.2.99"))).toBe("authenticated, alice");
  expect(here.news()).toEqual([]);
});

test("another system locks the session, for its owner too, until she proves who she is", async () => {
  const here = await alice();
  expect(said(await here.request(strange))).toBe("locked, alice");
  expect(here.events.at(-1)).toMatchObject({ type: "session_client_changed", severity: "critical", verdict: "lock" });
  expect((await here.manager.list("alice")).map(({ lockedFor }) => lockedFor)).toEqual(["client-changed"]);
  const stolen = here.browser.copy();
  const session = locked(await here.request(laptop));
  await session.unlock({ userId: "alice", level: "aal1" });
  expect(said(await here.request(laptop))).toBe("authenticated, alice");
  expect((await here.record(here.id)).lockedFor).toBeUndefined();
  // What the thief holds was replaced.
  expect(said(await stolen.open())).toBe("anonymous, superseded");
});

test("who unlocks a session that came from another client has proved what they prove now", async () => {
  const here = await alice();
  const { headers, address } = from(laptop);
  await (
    await here.browser.signedIn({ headers: { ...headers, cookie: `__Host-Http-id=${here.browser.token}` }, address })
  ).elevate("aal2");
  const session = await locked(await here.request(strange)).unlock({ userId: "alice", level: "aal1" });
  expect([session.level, session.isFresh({ within: "1h", level: "aal2" })]).toEqual(["aal1", false]);
});

test("who unlocks a session is who it knows from then on", async () => {
  const here = await alice();
  await locked(await here.request(strange)).unlock({ userId: "alice", level: "aal1" });
  const headers = { ...headersOf(strange), cookie: `__Host-Http-id=${here.browser.token}` };
  expect(said(await here.browser.open({ headers, address: "192.0.2.7" }))).toBe("authenticated, alice");
  expect((await here.record(here.id)).signals).toMatchObject({ client: "firefox", platform: "windows" });
});

test("a locked session that nobody unlocks ends as any idle one does", async () => {
  const here = await alice();
  await here.request(strange);
  here.clock.advance("31m");
  expect(said(await here.request(laptop))).toBe("anonymous, idle");
});

test("where the policy says so, the session is ended and the reason told", async () => {
  const here = await alice({ endAt: 100 });
  expect(said(await here.request(strange))).toBe("anonymous, client-changed");
  expect(here.news()).toEqual(["session_client_changed", "session_expired"]);
  expect(await here.rowsNow()).toEqual([]);
});

test("a store that cannot note the lock serves nothing all the same", async () => {
  const here = await alice();
  here.store.failNext("update");
  expect(locked(await here.request(strange)).because).toBe("client-changed");
});

/** A laptop whose browser sends hints and Fetch Metadata, and a script that sends its `User-Agent` and what else it likes. */
const chrome: Device = { browser: "chrome", version: "150", platform: "linux", languages: "de" };
async function aliceAndAScript() {
  const here = world({ signals: clientSignals() });
  const browser = here.newcomer();
  const { "user-agent": agent = "", ...others } = headersOf(chrome);
  await browser.logIn("alice", {}, { headers: { "user-agent": agent, ...others }, address: "192.0.2.7" });
  const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const script = (headers: Readonly<Record<string, string>>, address = "192.0.2.7") =>
    browser.open({ headers: { "user-agent": agent, "accept-language": "de", cookie, ...headers }, address });
  return { ...here, script };
}

test("a script that asks for another protocol is no socket: it is asked for its hints", async () => {
  expect(said(await (await aliceAndAScript()).script({ upgrade: "websocket" }))).toBe("authenticated, alice");
  expect(said(await (await aliceAndAScript()).script({ upgrade: "h2c" }))).toBe("locked, alice");
});

test("what a socket's handshake says is not learnt: changes add up, and are not made one at a time", async () => {
  const { script, events } = await aliceAndAScript();
  const socket = { upgrade: "websocket" };
  const abroad = { ...socket, "accept-language": "pt" };
  expect(said(await script(abroad))).toBe("authenticated, alice");
  expect(said(await script(socket, "203.0.113.1"))).toBe("authenticated, alice");
  expect(events.slice(-2)).toMatchObject([{ changes: ["languages"] }, { changes: ["network"] }]);
  expect(said(await script(abroad, "203.0.113.1"))).toBe("locked, alice");
});

test("the application's own signal is asked with what it kept, and can lock by itself", async () => {
  const seen: string[] = [];
  const here = await alice({
    own: (request, { kept }) => {
      seen.push(kept);
      const place = request.address?.()?.startsWith("203.0.113.") ? "moon" : "earth";
      return { keep: place, weight: kept !== "" && kept !== place ? 100 : 0 };
    },
  });
  expect(said(await here.request(laptop))).toBe("authenticated, alice");
  expect(here.news()).toEqual([]);
  expect(said(await here.request(laptop, "203.0.113.1"))).toBe("locked, alice");
  expect(here.events.at(-1)).toMatchObject({ changes: ["network", "own"] });
  expect(seen).toEqual(["", "earth"]);
});

test("an own signal that keeps what it kept costs no write", async () => {
  const here = await alice({ own: () => ({ keep: "earth", weight: 0 }) });
  await here.request(laptop);
  const { update } = here.store.calls;
  expect(said(await here.request(laptop))).toBe("authenticated, alice");
  expect(here.store.calls.update).toBe(update);
});

test("an own signal that throws signs nobody out", async () => {
  let isAway = false;
  const here = await alice({
    own: () => {
      if (isAway) throw new Error("the database of places is away");
      return { keep: "earth", weight: 0 };
    },
  });
  expect(said(await here.request(laptop))).toBe("authenticated, alice");
  isAway = true;
  expect(said(await here.request(laptop))).toBe("authenticated, alice");
  expect((await here.record(here.id)).signals).toMatchObject({ own: "earth" });
  expect(here.news()).toEqual([]);
});

test("an own signal keeps 64 characters, and what it says is no number weighs nothing", async () => {
  const here = await alice({ own: () => ({ keep: "x".repeat(100), weight: Number.NaN }) });
  expect(said(await here.request(laptop))).toBe("authenticated, alice");
  expect((await here.record(here.id)).signals).toMatchObject({ own: "x".repeat(64) });
  expect(here.news()).toEqual([]);
});

test("an own signal that finds a client better than it was takes nothing off what others weigh", async () => {
  const here = await alice({ own: () => ({ keep: "", weight: -100 }) });
  expect(said(await here.request(strange))).toBe("locked, alice");
});

test("what is kept is coarse: no address, no User-Agent, no region", async () => {
  const here = await alice();
  const row = JSON.stringify(await here.row(here.id));
  for (const told of ["192.0.2.7", "Mozilla", "X11", "q=0"]) expect(row).not.toContain(told);
  expect((await here.record(here.id)).signals).toEqual({
    client: "firefox",
    version: 150,
    brand: "",
    platform: "linux",
    languages: ["de", "en"],
    networks: ["192.0.2.0/24"],
    habits: "f",
    own: "",
  });
});

test("a hashed network is told apart and not told", async () => {
  const here = await alice({ network: "hashed", key: "k".repeat(32) });
  await here.request(laptop, "198.51.100.4");
  expect(here.events.at(-1)).toMatchObject({ type: "session_client_changed", changes: ["network"] });
  expect(JSON.stringify([here.events, await here.row(here.id)])).not.toMatch(/198\.51|192\.0\.2/);
});

test("with networks switched off the row has none, and a move is no change", async () => {
  const here = await alice({ network: "off" });
  expect(said(await here.request(laptop, "198.51.100.4"))).toBe("authenticated, alice");
  expect((await here.record(here.id)).signals?.networks).toEqual([]);
  expect(here.news()).toEqual([]);
});

test("switched off, nothing is asked for and nothing is kept", async () => {
  const here = await alice(null);
  const request = {
    method: "GET",
    url: "https://shop.example/",
    secure: true,
    header: (name: string) => {
      if (/^(user-agent|accept-language|sec-ch-)/.test(name)) throw new Error(`Asked for ${name}`);
      return name === "cookie" ? `__Host-Http-id=${here.browser.token}` : null;
    },
    address: () => {
      throw new Error("Asked for the address");
    },
  };
  expect(said(await here.manager.open(request, here.browser.response))).toBe("authenticated, alice");
  expect((await here.record(here.id)).signals).toBeUndefined();
});

test("sessions from before signals were switched on are learnt at their next request", async () => {
  const here = await alice(null);
  const node = here.node({ signals: clientSignals() });
  const request = { headers: { ...headersOf(laptop), cookie: `__Host-Http-id=${here.browser.token}` } };
  expect(said(await here.browser.at(node).open(request))).toBe("authenticated, alice");
  expect((await here.record(here.id)).signals).toMatchObject({ client: "firefox" });
  expect(here.news()).toEqual([]);
});

test("a replay tells both sides", async () => {
  const here = await alice();
  const thief = here.browser.copy();
  here.clock.advance("15m");
  await here.request(laptop);
  await here.request(laptop);
  here.clock.advance("3m");
  const headers = { ...headersOf(strange), cookie: `__Host-Http-id=${thief.token}` };
  expect(said(await thief.open({ headers, address: "203.0.113.1" }))).toBe("anonymous, replay");
  expect(here.events.find(({ type }) => type === "session_replayed")).toMatchObject({
    before: { client: "firefox 150 on linux", network: "192.0.2.0/24" },
    now: { client: "firefox 150 on windows", network: "203.0.113.0/24" },
  });
});

test("a request at work when the session is locked draws no new secret, ends nobody and writes nothing", async () => {
  const here = await alice();
  await here.newcomer().logIn("alice", {}, from(laptop));
  const atWork = async () => {
    const session = await here.request(laptop);
    if (session.kind !== "authenticated") throw new Error(said(session));
    return session;
  };
  const requests = [await atWork(), await atWork(), await atWork(), await atWork()] as const;
  expect(said(await here.request(strange))).toBe("locked, alice");
  const asked = [
    requests[0].endOthers(),
    requests[1].privilegesChanged(),
    requests[2].elevate("aal2"),
    requests[3].update((draft) => void Object.assign(draft, { cart: 1 })),
  ];
  const outcomes = await Promise.allSettled(asked);
  expect(outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason.code)).toEqual(
    Array(4).fill("ERR_SESSION_LOCKED"),
  );
  expect(await here.rowsNow()).toHaveLength(2);
});
