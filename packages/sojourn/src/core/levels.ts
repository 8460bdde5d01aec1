import type { AssuranceLevel } from "./policy.ts";

const order: readonly AssuranceLevel[] = ["aal1", "aal2", "aal3"];

export function isLevel(value: unknown): value is AssuranceLevel {
  return order.includes(value as AssuranceLevel);
}

export function isAtLeast(level: AssuranceLevel, needed: AssuranceLevel): boolean {
  return order.indexOf(level) >= order.indexOf(needed);
}

export function stronger(a: AssuranceLevel, b: AssuranceLevel): AssuranceLevel {
  return isAtLeast(a, b) ? a : b;
}
