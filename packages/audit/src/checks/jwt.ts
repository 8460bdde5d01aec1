import { type Part, secretOf, withOnly } from "../credential/credential.ts";
import { sayDuration } from "../file/duration.ts";
import type { Check } from "../run/check.ts";
import type { Member, Stage } from "../run/stage.ts";
import { fail, notRun, pass, type Verdict } from "../run/verdict.ts";
import { forgeries, isAsymmetric } from "./jwt-forgeries.ts";
import { publishedKeys } from "./jwt-keys.ts";
import { mainCredential, saysSignedIn, thiefOf, whoamiRequest } from "./kit.ts";
import { isJsonWebToken } from "./tokens.ts";

export const unverified: Check = {
  id: "X-TOK-06",
  title: "A JSON Web Token is taken without its signature, or after its end",
  severity: "critical",
  references: { asvs: ["9.1.1", "9.1.2", "9.1.3", "9.2.1"], wstg: ["SESS-10"], cwe: [347] },
  needs: [],
  onlyLooks: true,
  means: "Whoever writes a token of their own is whoever they like; whoever copied one uses it for ever.",
  tested:
    "The token of a login was sent again without its signature, with the algorithm none, signed with an empty secret, signed with a key that it brings along itself, and signed with the published public key as if that were a secret. What it says was left as it is. Where time may pass, it was sent once more a tenth after its exp.",
  silent:
    "It needs a session in a JSON Web Token. Public keys are looked for in /.well-known/jwks.json and where /.well-known/openid-configuration says. Past exp it needs time (--wait, or a test server's clock), and an exp that comes no later than the timeouts that are waited for.",
  remedy: "draw tokens at random",
  async run(stage) {
    const alice = await stage.signIn();
    const part = mainCredential(stage).find((each) => isJsonWebToken(secretOf(alice, each)));
    if (!part) return notRun("no JSON Web Token signs anybody in");
    const token = secretOf(alice, part);
    const keys = isAsymmetric(token) ? await publishedKeys(stage) : [];
    for (const [how, forged] of forgeries(token, keys)) {
      const answer = await sent(stage, alice, { part, forged });
      if (saysSignedIn(stage, answer))
        return fail(`${part.name} is accepted ${how}`, { proof: [`${answer.exchange.id}: signed in ${how}`] });
    }
    return pastItsEnd(stage, isAsymmetric(token) && keys.length === 0);
  },
};

async function sent(stage: Stage, alice: Member, { part, forged }: { part: Part; forged: string }) {
  const thief = withOnly(thiefOf(stage, alice), mainCredential(stage), "a forged token");
  const token = secretOf(alice, part);
  if (part.kind === "header") thief.headers.set(part.name, (thief.headers.get(part.name) ?? "").replace(token, forged));
  for (const cookie of thief.jar.all())
    if (part.kind === "cookie" && cookie.name === part.name) thief.jar.set(cookie, forged);
  return thief.send(await whoamiRequest(stage, thief), { keepsCookies: false });
}

async function pastItsEnd(stage: Stage, isUnpublished: boolean): Promise<Verdict> {
  const proof = isUnpublished ? ["no public key is published, so none was tried as a secret"] : [];
  const good = "A token without a valid signature signs nobody in";
  if (!stage.mayPass) return pass(good, [...proof, "its end was not waited for: --wait, or clock: post(...)"]);
  const { tokenExpired } = await stage.timeline();
  if (tokenExpired === null) return pass(good, [...proof, "it has no exp, or a later one than is waited for"]);
  const { at, lifetime, isSignedIn } = tokenExpired;
  return isSignedIn
    ? fail(`A token is accepted ${sayDuration(at)} after it was issued; its exp says ${sayDuration(lifetime)}`, {
        severity: "high",
      })
    : pass(`${good}, nor does one after its exp`, proof);
}
