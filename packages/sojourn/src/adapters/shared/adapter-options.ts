import { describe } from "../../core/describe.ts";
import { OptionsError } from "../../core/errors.ts";
import { isObject } from "../../core/json.ts";
import { insteadOf, namesBeside } from "../../core/option-names.ts";

/** What an option of any adapter is; those that are not here are functions. */
const booleans: readonly string[] = ["behindProxy", "csrf"];

/** What an adapter is made with: `options`, or an `OptionsError` with every problem, that there is no manager among them. */
export function adapterOptions<Options extends object>(
  manager: unknown,
  options: Options,
  adapter: string,
  names: readonly (keyof Options & string)[],
  beside: readonly string[] = [],
): Options {
  return checkedOptions(options, adapter, names, [...managerProblems(manager), ...beside]);
}

/** The problem, if `manager` is none: found when the adapter is made, not at the first request. */
export function managerProblems(manager: unknown): readonly string[] {
  const isManager = isObject(manager) && typeof manager.open === "function";
  return isManager ? [] : ["manager is none: write what createSessionManager returned"];
}

/** The problem, if the application that is to answer is no function. */
export function handlerProblems(handler: unknown): readonly string[] {
  return typeof handler === "function" ? [] : [`handler is ${describe(handler)}: write a function`];
}

/** `options`, or an `OptionsError` with every problem, and those found `beside`: a misspelt option would silently do nothing. */
export function checkedOptions<Options extends object>(
  options: Options,
  adapter: string,
  names: readonly (keyof Options & string)[],
  beside: readonly string[] = [],
): Options {
  const given: unknown = options;
  if (!isObject(given)) throw new OptionsError(adapter, [`options is ${describe(given)}: write an object`]);
  const problems = [
    ...beside,
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
