import { answerTo, type Bound, bind, challengeOf, offerOf, refresh } from "../bound/binding.ts";
import { newKey } from "../bound/proof.ts";
import type { Check } from "../run/check.ts";
import type { Stage } from "../run/stage.ts";
import { fail, inconclusive, info, notRun, pass, type Verdict } from "../run/verdict.ts";

/* Device binding, with a key made by software: what a browser with a key in hardware would never send is sent too. */

const needs = ["fresh logins"] as const;
const silent = "Where no answer of a login has Secure-Session-Registration, nothing is bound and it does not run.";
const remedy = "check proofs of possession" as const;

/** Judges a session bound anew, of which a right proof is accepted. */
async function withBound(stage: Stage, judge: (bound: Bound) => Promise<Verdict>): Promise<Verdict> {
  const bound = await bind(stage);
  if (!bound) return notRun("the application offers no binding to a device");
  return judge(bound);
}

export const bindingOffered: Check = {
  id: "X-BIND-02",
  title: "Sessions can be bound to a device",
  severity: "info",
  references: { wstg: ["SESS-09"] },
  needs,
  means: "A browser that takes the offer keeps a key that cannot be copied: a stolen cookie is soon worth nothing.",
  tested: "The answers of a login were searched for Secure-Session-Registration (Device Bound Session Credentials).",
  silent: "It is information, never a failure.",
  remedy,
  async run(stage) {
    return (await offerOf(stage, await stage.signIn()))
      ? info("A login offers to bind the session to the device")
      : info("No login offers to bind the session to the device");
  },
};

export const wrongProof: Check = {
  id: "X-BIND-03",
  title: "A wrong proof of possession is accepted",
  severity: "high",
  references: { asvs: ["9.1.1"], cwe: [347] },
  needs,
  means: "Whoever copied the cookies renews them without the device: the binding binds nothing.",
  tested:
    "A session was bound, and refreshed with a right proof. Then, each with a new challenge: signed by another key, for another challenge, and with alg none.",
  silent,
  remedy,
  run: (stage) =>
    withBound(stage, async (first) => {
      const right = await refresh(first, answerTo(first, await challengeOf(first)));
      if (!right.isAccepted) return inconclusive("Even a right proof is refused, so a wrong one tells nothing");
      const wrong = {
        "signed by another key": (_bound: Bound, jti: string) => answerTo(first, jti, { key: newKey() }),
        "for another challenge": (bound: Bound) => answerTo(bound, "made-up-challenge"),
        "with alg none": (bound: Bound, jti: string) => answerTo(bound, jti, { alg: "none" }),
      };
      for (const [how, make] of Object.entries(wrong)) {
        // A server may end a binding whose proof is wrong, so each is tried on one of its own.
        const bound = await bind(stage);
        if (!bound) return inconclusive("The binding was offered once, and not again");
        const { isAccepted, answer } = await refresh(bound, make(bound, await challengeOf(bound)));
        if (isAccepted) {
          return fail(`A proof ${how} renews the cookie`, {
            proof: [`${answer.exchange.id}: ${bound.cookie} is issued again`],
          });
        }
      }
      return pass("Proofs by another key, for another challenge and without a signature are refused");
    }),
};

export const proofTwice: Check = {
  id: "X-BIND-04",
  title: "A proof of possession works twice",
  severity: "high",
  references: { cwe: [294] },
  needs,
  means: "Whoever saw one refresh repeats it, for as long as they like, without the device.",
  tested: "A session was bound and refreshed, and the same proof was sent again.",
  silent,
  remedy,
  run: (stage) =>
    withBound(stage, async (bound) => {
      const proof = answerTo(bound, await challengeOf(bound));
      if (!(await refresh(bound, proof)).isAccepted) return inconclusive("Even the first proof is refused");
      const { isAccepted, answer } = await refresh(bound, proof);
      return isAccepted
        ? fail("The same proof renews the cookie again", {
            proof: [`${answer.exchange.id}: ${bound.cookie} is issued again`],
          })
        : pass("A proof works once");
    }),
};

export const bindingSkipped: Check = {
  id: "X-BIND-05",
  title: "The binding can be left out",
  severity: "medium",
  references: { wstg: ["SESS-09"], cwe: [757] },
  needs,
  means: "Whoever copied the long-lived cookie leaves the short-lived one away, and is signed in without the device.",
  tested: "A session was bound, and used without the cookie that only the device can renew.",
  silent: `${silent} A grace period after a login is for sessions that are not bound yet.`,
  remedy,
  run: (stage) =>
    withBound(stage, async (bound) => {
      if (!(await stage.isSignedIn(bound.member)))
        return inconclusive("The bound session is not signed in even with every cookie");
      const thief = bound.member.copy(`a copy of ${bound.member.name}'s, without ${bound.cookie}`);
      for (const cookie of thief.jar.all()) if (cookie.name === bound.cookie) thief.jar.remove(cookie);
      return (await stage.isSignedIn(thief))
        ? fail(`A bound session is signed in without ${bound.cookie}`)
        : pass(`A bound session is signed out without ${bound.cookie}`);
    }),
};

export const refreshedAfterLogout: Check = {
  id: "X-BIND-06",
  title: "A refresh works after the logout",
  severity: "high",
  references: { asvs: ["7.4.1"], cwe: [613] },
  needs: ["logout", ...needs],
  means: "The browser, or a copy of its cookies, goes on renewing what the user has ended.",
  tested: "A session was bound, its user logged out, and a right proof was sent with the cookies of before.",
  silent,
  remedy: "end it on the server",
  run: (stage) =>
    withBound(stage, async (bound) => {
      const before = bound.member.copy(`a copy of ${bound.member.name}'s`);
      const jti = await challengeOf(bound);
      await stage.logOut(bound.member);
      const { isAccepted, answer } = await refresh(bound, answerTo(bound, jti), before);
      return isAccepted
        ? fail("A refresh after the logout issues the cookie again", {
            proof: [`${answer.exchange.id}: ${bound.cookie} is issued again`],
          })
        : pass("A refresh after the logout issues nothing");
    }),
};

export const boundChecks = [bindingOffered, wrongProof, proofTwice, bindingSkipped, refreshedAfterLogout];
