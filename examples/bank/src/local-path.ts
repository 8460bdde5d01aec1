/** Somewhere that is certainly not here: a path that leads away from it is not a local one. */
const nowhere = "http://nowhere.invalid";
/** One slash first, never two; no backslash, space or control character, which browsers rewrite or drop. */
const local = /^\/(?!\/)[!-[\]-~]*$/;

/**
 * The path to come back to, if `value` is a path of this very application; `null` for whole URLs, `//host`, `/\host` and
 * whatever a browser might read as one of them.
 */
export function localPath(value: unknown): string | null {
  if (typeof value !== "string" || value.length > 1_000 || !local.test(value)) return null;
  if (!URL.canParse(value, nowhere)) return null;
  const { origin, pathname, search } = new URL(value, nowhere);
  const path = pathname + search;
  return origin === nowhere && local.test(path) ? path : null;
}
