export const durationPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `"15m"` in milliseconds. */
export function milliseconds(duration: string): number {
  const [, number = "0", unit = "s"] = durationPattern.exec(duration) ?? [];
  return Number(number) * (units[unit] ?? 0);
}

/** 900000 as `15 min`. */
export function sayDuration(value: number): string {
  if (value < 1_000) return `${Math.round(value)} ms`;
  if (value < 120_000) return `${Math.round(value / 100) / 10} s`;
  if (value < 7_200_000) return `${Math.round(value / 6_000) / 10} min`;
  if (value < 172_800_000) return `${Math.round(value / 360_000) / 10} h`;
  return `${Math.round(value / 8_640_000) / 10} days`;
}
