/**
 * The values that a `Cookie` header holds under `name`, each different one once, and no more than `atMost`; two by default:
 * more than one is one too many, whatever it says. Reads in one pass, whatever the header's size, and never throws.
 */
export function cookieValues(header: string, name: string, atMost = 2): readonly string[] {
  const values: string[] = [];
  // Names are compared byte by byte: no decoding, no case.
  for (let at = header.indexOf(name); at >= 0 && values.length < atMost; at = header.indexOf(name, at + 1)) {
    const equals = at + name.length;
    if (header.charCodeAt(equals) !== equalsSign || !beginsPair(header, at)) continue;
    const value = valueAt(header, equals + 1);
    if (!values.includes(value)) values.push(value);
  }
  return values;
}

/** More of one name are nobody's honest cookies. */
const mostToVerify = 8;

/**
 * The values for whoever believes only those that are signed: all of them, or one that is forged in front of two signed
 * ones would hide the second. `null`: so many that nobody looks.
 */
export function valuesToVerify(header: string, name: string): readonly string[] | null {
  const values = cookieValues(header, name, mostToVerify + 1);
  return values.length > mostToVerify ? null : values;
}

// Characters by their codes: every request comes through here, and a code before the first character is `NaN`.
const [tab, space, semicolon, equalsSign] = [0x09, 0x20, 0x3b, 0x3d];

function beginsPair(header: string, at: number): boolean {
  let before = at - 1;
  while (isBlank(header.charCodeAt(before))) before--;
  return before < 0 || header.charCodeAt(before) === semicolon;
}

function valueAt(header: string, start: number): string {
  const next = header.indexOf(";", start);
  let end = next < 0 ? header.length : next;
  while (end > start && isBlank(header.charCodeAt(end - 1))) end--;
  return header.slice(start, end);
}

/**
 * Space and tab alone, unlike `trim`: a browser keeps other white space in a cookie's name, so that a name which only looks
 * prefixed escapes the browser's rules for prefixes and must not pass for ours.
 */
function isBlank(code: number): boolean {
  return code === space || code === tab;
}
