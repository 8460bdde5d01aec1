import { expect, test } from "vitest";
import { OptionsError } from "../../src/core/errors.ts";
import type { Signals } from "../../src/core/signals.ts";
import { createSessionManager } from "../../src/manager.ts";
import { clientSignals, type SignalOptions } from "../../src/signals/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";

function problemsOf(signals: unknown): readonly string[] {
  try {
    clientSignals(signals as SignalOptions);
    return [];
  } catch (error) {
    if (error instanceof OptionsError) return error.problems;
    throw error;
  }
}

test("what is wrong with the signals is said when they are made, all of it, with what to write instead", () => {
  expect(
    problemsOf({
      netwrok: "off",
      network: "hashed",
      key: "short",
      languages: "no",
      lockAt: 0,
      endAt: "soon",
      own: 7,
      guesses: 1,
      weights: { networks: 1, platform: -1 },
    }),
  ).toEqual([
    "options.netwrok does not exist: did you mean network?",
    'key is missing or too short: network "hashed" needs at least 32 secret characters of your own',
    'languages is "no": write true or false',
    'lockAt is 0: write a number from 1, or "never"',
    'endAt is "soon": write a number from 1, or "never"',
    "own is 7: write a function",
    "guesses is 1: write a whole number from 2 to 200, or false",
    "weights.networks does not exist: did you mean network?",
    "weights.platform is -1: write a number from 0",
  ]);
  expect(problemsOf("yes")).toEqual(['options is "yes": write an object']);
  expect(problemsOf({ network: "exact" })).toEqual(['network is "exact": write "coarse", "hashed" or "off"']);
});

test.each([[undefined], [{}], [{ network: "off", weights: { languages: 0 }, endAt: 200, guesses: false }]])(
  "%j is fine",
  (signals) => {
    expect(problemsOf(signals)).toEqual([]);
  },
);

test("a manager takes signals that were made, and says so where they were not", () => {
  const make = (signals: unknown) => () => createSessionManager({ store: memoryStore(), signals: signals as Signals });
  expect(make(clientSignals())).not.toThrow();
  expect(make(true)).toThrow("signals is true: write clientSignals() of sojourn/signals, or leave it out");
});
