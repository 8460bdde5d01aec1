import { linesOf } from "../http/exchange.ts";
import type { Visitor } from "../login/visitor.ts";
import type { Oracle } from "../oracle/oracle.ts";
import { type Credential, type Part, partsOf, withOnly } from "./credential.ts";

/** A target that sends more than this with one login is not asked about each. */
const partsAtMost = 60;
const credentialsAtMost = 4;

/**
 * Finds by elimination what signs somebody in: leaves out one part after the other and asks. Names mean nothing here.
 * Every further credential, such as a remember-me cookie, is found by leaving out a member of each one found. One that
 * is exchanged for another at its use comes after those that are not.
 */
export async function discoverCredentials(oracle: Oracle, member: Visitor): Promise<readonly Credential[]> {
  const all = partsOf(member).slice(0, partsAtMost);
  const found: Credential[] = [];
  const tried = new Set<string>();
  const open: (readonly Part[])[] = [all];
  for (let parts = open.shift(); parts && found.length < credentialsAtMost; parts = open.shift()) {
    const key = JSON.stringify(parts);
    if (tried.has(key)) continue;
    tried.add(key);
    if (!(await isEnough(parts))) continue;
    const credential = await minimised(parts);
    if (!found.some((each) => JSON.stringify(each) === JSON.stringify(credential))) found.push(credential);
    for (const part of credential) open.push(parts.filter((each) => each !== part));
  }
  const exchanged = new Map<Credential, boolean>();
  for (const credential of found) exchanged.set(credential, found.length > 1 && (await isExchanged(credential)));
  return found.sort((a, b) => Number(exchanged.get(a)) - Number(exchanged.get(b)));

  async function isExchanged(credential: Credential): Promise<boolean> {
    const { answer } = await oracle.ask(withOnly(member, credential, `${member.name} with less`));
    const isOwn = (line: string) => credential.some(({ name }) => line.startsWith(`${name}=`));
    const isOther = (line: string) => all.some(({ name }) => line.startsWith(`${name}=`)) && !isOwn(line);
    return linesOf(answer, "set-cookie").some(isOther);
  }

  async function minimised(parts: readonly Part[]): Promise<Credential> {
    let kept = parts;
    for (const part of parts) {
      const rest = kept.filter((each) => each !== part);
      if (rest.length > 0 && (await isEnough(rest))) kept = rest;
    }
    return kept;
  }

  async function isEnough(parts: readonly Part[]): Promise<boolean> {
    if (parts.length === 0) return false;
    const asked = await oracle.ask(withOnly(member, parts, `${member.name} with less`));
    // A secret that was renewed on the way is the one to go on with.
    if (asked.signedIn) member.jar.store(linesOf(asked.answer, "set-cookie"), asked.answer.url);
    return asked.signedIn;
  }
}
