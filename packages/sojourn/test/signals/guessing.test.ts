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
  const guessing = { type: "session_guessing", severity: "warning", network: "192.0.2.0/24", within: 60_000 };
  expect(events[0]).toMatchObject({ ...guessing, different: 50 });
  expect(events[1]).toMatchObject({ ...guessing, different: 100 });
});

test("an event says how often was asked, the same one over and over included", () => {
  const { events, guesses } = counter(3);
  for (const token of ["a", "a", "a", "b", "b", "c"]) guesses.count("192.0.2.0/24", token, 0);
  expect(events).toMatchObject([{ different: 3, attempts: 6 }]);
});

test("thousands of guesses are counted in hundreds, so that the last event is no whisper", () => {
  const { events, guesses } = counter(50);
  for (let guess = 0; guess < 4_000; guess++) guesses.count("192.0.2.0/24", `token ${guess}`, 0);
  expect(events).toMatchObject([{ different: 50 }, { different: 100 }, { different: 200 }, { different: 400 }]);
});

test("a minute is a minute, and a clock that was set back begins another", () => {
  const at = (first: number, second: number) => {
    const { events, guesses } = counter(2);
    guesses.count("192.0.2.0/24", "a", first);
    guesses.count("192.0.2.0/24", "b", second);
    return events.length;
  };
  expect([at(0, 59_999), at(0, 60_000), at(100_000, 50_000)]).toEqual([1, 0, 0]);
});

test("whoever comes when no more can be remembered makes others forgotten: once for each time they asked", () => {
  const { guesses } = counter();
  guesses.count("regular", "a", 0);
  guesses.count("regular", "a", 0);
  for (let network = 1; network < mostSources; network++) guesses.count(`network ${network}`, "token", 0);
  expect(guesses.size).toBe(mostSources);
  guesses.count("one more", "token", 0);
  expect(guesses.size).toBe(1);
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
