import type { User } from "../file/load.ts";
import type { Whoami } from "../file/schema.ts";
import { type Answer, headerOf } from "../http/exchange.ts";
import { isRedirect, type Visitor } from "../login/visitor.ts";

/**
 * Finds a page that tells somebody who is signed in from somebody who is not, and says who it is if any does: the page a
 * login led to, then the target's own address. `null` if none does.
 */
export async function guessWhoami(
  paths: readonly string[],
  { member, nobody, user }: Guessing,
): Promise<Whoami | null> {
  let second: Whoami | null = null;
  for (const path of new Set(paths)) {
    const inside = await member.open(path);
    const outside = await nobody.open(path);
    const again = await nobody.open(path);
    if (inside.status >= 300 || outside.status !== again.status) continue;
    const request = { kind: "request" as const, method: "GET", path, as: "form" as const };
    const name = user.values.name ?? "";
    const saysName = name !== "" && inside.text.includes(name) && !outside.text.includes(name);
    const signedIn = { status: inside.status, ...(saysName && { text: "$user.name" }) };
    const signedOut = outwards(outside, saysName);
    const differs = outside.status !== inside.status;
    if (differs && saysName) return { request, signedIn, signedOut };
    if (differs || saysName) second ??= { request, signedIn, signedOut };
  }
  return second;
}

export interface Guessing {
  readonly member: Visitor;
  readonly nobody: Visitor;
  readonly user: User;
}

function outwards(answer: Answer, saysName: boolean): Whoami["signedOut"] {
  if (isRedirect(answer)) {
    return { status: answer.status, location: new URL(headerOf(answer, "location") ?? "", answer.url).pathname };
  }
  return { status: answer.status, ...(saysName && { notText: "$user.name" }) };
}
