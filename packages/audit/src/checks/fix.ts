import { randomInt } from "node:crypto";
import { withOnly } from "../credential/credential.ts";
import type { Flow } from "../file/schema.ts";
import type { Visitor } from "../login/visitor.ts";
import type { Check } from "../run/check.ts";
import type { Stage } from "../run/stage.ts";
import { fail, pass } from "../run/verdict.ts";
import { allParts, credentialCookies } from "./kit.ts";

const remedy = "issue a new token at login" as const;
const references = { asvs: ["7.2.4"], wstg: ["SESS-03"], cwe: [384] };
const silent = "Where no cookie of that name is issued before the login, there is nothing to fix, and it passes.";

/** Somebody visits, and somebody else has a copy of what they got; then they log in. */
async function logInWatched(stage: Stage) {
  const profile = stage.visitor("somebody before the login");
  await stage.ask(profile);
  for (const path of pagesBefore(stage.file.login)) await profile.follow(await profile.open(path));
  const before = credentialCookies(stage, profile);
  const copy = withOnly(profile, allParts(stage), "a copy from before the login");
  if (before.length === 0) return null;
  const alice = await stage.signIn({ as: profile });
  const after = credentialCookies(stage, alice);
  const isUnchanged = before.some(({ name, value }) =>
    after.some((each) => each.name === name && each.value === value),
  );
  return { copy, isUnchanged, works: await stage.isSignedIn(copy) };
}

/** What a visitor sees of a login before it is made; a page whose address comes from another one is not. */
function pagesBefore(login: Flow): readonly string[] {
  if (login.kind === "form") return [login.page];
  const steps = login.kind === "http" ? login.steps : [];
  const first = steps.findIndex(({ method }) => method !== "GET");
  const opened = steps.slice(0, Math.max(0, first)).map(({ path }) => path);
  return opened.filter((path) => !path.includes("$"));
}

export const unchangedToken: Check = {
  id: "X-FIX-01",
  title: "The token stays the same at login",
  severity: "critical",
  references,
  needs: ["a cookie", "fresh logins"],
  means: "Whoever knows or planted the token before the login is signed in after it.",
  tested: "The cookies from before a login were copied, the login was made, and the copy was asked who it is.",
  silent,
  remedy,
  async run(stage) {
    const seen = await logInWatched(stage);
    if (seen === null) return pass("No token is issued before the login");
    return seen.isUnchanged && seen.works
      ? fail("The token from before the login is signed in: it did not change", {
          proof: ["the copy from before the login is signed in"],
        })
      : pass("The login replaces the token");
  },
};

export const oldTokenSignedIn: Check = {
  id: "X-FIX-02",
  title: "The old token is signed in too, beside a new one",
  severity: "critical",
  references,
  needs: ["a cookie", "fresh logins"],
  means: "A new token is issued, and the one from before, which somebody may have planted, works as well.",
  tested: "As for X-FIX-01, where the token changes.",
  silent,
  remedy,
  async run(stage) {
    const seen = await logInWatched(stage);
    if (seen === null) return pass("No token is issued before the login");
    return !seen.isUnchanged && seen.works
      ? fail("The token from before the login is signed in, beside the new one", {
          proof: ["the copy from before the login is signed in"],
        })
      : pass("The token from before the login signs nobody in");
  },
};

export const adoptedToken: Check = {
  id: "X-FIX-03",
  title: "The server adopts a token that it never issued",
  severity: "high",
  references,
  needs: ["a cookie", "fresh logins"],
  means: "Somebody can plant a token of their own making in a browser, and is signed in when its user logs in.",
  tested:
    "A made-up token of the same shape was set as the cookie, a login was made with it, and the made-up token was asked who it is.",
  silent: "One made-up value is tried; nothing is guessed.",
  remedy,
  async run(stage) {
    const pattern = await stage.signIn();
    const profile = stage.visitor("somebody with a made-up token");
    for (const cookie of credentialCookies(stage, pattern))
      profile.jar.set({ ...cookie, expires: null }, madeUp(cookie.value));
    const planted: Visitor = withOnly(profile, allParts(stage), "the made-up token");
    if (credentialCookies(stage, planted).length === 0) return pass("The token has no shape to imitate");
    await stage.signIn({ as: profile });
    return (await stage.isSignedIn(planted))
      ? fail("A token that nobody issued is signed in after a login with it", {
          proof: ["the made-up token is signed in"],
        })
      : pass("A made-up token is not taken over");
  },
};

/** The same length, and in each place a character of the same kind. */
function madeUp(value: string): string {
  const kinds = ["0123456789", "abcdef", "ABCDEF", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  return [...value]
    .map((letter) => {
      const kind = kinds.find((each) => each.includes(letter));
      return kind ? (kind[randomInt(kind.length)] ?? letter) : letter;
    })
    .join("");
}

export const fixChecks = [unchangedToken, oldTokenSignedIn, adoptedToken];
