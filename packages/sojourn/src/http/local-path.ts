/** Somewhere that is certainly not here: a path that leads away from it is not a local one. */
const nowhere = "http://nowhere.invalid";
/** One slash first, never two; no backslash, space or control character, which browsers rewrite or drop. */
const local = /^\/(?!\/)[!-[\]-~]*$/;
const longest = 2_000;

/**
 * The path of this application that `value` is, normalised, with its query; `null` for whole URLs, `//host`, `/\\host`
 * and whatever else a browser might take for another site. For the `return_to` that guards send along, which anybody can
 * write into a link.
 */
export function localPath(value: unknown): string | null {
  if (typeof value !== "string" || value.length > longest || !local.test(value)) return null;
  if (!URL.canParse(value, nowhere)) return null;
  const { origin, pathname, search } = new URL(value, nowhere);
  const path = pathname + search;
  return origin === nowhere && local.test(path) ? path : null;
}
