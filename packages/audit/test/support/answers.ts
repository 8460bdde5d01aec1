import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

export function send(
  response: ServerResponse,
  status: number,
  body = "",
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "Content-Type": "text/html; charset=utf-8", ...headers }).end(body);
}

export function page(content: string): string {
  return `<!doctype html><html><body>${content}</body></html>`;
}

export function tokenField(token: string): string {
  return `<input type="hidden" name="csrf" value="${token}">`;
}

export function escaped(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

export function cookieOf(request: IncomingMessage, name: string): string | null {
  return cookiesOf(request, name)[0] ?? null;
}

/** Every different value of the cookies of one name. */
export function cookiesOf({ headers }: IncomingMessage, name: string): readonly string[] {
  const pairs = (headers.cookie ?? "").split("; ").filter((pair) => pair.startsWith(`${name}=`));
  return [...new Set(pairs.map((pair) => pair.slice(name.length + 1)))];
}

/** The fields of a form or of a flat JSON object. */
export async function fieldsOf(request: IncomingMessage): Promise<URLSearchParams> {
  const body = await text(request);
  if (!body.startsWith("{")) return new URLSearchParams(body);
  try {
    return new URLSearchParams(JSON.parse(body) as Record<string, string>);
  } catch {
    return new URLSearchParams();
  }
}
