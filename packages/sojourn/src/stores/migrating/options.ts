import { describe, describeType } from "../../core/describe.ts";
import { parseDuration } from "../../core/duration.ts";
import { OptionsError } from "../../core/errors.ts";
import { isObject } from "../../core/json.ts";
import { unknownKeys } from "../../core/option-names.ts";

const verbs = ["insert", "find", "update", "remove", "idsOf", "removeExpired"];

/** Throws `OptionsError` with every problem found. */
export function assertMigratingOptions(options: unknown): void {
  const problems = isObject(options)
    ? optionProblems(options)
    : [`options are ${describe(options)}: write { from, to }`];
  if (problems.length > 0) throw new OptionsError("migrating", problems);
}

function optionProblems(options: { readonly [key: string]: unknown }): readonly string[] {
  const { from, to, phase, absolute, clock } = options;
  const problems = [...unknownKeys(options, "migrating", ["from", "to", "phase", "absolute", "clock"])];
  for (const [name, store] of Object.entries({ from, to })) {
    if (!(isObject(store) && verbs.every((verb) => typeof store[verb] === "function")))
      problems.push(`${name} is ${describeType(store)}: write a SessionStore, like sqliteStore(db)`);
  }
  if (isObject(from) && from === to) problems.push("from and to are one store: nothing can move");
  if (phase !== undefined && phase !== "prepare" && phase !== "move")
    problems.push(`phase is ${describe(phase)}: write "prepare" or "move"`);
  if (absolute !== undefined && !parseDuration(absolute))
    problems.push(`absolute is ${describe(absolute)}: write a number and a unit, like "30d"`);
  if (clock !== undefined && !(isObject(clock) && typeof clock.now === "function"))
    problems.push("clock is incomplete: write an object with now and after, or leave it out");
  return problems;
}
