import { describe } from "../../core/describe.ts";
import { OptionsError } from "../../core/errors.ts";
import { isObject } from "../../core/json.ts";
import { insteadOf, namesBeside } from "../../core/option-names.ts";

/** What an option of any adapter is; those that are not here are functions. */
const booleans: readonly string[] = ["behindProxy", "csrf"];

/** `options`, or an `OptionsError` with every problem: a misspelt option would silently do nothing. */
export function checkedOptions<Options extends object>(
  options: Options,
  adapter: string,
  names: readonly (keyof Options & string)[],
): Options {
  const given: unknown = options;
  if (!isObject(given)) throw new OptionsError(adapter, [`options is ${describe(given)}: write an object`]);
  const problems = [
    ...namesBeside(names, given).map((name) => `${name} is not an option: ${insteadOf(name, names)}`),
    ...names.flatMap((name) => {
      const value = given[name];
      const isBoolean = booleans.includes(name);
      if (value === undefined || typeof value === (isBoolean ? "boolean" : "function")) return [];
      return [`${name} is ${describe(value)}: write ${isBoolean ? "true or false" : "a function"}`];
    }),
  ];
  if (problems.length > 0) throw new OptionsError(adapter, problems);
  return options;
}
