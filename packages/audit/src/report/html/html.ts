/** A piece of HTML: everything put into it was escaped. */
export interface Html {
  readonly markup: string;
}

export type Part = Html | string | number | null | readonly Part[];

/** Text is escaped, HTML stays, `null` is nothing. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: texts.map((text, at) => text + markupOf(parts[at] ?? null)).join("") };
}

function markupOf(part: Part): string {
  if (part === null) return "";
  if (Array.isArray(part)) return part.map(markupOf).join("");
  if (typeof part === "object") return (part as Html).markup;
  return String(part)
    .replaceAll(/(?![\t\n\r])\p{Cc}/gu, "�")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
