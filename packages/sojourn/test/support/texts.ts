import fc from "fast-check";

const codeUnit = fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit));

/** Any text a program can hold: every code unit, NUL and lone surrogates included. */
export function anyText({ maxLength }: { readonly maxLength: number } = { maxLength: 100 }): fc.Arbitrary<string> {
  return fc.string({ unit: codeUnit, maxLength });
}
