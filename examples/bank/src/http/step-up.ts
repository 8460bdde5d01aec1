import type { Key } from "../attempts.ts";
import type { Customer } from "../customers.ts";
import { isPassword } from "../passwords.ts";
import type { Services } from "../services.ts";
import type { MemberExchange } from "./members.ts";
import { tooManyAttempts } from "./too-many.ts";

/** How recently somebody must have proved who they are before anything sensitive. */
export const freshness = { within: "5m" } as const;

/** Sends somebody whose proof is too old to give a new one first; `true` if so. For what is quickly done again. */
export function isSentToConfirm({ session, response }: MemberExchange, returnTo: string): boolean {
  if (session.isFresh(freshness)) return false;
  response.redirect(303, `/confirm?return_to=${encodeURIComponent(returnTo)}`);
  return true;
}

/**
 * Looks at the password of somebody who is logged in already. Slowed down like a log-in, but counted for this session
 * alone: guesses at the log-in do not keep its owner from confirming, and guesses made with a stolen cookie keep nobody
 * from logging in.
 */
export async function isOwnPassword(
  { attempts }: Services,
  { response, session }: MemberExchange,
  { customer, password }: { readonly customer: Customer; readonly password: string },
): Promise<boolean> {
  const keys: readonly Key[] = [{ kind: "session", name: session.id }];
  const wait = attempts.begin(keys);
  if (wait !== null) throw tooManyAttempts(response, wait);
  const isRight = await isPassword(password, customer.passwordHash);
  if (isRight) attempts.succeeded(keys);
  return isRight;
}
