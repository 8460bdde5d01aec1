import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { secretOf, withOnly } from "../credential/credential.ts";
import type { Check } from "../run/check.ts";
import { fail, notRun, pass } from "../run/verdict.ts";
import { mainCredential, saysSignedIn, thiefOf, whoamiRequest } from "./kit.ts";
import { isJsonWebToken } from "./tokens.ts";

export const unverified: Check = {
  id: "X-TOK-06",
  title: "A JSON Web Token is taken without its signature",
  severity: "critical",
  references: { asvs: ["9.1.1", "9.1.2", "9.1.3", "9.2.1"], wstg: ["SESS-10"], cwe: [347] },
  needs: [],
  onlyLooks: true,
  means: "Whoever writes a token of their own is whoever they like.",
  tested:
    "The token of a login was sent again without its signature, with the algorithm none, signed with an empty secret, and signed with a key that it brings along itself. What it says was left as it is.",
  silent: "It needs a session in a JSON Web Token. That a token ends at its exp is for the checks of timeouts.",
  remedy: "draw tokens at random",
  async run(stage) {
    const alice = await stage.signIn();
    const part = mainCredential(stage).find((each) => isJsonWebToken(secretOf(alice, each)));
    if (!part) return notRun("no JSON Web Token signs anybody in");
    const token = secretOf(alice, part);
    for (const [how, forged] of forgeries(token)) {
      const thief = withOnly(thiefOf(stage, alice), mainCredential(stage), "a forged token");
      if (part.kind === "header")
        thief.headers.set(part.name, (thief.headers.get(part.name) ?? "").replace(token, forged));
      for (const cookie of thief.jar.all())
        if (part.kind === "cookie" && cookie.name === part.name) thief.jar.set(cookie, forged);
      const answer = await thief.send(await whoamiRequest(stage, thief), { keepsCookies: false });
      if (saysSignedIn(stage, answer))
        return fail(`${part.name} is accepted ${how}`, { proof: [`${answer.exchange.id}: signed in ${how}`] });
    }
    return pass("A token without a valid signature signs nobody in");
  },
};

function forgeries(token: string): readonly (readonly [string, string])[] {
  const [, payload = ""] = token.split(".");
  const [header = ""] = token.split(".");
  const own = parsed(header);
  const written = (changes: object) => Buffer.from(JSON.stringify({ ...own, ...changes })).toString("base64url");
  const none = ["none", "None", "NONE"].map(
    (alg) => [`with the algorithm ${alg}`, `${written({ alg })}.${payload}.`] as const,
  );
  const weak = `${written({ alg: "HS256" })}.${payload}`;
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const brought = `${written({ alg: "ES256", jwk: publicKey.export({ format: "jwk" }) })}.${payload}`;
  const signature = sign("sha256", Buffer.from(brought), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return [
    ["without its signature", `${header}.${payload}.`],
    ...none,
    ["signed with an empty secret", `${weak}.${createHmac("sha256", "").update(weak).digest("base64url")}`],
    ["signed with a key that it brings along", `${brought}.${signature.toString("base64url")}`],
  ];
}

function parsed(header: string): object {
  try {
    return JSON.parse(Buffer.from(header, "base64url").toString("utf8")) as object;
  } catch {
    return { typ: "JWT" };
  }
}
