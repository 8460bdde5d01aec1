import { isObject, type Json, type JsonObject } from "../core/json.ts";

type Value = Json | undefined;

/**
 * What a session holds once the changes from `base` to `mine` are made to `theirs`, which others have changed meanwhile.
 *
 * Keys are merged one by one, at every depth, and a list to which one side has only added keeps what both have. Of two
 * values that cannot be merged, mine counts, the later one. What others took away stays away: a change inside of it is
 * dropped, so that a request that is late brings back nobody who was logged out.
 */
export function merged(base: JsonObject, mine: JsonObject, theirs: JsonObject): JsonObject {
  const result: { [key: string]: Json } = { ...theirs };
  for (const key of new Set([...Object.keys(base), ...Object.keys(mine)])) {
    const value = mergedValue(own(base, key), own(mine, key), own(theirs, key));
    if (value === undefined) delete result[key];
    else Object.defineProperty(result, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return result;
}

function mergedValue(base: Value, mine: Value, theirs: Value): Value {
  if (isSame(base, mine)) return theirs;
  if (isList(base) && (isList(mine) || mine === undefined) && (isList(theirs) || theirs === undefined)) {
    const [ours, others] = [addedTo(base, mine), addedTo(base, theirs)];
    const list = ours ? [...(theirs ?? []), ...ours] : others && [...(mine ?? []), ...others];
    if (list === null) return mine;
    return list.length === 0 && (mine === undefined || theirs === undefined) ? undefined : list;
  }
  if (isObject(base) && isObject(mine)) {
    return isObject(theirs) ? merged(base, mine as JsonObject, theirs as JsonObject) : theirs;
  }
  // Two requests that both began it.
  if (base === undefined && isObject(mine) && isObject(theirs)) {
    return merged({}, mine as JsonObject, theirs as JsonObject);
  }
  if (base === undefined && isList(mine) && isList(theirs)) return [...theirs, ...mine];
  return mine;
}

/** What `list` has after everything that is in `base`; `null` if it does not begin with that. */
function addedTo(base: readonly Json[], list: Value): readonly Json[] | null {
  if (!isList(list) || !isSame(base, list.slice(0, base.length))) return null;
  return list.slice(base.length);
}

function isList(value: Value): value is readonly Json[] {
  return Array.isArray(value);
}

function own(object: JsonObject, key: string): Value {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export function isSame(one: Value, other: Value): boolean {
  if (one === other) return true;
  if (isList(one) && isList(other)) {
    return one.length === other.length && one.every((item, at) => isSame(item, other[at]));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => isSame(own(one, key), own(other, key)));
}
