/**
 * The values that a `Cookie` header holds under `name`, each different one once, and no more than two: more than one is
 * one too many, whatever it says. Reads in one pass, whatever the header's size, and never throws.
 */
export function cookieValues(header: string, name: string): readonly string[] {
  const values: string[] = [];
  let at = 0;
  while (at < header.length && values.length < 2) {
    let end = header.indexOf(";", at);
    if (end < 0) end = header.length;
    const pair = header.slice(at, end).trim();
    // Names are compared byte by byte: no decoding, no case.
    if (pair.startsWith(name) && pair[name.length] === "=") {
      const value = pair.slice(name.length + 1);
      if (!values.includes(value)) values.push(value);
    }
    at = end + 1;
  }
  return values;
}
