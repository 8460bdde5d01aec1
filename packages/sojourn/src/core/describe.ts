/** A value that an option should not have, in a few words that give no more away than they must. */
export function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  return typeof value === "object" || typeof value === "function"
    ? `of type ${value === null ? "null" : typeof value}`
    : String(value);
}
