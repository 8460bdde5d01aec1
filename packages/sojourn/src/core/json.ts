/** Anything JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** `T`, and everything in it, read-only. */
export type DeepReadonly<T> = T extends (...args: never) => unknown
  ? T
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** How many levels session data may nest: far more than data is deep, far less than a stack. */
const deepestData = 100;

export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

export function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

/**
 * Where `value` holds something that JSON would lose or change, in words: `"data.due is a Date"`; `null` if nowhere.
 * A property set to `undefined` counts as absent.
 */
export function findNonJson(value: unknown, path: string, ancestors: readonly object[] = []): string | null {
  if (value === null || typeof value === "boolean" || typeof value === "string") return null;
  if (typeof value === "number") return Number.isFinite(value) ? null : `${path} is ${value}`;
  if (typeof value !== "object") return `${path} is of type ${typeof value}`;
  if (ancestors.includes(value)) return `${path} contains itself`;
  if (ancestors.length === deepestData) return `${path} is more than ${deepestData} levels deep`;
  const within = [...ancestors, value];
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) {
      const problem = findNonJson(value[at], `${path}[${at}]`, within);
      if (problem) return problem;
    }
    return null;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype)
    return `${path} is a ${value.constructor?.name ?? "class instance"}`;
  if ("toJSON" in value) return `${path} has a toJSON method`;
  for (const [key, member] of Object.entries(value)) {
    const problem = member === undefined ? null : findNonJson(member, `${path}.${key}`, within);
    if (problem) return problem;
  }
  return null;
}

/** Whether `value` nests more than `levels` levels. Looks no deeper, so that nothing hostile exhausts the stack. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(levels - 1, member));
}

/** Freezes `value` and everything in it. What is frozen already counts as frozen throughout. */
export function deepFreeze(value: unknown): void {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) freezeWithin(value);
}

/** Members first. Loops instead of lists, because every session whose data is looked at passes here. */
function freezeWithin(value: object): void {
  if (Array.isArray(value)) {
    for (const member of value) deepFreeze(member);
  } else {
    for (const key in value) deepFreeze((value as Record<string, unknown>)[key]);
  }
  Object.freeze(value);
}
