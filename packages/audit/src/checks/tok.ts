import { type Part, secretOf, withOnly } from "../credential/credential.ts";
import type { Check } from "../run/check.ts";
import type { Stage } from "../run/stage.ts";
import { fail, inconclusive, pass } from "../run/verdict.ts";
import { mainCredential, saysSignedIn, thiefOf, whoamiRequest } from "./kit.ts";
import { ceilingBits, decodings, findGrowing, isJsonWebToken } from "./tokens.ts";

const remedy = "draw tokens at random" as const;
const wanted = 30;
const fewest = 10;
const unverifiable = "That they are random cannot be seen from outside.";

interface Drawn {
  readonly part: Part;
  readonly tokens: readonly string[];
}

/** The tokens of this run; where their order matters, only those that were issued one after the other. */
async function drawn(stage: Stage, { inTurn = false } = {}): Promise<readonly Drawn[]> {
  const issued = await stage.issued(wanted);
  const those = issued.filter(({ isInTurn }) => isInTurn || !inTurn);
  return mainCredential(stage).map((part) => ({
    part,
    tokens: those.map(({ member }) => secretOf(member, part)).filter((token) => token !== ""),
  }));
}

export const tooShort: Check = {
  id: "X-TOK-01",
  title: "The token cannot hold 128 bits",
  severity: "high",
  references: { asvs: ["7.2.3", "11.5.1"], wstg: ["SESS-01"], nist: ["5.1"], cwe: [331] },
  needs: ["fresh logins"],
  means: "Fewer bits than the standards demand: the fewer, the easier to guess.",
  tested:
    "Thirty tokens were compared place by place: what never changes, and fixed digits as in a UUID, hold nothing.",
  silent: `It is a ceiling: a token may hold less. ${unverifiable}`,
  remedy,
  isRepeated: false,
  async run(stage) {
    const all = await drawn(stage);
    if (all.every(({ tokens }) => tokens.length < fewest))
      return inconclusive(`Fewer than ${fewest} tokens were issued`);
    // Parts that are needed together add up.
    const bits = all.reduce((sum, { tokens }) => sum + ceilingBits(tokens), 0);
    const proof = all.map(
      ({ part, tokens }) => `${part.name}: ${tokens.length} tokens, at most ${Math.floor(ceilingBits(tokens))} bits`,
    );
    if (bits >= 128) return pass(`Room for ${Math.floor(bits)} bits. ${unverifiable}`, proof);
    return fail(`The token has room for ${Math.floor(bits)} bits at most`, {
      proof,
      severity: bits < 64 ? "high" : "medium",
      confidence: "confirmed",
    });
  },
};

export const repeated: Check = {
  id: "X-TOK-02",
  title: "The same token is issued twice",
  severity: "critical",
  references: { asvs: ["7.2.2", "7.2.3"], wstg: ["SESS-01"], cwe: [330] },
  needs: ["fresh logins"],
  means: "Two logins share one session, perhaps of two people.",
  tested: "Thirty tokens of this run were compared with each other.",
  silent: `A signed token (JWT) says whose it is and when it was issued, and two of one user in one second may be alike. ${unverifiable}`,
  remedy,
  isRepeated: false,
  async run(stage) {
    const issued = await stage.issued(wanted);
    for (const part of mainCredential(stage)) {
      const tokens = issued
        .map(({ member }) => ({ user: member.user.key, token: secretOf(member, part) }))
        .filter(({ token }) => token !== "");
      // A signed token of one user counts once, however often it was issued.
      const counted = new Set(tokens.map(({ user, token }, at) => `${isJsonWebToken(token) ? user : at} ${token}`))
        .size;
      const copies = counted - new Set(tokens.map(({ token }) => token)).size;
      if (copies > 0)
        return fail(`${copies} of ${tokens.length} logins got a token that another one has`, {
          confidence: "confirmed",
          proof: [`${part.name} repeats`],
        });
    }
    return pass(`No token repeats. ${unverifiable}`);
  },
};

