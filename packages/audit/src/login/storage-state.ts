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
});

/** Puts the cookies of a saved Playwright state into a visitor's jar: one session, already signed in. */
export async function takeStorageState(visitor: Visitor, target: URL, text: string): Promise<void> {
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
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
