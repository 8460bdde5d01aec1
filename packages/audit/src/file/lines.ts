import type { Check } from "../run/check.ts";

/** The line, counted from 1, on which a part of an audit file begins, by its name: `logout`, `change`. */
export type LinesOfFile = ReadonlyMap<string, number>;

/** Finds the names of properties, in JSON and in modules. The first of each name is taken: names of actions are their own. */
export function linesOfFile(text: string): LinesOfFile {
  const lines = new Map<string, number>();
  for (const [at, line] of text.split("\n").entries()) {
    for (const [, name = ""] of line.matchAll(/(?:^|[{,\s])["']?([A-Za-z]\w*)["']?\s*:(?!\/\/)/g))
      if (!lines.has(name)) lines.set(name, at + 1);
  }
  return lines;
}

/** Where the file describes what a check did: the action or expectation that it needs, else the login; 1 if nowhere. */
export function lineFor({ needs }: Pick<Check, "needs">, lines: LinesOfFile): number {
  const named = [...needs].reverse().map((need) => (need === "a request to hold" ? ["hold", "change"] : [need]));
  for (const name of [...named.flat(), "login"]) {
    const line = lines.get(name);
    if (line !== undefined) return line;
  }
  return 1;
}
