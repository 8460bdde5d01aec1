import { hasSiblings } from "../browser/attacker.ts";
import { secretOf, withOnly } from "../credential/credential.ts";
import { readPage } from "../http/page.ts";
import type { Check } from "../run/check.ts";
import type { Member, Stage } from "../run/stage.ts";
import { fail, inconclusive, notRun, pass } from "../run/verdict.ts";
import { attempt, isOpen, prepareForgery } from "./forge.ts";
import { browserOf, mainCredential, thiefOf, whoamiRequest } from "./kit.ts";

/* What an attacker brings into a session, or keeps of it, other than its token. */

export const earlierSecret: Check = {
  id: "X-FIX-04",
  title: "A CSRF token from before the login still works after it",
  severity: "medium",
  references: { asvs: ["3.5.1"], wstg: ["SESS-05"], cwe: [352, 384] },
  needs: ["change", "a cookie", "fresh logins"],
  means: "Whoever planted the session of a visitor knows the secret that protects the user's changes later.",
  tested:
    "The tokens of the login page were kept, the login was made in the same browser, and the named change was sent with them.",
  silent: "It needs a token of the same name on the login page and in the form of the change; else it passes.",
  remedy: "issue a new token at login",
  async run(stage) {
    const { change } = stage.file.actions ?? {};
    const { login } = stage.file;
    if (!change || login.kind !== "form") return pass("The login has no page that could hold a token");
    const forgery = await prepareForgery(stage, change);
    if (!forgery)
      return inconclusive("The change has no visible effect even when its user makes it: see actions.change");
    if (forgery.tokens.length === 0) return pass("The change carries no token");
    if ((await isOpen(stage, forgery)) !== "closed") return notRun("the change needs no token at all: see X-CSRF-01");
    const profile = stage.visitor("somebody before the login");
    const page = await profile.follow(await profile.open(login.page));
    const early = new Map(
      readPage(page.text)
        .forms.flatMap(({ inputs }) => inputs)
        .filter(({ name }) => forgery.tokens.includes(name))
        .map(({ name, value }) => [name, value] as const),
    );
    if (early.size === 0) return pass("The login page has no token of the change's");
    const alice = await stage.signIn({ as: profile });
    const own = await stage.prepare(change.do, alice);
    const fields = own.fields.map(([name, value]) => [name, early.get(name) ?? value] as const);
    const isSame = own.fields.every(([name, value]) => !early.has(name) || early.get(name) === value);
    return (await attempt(stage, { change, alice, own }, fields, {}))
      ? fail(`The token of the login page makes the change after the login${isSame ? ": it stays the same" : ""}`, {
          proof: [`${page.exchange.id}: the page that the token is from`],
        })
      : pass("The token of the login page is refused after the login");
  },
};

export const tossedCookie: Check = {
  id: "X-FIX-05",
  title: "Of two cookies of the same name, one is taken in silence",
  severity: "medium",
  references: { asvs: ["3.3.3"], wstg: ["SESS-03"], cwe: [384] },
  needs: ["two users", "a cookie", "fresh logins"],
  means:
    "Another host of the domain sets a cookie of the same name with a longer path. It comes first, and its owner's session is what the user works in.",
  tested: "Who-am-I was asked with the cookies of two users at once, in both orders.",
  silent: "A name with __Host- cannot be set by another host, so it passes.",
  uses: "browser",
  remedy: "set cookie attributes",
  async run(stage) {
    const [first, second] = stage.users;
    if (!first || !second) return notRun("the audit file names one user");
    const alice = await stage.signIn({ user: first });
    const bob = await stage.signIn({ user: second });
    const parts = mainCredential(stage).filter(({ kind }) => kind === "cookie");
    if (parts.every(({ name }) => name.startsWith("__Host-")))
      return pass("The name keeps other hosts from setting it");
    const ask = async (order: readonly (typeof alice)[]) => {
      const visitor = stage.visitor("somebody with two cookies of one name");
      const cookie = order.flatMap((each) => parts.map((part) => `${part.name}=${secretOf(each, part)}`)).join("; ");
      const request = await whoamiRequest(stage, visitor);
      const answer = await visitor.send({ ...request, headers: [...request.headers, ["Cookie", cookie]] });
      return { answer, standing: stage.oracle.read(answer) };
    };
    const attackersFirst = await ask([bob, alice]);
    const attackersLast = await ask([alice, bob]);
    const isBobs = ({ standing }: typeof attackersFirst) =>
      standing.signedIn && (standing.user === null || standing.user === second);
    if (isBobs(attackersFirst))
      return fail("The cookie that comes first is taken, whoever set it", {
        proof: [
          `${attackersFirst.answer.exchange.id}: answered as ${second.key}, with ${first.key}'s cookie behind`,
          ...(await tossedBySibling(stage, alice, bob)),
        ],
      });
    return isBobs(attackersLast)
      ? fail("The cookie that comes last is taken, whoever set it", {
          severity: "low",
          proof: [`${attackersLast.answer.exchange.id}: answered as ${second.key}`],
        })
      : pass("Two cookies of one name are not taken for the other user's session");
  },
};

