import { expect, test } from "vitest";
import { clientSignals, type SignalOptions } from "../../src/signals/index.ts";
import { said } from "../support/kinds.ts";
import { world } from "../support/world.ts";
import { headersOf } from "./corpus/browsers.ts";

/* What was kept before somebody decided to keep less: no longer read, no longer told, and gone with the next request. */

const key = "k".repeat(32);
const headers = headersOf({ browser: "firefox", version: "150", platform: "linux", languages: "de" });

/** Alice logged in while everything was kept; now her requests go to a process that keeps what `options` says. */
async function alice(options: SignalOptions | undefined) {
  const here = world({ policy: { renew: { every: "15m", grace: "1m" } } });
  const browser = here.newcomer().at(here.node({ signals: clientSignals() }));
  const { id } = await browser.logIn("alice", {}, { headers, address: "192.0.2.7" });
  const now = browser.at(options ? here.node({ signals: clientSignals(options) }) : here.manager);
  const open = (token: string, address: string, more: Record<string, string> = {}) =>
    now.open({ headers: { ...headers, ...more, cookie: `__Host-Http-id=${token}` }, address });
  here.news();
  return { ...here, browser, id, open };
}

test.each([
  ["off", { network: "off" }, []],
  ["hashed", { network: "hashed", key }, [expect.not.stringContaining("/")]],
] as const)(
  "networks that are %s from now on: the others are forgotten, and no change is seen",
  async (_how, options, left) => {
    const { browser, id, open, record, events } = await alice(options);
    expect(said(await open(browser.token, "198.51.100.4"))).toBe("authenticated, alice");
    expect((await record(id)).signals?.networks).toEqual(left);
    expect(events.filter(({ type }) => type === "session_client_changed")).toEqual([]);
  },
);

test("languages that are not looked at any more are forgotten", async () => {
  const { browser, id, open, record } = await alice({ languages: false });
  await open(browser.token, "192.0.2.7");
  expect((await record(id)).signals?.languages).toEqual([]);
});

test.each([
  ["all signals", undefined, { client: null, network: null }],
  ["networks", { network: "off" }, { client: "firefox 150 on linux", network: null }],
] as const)("a replay tells nothing of before %s were switched off", async (_what, options, side) => {
  const { browser, clock, open, events } = await alice(options);
  const stolen = browser.token;
  clock.advance("16m");
  // At the process that still keeps everything: renewed, confirmed, and past its grace.
  const at = () =>
    browser.open({ headers: { ...headers, cookie: `__Host-Http-id=${browser.token}` }, address: "192.0.2.7" });
  await at();
  await at();
  clock.advance("10m");
  expect(said(await open(stolen, "203.0.113.1"))).toBe("anonymous, replay");
  expect(events.find(({ type }) => type === "session_replayed")).toMatchObject({ before: side, now: side });
});

test("a change tells no network of before they were switched off", async () => {
  const { browser, open, events } = await alice({ network: "off" });
  await open(browser.token, "203.0.113.1", { "user-agent": "curl/8.0" });
  expect(events.find(({ type }) => type === "session_client_changed")).toMatchObject({ before: { network: null } });
});