export const countsUp: Check = {
  id: "X-TOK-03",
  title: "A counter or a clock is in the token, and little else",
  severity: "high",
  references: { asvs: ["7.2.3"], wstg: ["SESS-01"], cwe: [340] },
  needs: ["fresh logins"],
  means: "The next token can be told from the last one.",
  tested:
    "A number that grows from each of thirty tokens to the next was looked for: in digits, and in what hexadecimal and base64 stand for.",
  silent: `Where at least 128 bits are left beside it, and for JSON Web Tokens, which are signed, it passes. ${unverifiable}`,
  remedy,
  isRepeated: false,
  async run(stage) {
    for (const { part, tokens } of await drawn(stage, { inTurn: true })) {
      if (tokens.length < fewest) return inconclusive(`Fewer than ${fewest} tokens were issued`);
      if (tokens.some(isJsonWebToken)) continue;
      const growing = findGrowing(tokens);
      if (growing && growing.bitsLeft < 128) {
        return fail(`${part.name} holds ${growing.what} that grows from login to login`, {
          confidence: "confirmed",
          proof: [
            `${tokens.length} of ${tokens.length} in order; at most ${Math.max(0, Math.floor(growing.bitsLeft))} bits beside it`,
          ],
        });
      }
    }
    return pass(`Nothing in the token counts up. ${unverifiable}`);
  },
};

export const saysWhoYouAre: Check = {
  id: "X-TOK-04",
  title: "The token says who you are",
  severity: "medium",
  references: { asvs: ["14.1.1"], wstg: ["SESS-01"], cwe: [315] },
  needs: [],
  onlyLooks: true,
  means: "Whoever sees a token in a log or a copy learns whose it is.",
  tested: "The token, its parts and what they decode to were searched for the user's name.",
  silent: "What is encrypted says nothing. Names shorter than 4 characters are not looked for.",
  remedy,
  async run(stage) {
    const alice = await stage.signIn();
    const { name = "" } = alice.user.values;
    if (name.length < 4) return pass("The user's name is too short to be looked for");
    const part = mainCredential(stage).find((each) =>
      decodings(secretOf(alice, each)).some((text) => text.toLowerCase().includes(name.toLowerCase())),
    );
    return part
      ? fail(`${part.name} holds the user's name, for everybody to read`)
      : pass("The token does not hold the user's name");
  },
};

export const loosely: Check = {
  id: "X-TOK-05",
  title: "A changed token is still accepted",
  severity: "high",
  references: { asvs: ["7.2.1", "9.1.1"], wstg: ["SESS-01"], cwe: [565, 697] },
  needs: [],
  onlyLooks: true,
  means:
    "The token is compared loosely, or its signature not at all: fewer guesses are needed, or anything can be written into it.",
  tested:
    "One character in the middle of each part was replaced, the case of letters was changed, the last character was cut off and one was added.",
  silent: "Case is not changed in hexadecimal, where it means nothing.",
  remedy,
  async run(stage) {
    const alice = await stage.signIn();
    for (const part of mainCredential(stage)) {
      const token = secretOf(alice, part);
      for (const [how, changed] of changedTokens(token)) {
        const forged = withOnly(thiefOf(stage, alice), mainCredential(stage), "a changed token");
        if (part.kind === "header")
          forged.headers.set(part.name, (forged.headers.get(part.name) ?? "").replace(token, changed));
        for (const cookie of forged.jar.all())
          if (part.kind === "cookie" && cookie.name === part.name) forged.jar.set(cookie, changed);
        const answer = await forged.send(await whoamiRequest(stage, forged), { keepsCookies: false });
        if (saysSignedIn(stage, answer)) {
          return fail(`${part.name} is accepted with ${how}`, {
            severity: /cut|added/.test(how) ? "low" : "high",
            proof: [`${answer.exchange.id}: signed in with ${how}`],
          });
        }
      }
    }
    return pass("A changed token signs nobody in");
  },
};

function changedTokens(token: string): readonly (readonly [string, string])[] {
  const changes: (readonly [string, string])[] = [];
  const segments = token.split(".");
  for (const [at, segment] of segments.entries()) {
    const middle = Math.floor(segment.length / 2);
    const letter = segment[middle];
    if (letter === undefined || !/[0-9A-Za-z]/.test(letter)) continue;
    const other = letter === "b" || letter === "1" ? "0" : /[0-9]/.test(letter) ? "1" : "b";
    const changed = segment.slice(0, middle) + other + segment.slice(middle + 1);
    changes.push([`one character changed in part ${at + 1}`, segments.with(at, changed).join(".")]);
  }
  const swapped = token.replaceAll(/[A-Za-z]/g, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
  if (!/^[0-9a-f-]+$/i.test(token) && swapped !== token) changes.push(["the case of its letters changed", swapped]);
  if (token.length > 8) changes.push(["its last character cut off", token.slice(0, -1)]);
  changes.push(["a character added", `${token}0`]);
  return changes;
}

export const tokChecks = [tooShort, repeated, countsUp, saysWhoYouAre, loosely];
