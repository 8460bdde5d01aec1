import type { Browsing } from "../browser/browsing.ts";
import { type Credential, cookiesOf, type Part, secretOf, withOnly } from "../credential/credential.ts";
import type { Answer } from "../http/exchange.ts";
import { linesOf } from "../http/exchange.ts";
import type { StoredCookie } from "../http/jar.ts";
import { Trouble } from "../http/trouble.ts";
import type { ReadyRequest, Visitor } from "../login/visitor.ts";
import type { Member, Stage } from "../run/stage.ts";

/* What several checks do. */

/** The first credential found: what usually signs somebody in. */
export function mainCredential({ credentials }: Stage): Credential {
  return credentials[0] ?? [];
}

/** Every part of every credential, once. */
export function allParts({ credentials }: Stage): readonly Part[] {
  const parts = new Map(credentials.flat().map((part) => [`${part.kind} ${part.name}`, part]));
  return [...parts.values()];
}

/** What somebody has who copied `member`'s credentials, all of them, at this moment. */
export function thiefOf(stage: Stage, member: Visitor): Visitor {
  return withOnly(member, allParts(stage), `a copy of ${member.name}'s`);
}

/** The credential's cookies as the browser keeps them. */
export function credentialCookies(stage: Stage, visitor: Visitor): readonly StoredCookie[] {
  return cookiesOf(visitor, allParts(stage));
}

/** The secrets of cookies that sign somebody in. */
export function cookieSecrets(
  stage: Stage,
  visitor: Visitor,
): readonly { readonly name: string; readonly value: string }[] {
  return allParts(stage)
    .filter(({ kind }) => kind === "cookie")
    .map((part) => ({ name: part.name, value: secretOf(visitor, part) }));
}

/** A shorter secret would be found by chance. */
const shortestSought = 8;

/** Whether a text has a secret in it, as it is or decoded. */
export function holds(text: string, secret: string): boolean {
  return secret.length >= shortestSought && spellings(secret).some((each) => text.includes(each));
}

function spellings(secret: string): readonly string[] {
  try {
    return [...new Set([secret, decodeURIComponent(secret), encodeURIComponent(secret)])];
  } catch {
    return [secret];
  }
}

/** The whoami request, at another address if given. */
export async function whoamiRequest(stage: Stage, visitor: Visitor): Promise<ReadyRequest> {
  return (await stage.prepare(stage.oracle.whoami.request, visitor)).request;
}

/** Whether an answer to whoami says signed in; what fits neither predicate does not. */
export function saysSignedIn(stage: Stage, answer: Answer): boolean {
  try {
    return stage.oracle.read(answer).signedIn;
  } catch (error) {
    if (error instanceof Trouble) return false;
    throw error;
  }
}

/** Whether an answer to whoami says signed out; what fits neither predicate does not. */
export function saysSignedOut(stage: Stage, answer: Answer): boolean {
  try {
    return !stage.oracle.read(answer).signedIn;
  } catch (error) {
    if (error instanceof Trouble) return false;
    throw error;
  }
}

/** The `Set-Cookie` lines of credential cookies that give a value. */
export function issuedLines(stage: Stage, answer: Answer): readonly string[] {
  const names = new Set(
    allParts(stage)
      .filter(({ kind }) => kind === "cookie")
      .map(({ name }) => name),
  );
  return linesOf(answer, "set-cookie").filter((line) => {
    const [pair = ""] = line.split(";");
    const at = pair.indexOf("=");
    return (
      names.has(pair.slice(0, at)) && pair.length > at + 1 && !/max-age=0|expires=thu, 01[ -]jan[ -]1970/i.test(line)
    );
  });
}

/** The page behind a login. */
export function landingOf({ world }: Stage, { loginAnswers }: Member): URL {
  const last = loginAnswers.at(-1);
  return last?.exchange.request.method === "GET" ? last.url : world.target;
}

/** The browser, where one can be driven: its pages load several things at once. */
export function browserOf({ browsing, atOnce }: Stage): Browsing | null {
  return atOnce > 1 ? browsing : null;
}

export function isPlainHttp(stage: Stage): boolean {
  return stage.world.target.protocol === "http:";
}

export function listed(names: readonly string[]): string {
  return names.join(", ");
}
