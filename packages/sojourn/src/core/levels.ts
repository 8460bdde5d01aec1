import type { AssuranceLevel } from "./policy.ts";

/** From the weakest. */
export const levels: readonly AssuranceLevel[] = ["aal1", "aal2", "aal3"];

export function isLevel(value: unknown): value is AssuranceLevel {
  return levels.includes(value as AssuranceLevel);
}

export function isAtLeast(level: AssuranceLevel, needed: AssuranceLevel): boolean {
  return levels.indexOf(level) >= levels.indexOf(needed);
}

export function stronger(a: AssuranceLevel, b: AssuranceLevel): AssuranceLevel {
  return isAtLeast(a, b) ? a : b;
}
