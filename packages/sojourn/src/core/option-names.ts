/** What to write in place of a name that does not exist: the one it is a near miss of, or any of `names`. */
export function insteadOf(key: string, names: readonly string[]): string {
  const meant = names.find((name) => isNear(key.toLowerCase(), name.toLowerCase()));
  return meant === undefined ? `there are ${names.join(", ")}` : `did you mean ${meant}?`;
}

/** One problem per key of `given` that does not exist: a misspelt option would silently do nothing. */
export function unknownKeys(given: object, name: string, keys: readonly string[]): readonly string[] {
  return namesBeside(keys, given).map((key) => `${name}.${key} does not exist: ${insteadOf(key, keys)}`);
}

/** Throws a `TypeError` for a key of `given` that is none of `names`, where a call takes them. */
export function assertNames(given: object, names: readonly string[], where: string): void {
  const [unknown] = namesBeside(names, given);
  if (unknown === undefined) return;
  throw new TypeError(`${where}({ ${unknown} }) does not exist: ${insteadOf(unknown, names)}`);
}

/** The keys of `given` that are none of `names`. */
export function namesBeside(names: readonly string[], given: object): readonly string[] {
  return Object.keys(given).filter((key) => !names.includes(key));
}

/** Whether two names begin and end alike and differ by two letters at most in between. */
function isNear(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  const alike = start + end;
  return alike >= 2 && Math.max(one.length, other.length) - alike <= 2;
}
