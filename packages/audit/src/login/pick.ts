import type { Pick } from "../file/schema.ts";
import { type Answer, headerOf, linesOf } from "../http/exchange.ts";
import { readPage } from "../http/page.ts";

/** A value of an answer; `null` if it is not there. */
export function pickFrom(answer: Answer, { json, header, input, cookie }: Pick): string | null {
  if (json !== undefined) return jsonAt(answer.text, json);
  if (header !== undefined) return headerOf(answer, header.toLowerCase());
  if (cookie !== undefined) {
    const line = linesOf(answer, "set-cookie").find((each) => each.startsWith(`${cookie}=`));
    return line?.slice(cookie.length + 1).split(";")[0] ?? null;
  }
  const inputs = readPage(answer.text).forms.flatMap(({ inputs: all }) => all);
  return inputs.find(({ name }) => name === input)?.value ?? null;
}

/** What stands at a JSON Pointer (RFC 6901), as text; `null` if nothing does. */
export function jsonAt(text: string, pointer: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Record<string, unknown>)[key];
  }
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What stands between two texts for the first time; `null` if they do not follow each other. */
export function within(text: string, [before, after]: readonly [string, string]): string | null {
  const start = text.indexOf(before);
  const end = start < 0 ? -1 : text.indexOf(after, start + before.length);
  return end < 0 ? null : text.slice(start + before.length, end);
}
