import { expect, test } from "vitest";
import { insteadOf } from "../../src/core/option-names.ts";

const names = ["idle", "absolute", "at", "sessionsPerUser", "keep"];
const all = "there are idle, absolute, at, sessionsPerUser, keep";

test.each([
  ["idel", "did you mean idle?"],
  ["idl", "did you mean idle?"],
  ["idlee", "did you mean idle?"],
  ["iddle", "did you mean idle?"],
  ["Idle", "did you mean idle?"],
  ["sidle", "did you mean idle?"],
  ["absolut", "did you mean absolute?"],
  ["absoulte", "did you mean absolute?"],
  ["att", "did you mean at?"],
  ["sessionsperuser", "did you mean sessionsPerUser?"],
  ["sessionPerUser", "did you mean sessionsPerUser?"],
  ["keeep", "did you mean keep?"],
])("%s is a near miss: %s", (written, answer) => {
  expect(insteadOf(written, names)).toBe(answer);
});

test("a letter is not taken for the beginning and for the end of a name at once", () => {
  expect(insteadOf("a", ["aa"])).toBe("there are aa");
  expect(insteadOf("aa", ["a"])).toBe("there are a");
});

test.each(["to", "a", "", "it", "absent", "sessions", "keeping", "secret"])(
  "%j is near to nothing: the answer is everything there is",
  (written) => {
    expect(insteadOf(written, names)).toBe(all);
  },
);
