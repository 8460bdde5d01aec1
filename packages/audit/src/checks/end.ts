import { withOnly } from "../credential/credential.ts";
import type { Flow } from "../file/schema.ts";
import { readPage } from "../http/page.ts";
import type { Check } from "../run/check.ts";
import type { Member, Stage } from "../run/stage.ts";
import { fail, inconclusive, notRun, pass } from "../run/verdict.ts";
import { broughtBack, lateCookie } from "./end-late.ts";
import { backButton, keptAfterLogout } from "./kept.ts";
import { browserOf, credentialCookies, mainCredential, thiefOf } from "./kit.ts";

const remedy = "end it on the server" as const;

export const outlivesLogout: Check = {
  id: "X-END-01",
  title: "Logging out does not end the session on the server",
  severity: "high",
  references: { asvs: ["7.4.1"], wstg: ["SESS-06"], cwe: [613] },
  needs: ["logout"],
  endsItsSession: true,
  means: "Whoever copied the cookie stays signed in, whatever its owner does.",
  tested:
    "The cookies were copied, the user logged out, and the copy was asked who it is, three times over five seconds.",
  silent: "It needs logout in the audit file. With a saved state, which is one session, it comes last and ends that.",
  remedy,
  async run(stage) {
    const alice = await stage.signIn();
    const copy = () => withOnly(alice, mainCredential(stage), `a copy of ${alice.name}'s`);
    let thief = copy();
    await stage.logOut(alice, () => {
      thief = copy();
    });
    if (await stage.staysSignedIn(thief))
      return fail("A copy of the cookie is still signed in after the logout", {
        proof: ["3 of 3 questions after the logout were answered as signed in"],
      });
    // Where every answer replaces the token, the copy ended because of that.
    return (await stage.isSignedIn(copy()))
      ? fail("The browser is still signed in after the logout", {
          proof: ["with the token that the logout itself gave, in place of the one before"],
        })
      : pass("After the logout a copy of the cookie signs nobody in");
  },
};

export const cookieStays: Check = {
  id: "X-END-02",
  title: "Logging out leaves the cookie",
  severity: "low",
  references: { asvs: ["14.3.1"], wstg: ["SESS-06"] },
  needs: ["logout", "a cookie", "fresh logins"],
  means: "The token stays on the device after the logout.",
  tested: "The cookies a browser keeps before and after the logout were compared.",
  silent: "A cookie that gets another value is fine.",
  uses: "browser",
  remedy,
  async run(stage) {
    const alice = await stage.signIn();
    const before = credentialCookies(stage, alice);
    const answer = await stage.logOut(alice);
    const left = credentialCookies(stage, alice).find(({ name, value }) =>
      before.some((each) => each.name === name && each.value === value),
    );
    return left
      ? fail(`${left.name} is kept after the logout`, {
          proof: [
            `${answer.exchange.id}: no answer of the logout removes it`,
            ...(await keptInBrowser(stage, left.name)),
          ],
        })
      : pass("The logout removes the cookie");
  },
};

/** Whether a real browser has the cookie after a logout, if there is one. */
async function keptInBrowser(stage: Stage, name: string): Promise<readonly string[]> {
  if (!browserOf(stage)) return [];
  const { in: browser, cookies, out } = await stage.journey("X-END-02");
  const before = cookies.find((each) => each.name === name);
  const after = out?.cookies.find((each) => each.name === name);
  return before && after?.value === before.value ? [`${browser}: has ${name} as before, after the logout`] : [];
}

export const otherSurvives: Check = {
  id: "X-END-05",
  title: "Another credential survives the logout",
  severity: "high",
  references: { asvs: ["7.4.1"], wstg: ["SESS-06"], cwe: [613] },
  needs: ["logout", "fresh logins"],
  means: "A remember-me cookie or the like still signs in whoever copied it.",
  tested: "Each further credential found by elimination was tried alone after the logout.",
  silent: "Where one credential alone signs in, X-END-01 says it all, and this passes.",
  remedy,
  async run(stage) {
    const others = stage.credentials.slice(1);
    if (others.length === 0) return pass("There is no other credential");
    const alice = await stage.signIn();
    const copies = others.map((credential) => ({
      credential,
      copy: withOnly(alice, credential, `a copy of ${alice.name}'s`),
    }));
    await stage.logOut(alice);
    for (const { credential, copy } of copies) {
      if (await stage.isSignedIn(copy))
        return fail(`${credential.map(({ name }) => name).join(" and ")} still signs in after the logout`);
    }
    return pass("No credential survives the logout");
  },
};

