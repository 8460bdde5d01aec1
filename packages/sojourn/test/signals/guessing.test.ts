import { expect, test } from "vitest";
import type { EventDraft } from "../../src/core/events.ts";
import { createGuessCounter, mostSources } from "../../src/signals/guessing.ts";
import { clientSignals, type SignalOptions } from "../../src/signals/index.ts";
import { world } from "../support/world.ts";

function counter(atLeast = 50) {
  const events: EventDraft[] = [];
  return { events, guesses: createGuessCounter(atLeast, (event) => events.push(event)) };
}

test("many different sessions asked for from one network are an event, and again when they have doubled", () => {
  const { events, guesses } = counter();
  for (let guess = 0; guess < 130; guess++) guesses.count("192.0.2.0/24", `token ${guess}`, 0);
  expect(events).toHaveLength(2);
  expect(events[0]).toMatchObject({ type: "session_guessing", network: "192.0.2.0/24", different: 50, within: 60_000 });
});

test("one stale cookie, polled for hours, is no guessing", () => {
  const { events, guesses } = counter();
  for (let second = 0; second < 10_000; second++) guesses.count("192.0.2.0/24", "the stale one", 1_000 * second);
  expect(events).toEqual([]);
});

test("guesses of another minute are another count", () => {
  const { events, guesses } = counter();
  for (let guess = 0; guess < 500; guess++) guesses.count("192.0.2.0/24", `token ${guess}`, guess * 2_000);
  expect(events).toEqual([]);
});

test("a million networks take no more memory than a thousand, and blame nobody", () => {
  const { events, guesses } = counter(2);
  for (let network = 0; network < 1_000_000; network++) {
    guesses.count(`network ${network}`, "token", 0);
    if (network % 100_000 === 0) expect(guesses.size).toBeLessThanOrEqual(mostSources);
  }
  expect(guesses.size).toBeLessThanOrEqual(mostSources);
  expect(events).toEqual([]);
});

test("nobody is blamed for what others do: no count is more than its network's own guesses", () => {
  const { events, guesses } = counter(50);
  for (let guess = 0; guess < 200_000; guess++) {
    guesses.count(`attacker ${guess % 3_000}`, `token ${guess}`, 0);
    // The victim's browsers have forty sessions that are gone, and ask again and again.
    if (guess % 100 === 0) guesses.count("victim", `own ${(guess / 100) % 40}`, 0);
  }
  expect(events.filter((event) => "network" in event && event.network === "victim")).toEqual([]);
});

test("one network that guesses is found among a flood of others", () => {
  const { events, guesses } = counter(50);
  for (let guess = 0; guess < 100_000; guess++) {
    guesses.count(`passer-by ${guess}`, "token", 0);
    if (guess % 10 === 0) guesses.count("guesser", `token ${guess}`, 0);
  }
  expect(events[0]).toMatchObject({ network: "guesser" });
  expect(new Set(events.map((event) => "network" in event && event.network))).toEqual(new Set(["guesser"]));
});

test("guesses are counted where they are refused, and refuse nobody else", async () => {
  const here = world({ signals: clientSignals({ guesses: 15 }) });
  const alice = here.newcomer();
  await alice.logIn("alice");
  const digit = "0123456789abcdefghij";
  for (const letter of digit) {
    const token = `${letter.repeat(22)}.${letter.repeat(44)}`;
    await here.newcomer().open({ headers: { cookie: `__Host-Http-id=${token}` }, address: "2001:db8:7::1" });
  }
  expect(here.events.find(({ type }) => type === "session_guessing")).toMatchObject({ network: "2001:db8:7::/48" });
  const session = await alice.open({ headers: { cookie: `__Host-Http-id=${alice.token}` }, address: "2001:db8:7::2" });
  expect(session.kind).toBe("authenticated");
});

test.each<[string, SignalOptions, string | undefined]>([
  ["from nobody knows where", { guesses: 15 }, undefined],
  ["where nobody counts", { guesses: false }, "192.0.2.7"],
])("guesses %s are no event", async (_case, options, address) => {
  const here = world({ signals: clientSignals(options) });
  for (const letter of "0123456789abcdefghij") {
    const cookie = `__Host-Http-id=${letter.repeat(22)}.${letter.repeat(44)}`;
    await here.newcomer().open({ headers: { cookie }, ...(address !== undefined && { address }) });
  }
  expect(here.events.filter(({ type }) => type === "session_guessing")).toEqual([]);
});
