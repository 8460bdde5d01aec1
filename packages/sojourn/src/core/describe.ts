/** A value that an option should not have, in a few words that give no more away than they must. */
export function describe(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : describeType(value);
}

/** Where a person may give an address in place of a thing: addresses hold passwords, so of texts only that they are. */
export function describeType(value: unknown): string {
  if (value === undefined) return "missing";
  const type = value === null ? "null" : typeof value;
  return /null|object|function|string/.test(type) ? `of type ${type}` : String(value);
}
