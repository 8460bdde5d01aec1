import { expect, test } from "vitest";
import { OptionsError } from "../../src/core/errors.ts";
import { createSessionManager } from "../../src/manager.ts";
import { memoryStore } from "../../src/stores/memory.ts";

function problemsOf(signals: unknown): readonly string[] {
  try {
    createSessionManager({ store: memoryStore(), signals: signals as boolean });
    return [];
  } catch (error) {
    if (error instanceof OptionsError) return error.problems;
    throw error;
  }
}

test("what is wrong with the signals is said when the manager is made, all of it, with what to write instead", () => {
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
    "signals.netwrok does not exist: did you mean network?",
    'signals.key is missing or too short: network "hashed" needs at least 32 secret characters of your own',
    'signals.languages is "no": write true or false',
    'signals.lockAt is 0: write a number from 1, or "never"',
    'signals.endAt is "soon": write a number from 1, or "never"',
    "signals.own is 7: write a function",
    "signals.guesses is 1: write a whole number from 2 to 200, or false",
    "signals.weights.networks does not exist: did you mean network?",
    "signals.weights.platform is -1: write a number from 0",
  ]);
  expect(problemsOf("yes")).toEqual(['signals is "yes": write true, false or an object']);
  expect(problemsOf({ network: "exact" })).toEqual(['signals.network is "exact": write "coarse", "hashed" or "off"']);
});

test.each([[true], [false], [{}], [{ network: "off", weights: { languages: 0 }, endAt: 200, guesses: false }]])(
  "signals: %j is fine",
  (signals) => {
    expect(problemsOf(signals)).toEqual([]);
  },
);
