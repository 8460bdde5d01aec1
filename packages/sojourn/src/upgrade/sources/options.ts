import { OptionsError } from "../../core/errors.ts";
import { isObject } from "../../core/json.ts";
import { unknownKeys } from "../../core/option-names.ts";

/** Throws an `OptionsError` with every problem of a source's options. */
export function assertSource(
  name: string,
  options: unknown,
  keys: readonly string[],
  problemsOf: (given: { readonly [key: string]: unknown }) => readonly string[],
): void {
  const problems = isObject(options)
    ? [
        ...unknownKeys(options, "options", [...keys, "carry", "cookie", "as"]),
        ...carryProblems(options),
        ...problemsOf(options),
      ]
    : ["options are missing"];
  if (problems.length > 0) throw new OptionsError(name, problems);
}

function carryProblems({ carry }: { readonly [key: string]: unknown }): readonly string[] {
  return typeof carry === "function" || carry === undefined
    ? []
    : ["carry must be a function from the earlier session to { userId, data }, or null"];
}

/** One problem where a source that knows no user id of its own was not told what to carry over. */
export function missingCarry(carry: unknown): readonly string[] {
  return carry === undefined
    ? ["carry is missing: write (session) => session.userId ? { userId: session.userId } : null"]
    : [];
}

/** One problem where `store` is no earlier store. */
export function storeProblems(store: unknown): readonly string[] {
  const isStore = isObject(store) && ["find", "take", "forget"].every((verb) => typeof store[verb] === "function");
  return isStore ? [] : ["store must be what connectRedis(...), connectPgSimple(...) or the like returns"];
}
