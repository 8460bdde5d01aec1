/** A length of time, written with its unit: `"30s"`, `"15m"`, `"8h"`, `"30d"`. Whole or decimal, never negative. */
export type Duration = `${number}${"s" | "m" | "h" | "d"}`;

const unitInMilliseconds = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const format = /^(\d{1,9}(?:\.\d{1,3})?)([smhd])$/;

/** Milliseconds in `duration`, or `null` if it is not one. */
export function parseDuration(duration: unknown): number | null {
  const match = typeof duration === "string" ? format.exec(duration) : null;
  if (!match) return null;
  return Math.round(Number(match[1]) * unitInMilliseconds[match[2] as keyof typeof unitInMilliseconds]);
}

/** Milliseconds in a duration that was checked before. */
export function milliseconds(duration: Duration): number {
  const parsed = parseDuration(duration);
  if (parsed === null)
    throw new TypeError(`Not a duration: write a number and a unit, like "30m"; got ${String(duration)}`);
  return parsed;
}
