import { expect, test } from "vitest";
import { allChecks } from "../../src/index.ts";
import { pairs } from "./pairs.ts";

/** Checks without a pair, and why. */
const withoutPair: Readonly<Record<string, string>> = {
  "X-CRED-01": "it names what was found, and judges nothing",
  "X-BIND-02": "it is information about what is offered",
  "X-BIND-01": "it is information about nearly every application",
};

test("every check has a pair of twins, or a reason to have none", () => {
  const covered = [...new Set(pairs.map(({ id }) => id)), ...Object.keys(withoutPair)].sort();
  expect(covered).toEqual(allChecks.map(({ id }) => id).sort());
});

test("every pair is in one file of this folder", () => {
  const families = /^X-(CRED|COOK|TLS|TOK|BIND|FIX|END|TIME|STEP|CSRF|CACHE|CONC)-/;
  expect(pairs.filter(({ id }) => !families.test(id))).toEqual([]);
});

test("every check says what it means, how it was tested and when it is silent, in sentences", () => {
  for (const { id, means, tested, silent } of allChecks) {
    for (const text of [means, tested, silent]) expect(text, id).toMatch(/^[A-Z"].*\.$/);
  }
});
