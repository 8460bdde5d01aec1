/** An amount of money in cents: a whole number, so that nothing is ever rounded. */
export type Cents = number;

const largest: Cents = 100_000_000;

/** Reads an amount as people write it: `25`, `25.50`, `1,250.00`. `null` for anything else, zero and sums above a million. */
export function parseAmount(text: string): Cents | null {
  const match = /^(\d{1,7}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{1,2}))?$/.exec(text.trim());
  if (!match) return null;
  const cents = Number(match[1]?.replaceAll(",", "")) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  return cents > 0 && cents <= largest ? cents : null;
}

/** `125050` becomes `1,250.50`. */
export function formatCents(cents: Cents): string {
  const whole = Math.floor(Math.abs(cents) / 100);
  const rest = String(Math.abs(cents) % 100).padStart(2, "0");
  return `${cents < 0 ? "-" : ""}${whole.toLocaleString("en-US")}.${rest}`;
}