export const passwordChanged: Check = {
  id: "X-END-08",
  title: "A change of password leaves other sessions alive and offers no choice",
  severity: "high",
  references: { asvs: ["7.4.3"], wstg: ["SESS-06"], cwe: [613] },
  needs: ["password", "fresh logins"],
  means: "Changing the password does not throw out whoever is in already.",
  tested:
    "With two sessions open, the password was changed in one, the other was asked who it is, and the password was changed back.",
  silent: "Where the page after the change offers to end the others, it passes.",
  remedy: "end the others",
  async run(stage) {
    const { password } = stage.file.actions ?? {};
    if (!password) return notRun("no change of password is named");
    const other = await stage.signIn();
    const alice = await stage.signIn();
    const page = await stage.run(password.do, alice);
    const survives = await stage.isSignedIn(other).finally(() => changeBack(stage, alice, password.restore));
    if (!survives) return pass("A change of password ends the other sessions");
    return /other (sessions?|devices?|browsers?)|all others|everywhere/i.test(page.text)
      ? pass("The page after the change offers to end the other sessions")
      : fail("The other session is signed in after the change of password, and nothing offers to end it", {
          proof: [`${page.exchange.id}: the page after the change`],
        });
  },
};

/** From the session that made the change or, where that ended with it, from a new one with the new password. */
async function changeBack(stage: Stage, member: Member, restore: Flow): Promise<void> {
  const { user } = member;
  const { newPassword } = user.values;
  const isIn = await stage.isSignedIn(member).catch(() => false);
  if (isIn || newPassword === undefined) return void (await stage.run(restore, member));
  const changed = { ...user, values: { ...user.values, password: newPassword } };
  const again = stage.visitor(user.key, changed);
  await stage.run(stage.file.login, again);
  await stage.run(restore, { ...again, user });
}

export const revocationMisses: Check = {
  id: "X-END-10",
  title: '"Log out other sessions" misses some',
  severity: "high",
  references: { asvs: ["7.5.2", "7.4.5"], wstg: ["SESS-06", "SESS-11"], cwe: [613] },
  needs: ["endOthers", "fresh logins"],
  means: "The user believes that everybody else is out, and somebody is not.",
  tested:
    "Five sessions were opened, all others were ended from one while the rest were making requests, and each was asked who it is.",
  silent: "It needs actions.endOthers in the audit file.",
  remedy: "end the others",
  async run(stage) {
    const { endOthers } = stage.file.actions ?? {};
    if (!endOthers) return notRun("no way to end other sessions is named");
    const others = [];
    for (let made = 0; made < 4; made++) others.push(thiefOf(stage, await stage.signIn()));
    const alice = await stage.signIn();
    const [, , , last] = others;
    if (!last || !(await stage.isSignedIn(last)))
      return notRun("a login ends the sessions before it, so there are no others to end");
    const busy = stage.atOnce > 1 ? Promise.allSettled(others.map((each) => stage.ask(each))) : null;
    await stage.run(endOthers, alice);
    await busy;
    if (!(await stage.isSignedIn(alice))) return inconclusive("Ending the others ended the session that asked for it");
    let left = 0;
    for (const each of others) if (await stage.isSignedIn(each)) left++;
    return left > 0
      ? fail(`${left} of ${others.length} other sessions are still signed in`)
      : pass("Every other session is ended");
  },
};

export const noVisibleLogout: Check = {
  id: "X-END-12",
  title: "No visible way to log out",
  severity: "info",
  references: { asvs: ["7.4.4"], wstg: ["SESS-06"] },
  needs: [],
  means: "People who cannot find how to log out do not.",
  tested:
    "The pages after a login were searched for a link or a button that says so; the page that a real browser shows too, if there is one.",
  uses: "browser",
  silent: "Targets without HTML pages have no buttons, so it does not run.",
  remedy,
  async run(stage) {
    const alice = await stage.signIn();
    const { answer } = await stage.ask(alice);
    const pages = [...alice.loginAnswers.slice(-1), answer].filter(
      ({ text, status }) => status < 300 && /<html|<body|<form/i.test(text),
    );
    if (pages.length === 0) return notRun("no HTML page was seen behind the login");
    const found = pages.some(({ text }) => {
      const { links, forms } = readPage(text);
      return (
        links.some((each) => says.test(`${each.text} ${each.href}`)) ||
        forms.some((each) => says.test(`${each.text} ${each.action}`))
      );
    });
    return found || (await isRendered(stage))
      ? pass("A page behind the login says how to log out")
      : fail("No page seen behind the login says how to log out", { confidence: "hint" });
  },
};

const says = /log\s?out|sign\s?out|log\s?off|abmelden|déconnexion|cerrar sesión/i;

/** Whether the page says it in a real browser, where scripts make what HTML has not. */
async function isRendered(stage: Stage): Promise<boolean> {
  return browserOf(stage) !== null && says.test((await stage.journey("X-END-12")).controls);
}

export const endChecks = [
  outlivesLogout,
  cookieStays,
  broughtBack,
  lateCookie,
  otherSurvives,
  backButton,
  keptAfterLogout,
  passwordChanged,
  revocationMisses,
  noVisibleLogout,
];
