/** Markup that is safe to send: every value in it was escaped. Made by `html` alone. */
export class Html {
  readonly #markup: string;

  constructor(strings: TemplateStringsArray, parts: readonly Part[]) {
    this.#markup = String.raw({ raw: strings }, ...parts.map(render));
  }

  toString(): string {
    return this.#markup;
  }
}

/** What may stand in a template: text is escaped, markup is not, lists are joined, and nothing is nothing. */
export type Part = Html | string | number | null | false | readonly Part[];

/** A template whose values are escaped, for text and for attributes in double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings, parts);
}

function render(part: Part): string {
  if (part === null || part === false) return "";
  if (part instanceof Html) return part.toString();
  if (typeof part === "object") return part.map(render).join("");
  return escaped(String(part));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}
