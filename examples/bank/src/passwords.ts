import { randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";

/** Length in characters: at least 12, so that no rules of composition are needed; at most 128, so that nobody makes us hash a book. */
export const passwordLength = { least: 12, most: 128 } as const;

/** argon2id with 19 MiB and two passes (OWASP Password Storage Cheat Sheet); id and version are the library's defaults. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export function hashPassword(password: string): Promise<string> {
  return hash(normal(password), cost);
}

/** Takes the same time for a customer who does not exist (`null`), so that time tells nobody who does. */
export async function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  decoy ??= hashPassword(randomBytes(32).toString("base64"));
  const isRight = await verify(passwordHash ?? (await decoy), normal(password));
  return isRight && passwordHash !== null;
}

let decoy: Promise<string> | undefined;

/** What to say about a password that cannot be used; `null` for one that can. */
export function passwordProblem(password: string, email: string): string | null {
  const { length } = [...password];
  if (length < passwordLength.least)
    return `Use at least ${passwordLength.least} characters. A few words make a good one.`;
  if (length > passwordLength.most) return `Use at most ${passwordLength.most} characters.`;
  if (email !== "" && password.toLowerCase().includes(email.toLowerCase()))
    return "Leave your e-mail address out of it.";
  return null;
}

/** Keyboards differ in how they compose the same character. */
function normal(password: string): string {
  return password.normalize("NFKC");
}
