import { z } from "zod";
import { Trouble } from "../http/trouble.ts";
import type { Visitor } from "./visitor.ts";

const storageState = z.object({
  cookies: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      domain: z.string(),
      path: z.string(),
      expires: z.number().default(-1),
      httpOnly: z.boolean().default(false),
      secure: z.boolean().default(false),
      sameSite: z.enum(["Strict", "Lax", "None"]).optional(),
    }),
  ),
  origins: z
    .array(
      z.object({
        origin: z.string(),
        localStorage: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
      }),
    )
    .default([]),
});

/** What a saved state has for the local storage of the target's pages. */
export type SavedEntries = readonly { readonly name: string; readonly value: string }[];

/**
 * Puts the cookies of a saved Playwright state into a visitor's jar: one session, already signed in. Returns what the
 * pages of the target are to find in local storage.
 */
export function takeStorageState(visitor: Visitor, target: URL, text: string): SavedEntries {
  const parsed = storageState.safeParse(parse(text));
  if (!parsed.success)
    throw new Trouble("flow-broken", "The saved state is not one of Playwright's: it has no list of cookies");
  for (const { name, value, domain, path, expires, httpOnly, secure, sameSite } of parsed.data.cookies) {
    const attributes = [
      `${name}=${value}`,
      `Path=${path}`,
      domain.startsWith(".") && `Domain=${domain.slice(1)}`,
      expires > 0 && `Expires=${new Date(expires * 1000).toUTCString()}`,
      httpOnly && "HttpOnly",
      secure && "Secure",
      sameSite && `SameSite=${sameSite}`,
    ];
    visitor.jar.store([attributes.filter(Boolean).join("; ")], target);
  }
  return parsed.data.origins.find(({ origin }) => origin === target.origin)?.localStorage ?? [];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
