import type { Request } from "express";

/** One field of a submitted form, trimmed; empty if it is missing or was sent several times. */
export function textField(request: Request, name: string): string {
  return rawField(request, name).trim();
}

/** The same, exactly as it was typed: for passwords. */
export function rawField({ body }: Request, name: string): string {
  const form: unknown = body;
  if (typeof form !== "object" || form === null || !Object.hasOwn(form, name)) return "";
  const value: unknown = Reflect.get(form, name);
  return typeof value === "string" ? value : "";
}