/** The same in a real browser, if there is one: another host of the domain sets the cookie, for a longer path. */
async function tossedBySibling(stage: Stage, alice: Member, bob: Member): Promise<readonly string[]> {
  const browsing = browserOf(stage);
  const [part] = mainCredential(stage);
  const { url, method } = await whoamiRequest(stage, alice);
  if (!browsing || !part || method !== "GET" || !hasSiblings(url.hostname)) return [];
  const planted = `${part.name}=${secretOf(bob, part)}; Domain=${url.hostname}; Path=${url.pathname}`;
  return browsing.use(
    alice.name,
    async (tab) => {
      await tab.goto(browsing.publish("<script></script>", "same domain"));
      await tab.evaluate("(cookie) => { document.cookie = cookie; }", planted);
      await tab.goto(url.href);
      const answer = tab.answers.findLast((each) => each.url.href === url.href);
      const standing = answer ? stage.oracle.read(answer) : null;
      const isBobs = standing?.signedIn === true && standing.user === bob.user;
      return isBobs ? [`set by another host of the domain, in ${browsing.name}: answered as ${bob.name}`] : [];
    },
    alice,
  );
}

export const tokenKept: Check = {
  id: "X-FIX-06",
  title: "A change of password or a step-up keeps the token",
  severity: "medium",
  references: { asvs: ["7.2.4"], wstg: ["SESS-03"], cwe: [384] },
  needs: ["password", "fresh logins"],
  means: "A copy of the cookie from before gains what its owner has just proved, or survives what was to shut it out.",
  tested:
    "The cookies were copied, the password was changed, and the copy was asked who it is; as for a step-up, if one is named.",
  silent: "It needs actions.password; actions.stepUp is tried as well.",
  remedy: "issue a new token at login",
  async run(stage) {
    const { password, stepUp } = stage.file.actions ?? {};
    if (!password) return notRun("no change of password is named");
    const alice = await stage.signIn();
    const copy = thiefOf(stage, alice);
    await stage.run(password.do, alice);
    const survives = await stage.isSignedIn(copy).finally(() => stage.run(password.restore, alice));
    if (survives)
      return fail("A copy from before the change of password is still signed in, in the session that made it");
    if (!stepUp) return pass("The change of password replaces the token");
    const bob = await stage.signIn();
    const earlier = thiefOf(stage, bob);
    await stage.run(stepUp, bob);
    return (await stage.isSignedIn(earlier))
      ? fail("A copy from before the step-up is still signed in")
      : pass("The change of password and the step-up replace the token");
  },
};

export const puzzled: Check = {
  id: "X-FIX-07",
  title: "A flow that was only begun signs somebody in",
  severity: "high",
  references: { asvs: ["7.2.1"], wstg: ["SESS-08"], cwe: [287] },
  needs: ["halfway"],
  means: "The beginning of a password reset, or a first factor alone, leaves a session that is taken for a login's.",
  tested: "Each flow of actions.halfway was begun in a new browser profile, which was then asked who it is.",
  silent: "Only who-am-I is asked: a page that trusts a half-finished flow by itself is not found.",
  remedy: "issue a new token at login",
  async run(stage) {
    const [alice] = stage.users;
    for (const [at, flow] of (stage.file.actions?.halfway ?? []).entries()) {
      const visitor = stage.visitor(`somebody half-way (${at + 1})`, alice);
      const answer = await stage.run(flow, visitor);
      const asked = await stage.ask(withOnly(visitor, mainCredential(stage), visitor.name));
      if (asked.signedIn)
        return fail(`The beginning that ends at ${answer.url.pathname} signs in`, {
          proof: [`${asked.answer.exchange.id}: signed in without the rest of the flow`],
        });
    }
    return pass("No flow that was only begun signs anybody in");
  },
};

export const moreFixChecks = [earlierSecret, tossedCookie, tokenKept, puzzled];
