import { giveCookies } from "../browser/browsing.ts";
import { sendFromElsewhere } from "../browser/elsewhere.ts";
import { headerOf } from "../http/exchange.ts";
import type { ReadyRequest } from "../login/visitor.ts";
import type { Check } from "../run/check.ts";
import type { Stage } from "../run/stage.ts";
import { fail, notRun, pass } from "../run/verdict.ts";
import { demonstrate } from "./demonstrate.ts";
import { attempt, type Forgery, forgedFields, isOpen, prepareForgery, subsetsOf } from "./forge.ts";
import { browserOf, whoamiRequest } from "./kit.ts";

const remedy = "check where requests come from" as const;

export const forcedLogin: Check = {
  id: "X-CSRF-06",
  title: "Another site can log the user in as somebody else",
  severity: "medium",
  references: { asvs: ["3.5.1"], wstg: ["SESS-05"], cwe: [352] },
  needs: ["two users", "a cookie", "fresh logins"],
  means: "The user goes on in the attacker's account, and leaves there what they write, search and pay with.",
  tested:
    "Another user's login was sent as another site's form would, from a browser in which somebody was signed in and from one in which nobody was.",
  silent: "A login by several steps, or as JSON, is not sent by other sites' forms, and does not run.",
  uses: "browser",
  remedy,
  async run(stage) {
    const [first, second] = stage.users;
    if (!first || !second) return notRun("the audit file names one user");
    const attacker = stage.visitor("the attacker", second);
    const { login } = stage.file;
    if (login.kind !== "form" && !(login.kind === "request" && login.as === "form" && login.method === "POST"))
      return notRun("the login is not one form");
    const known = await stage.prepare(login, attacker);
    const headers = known.request.headers.filter(([name]) => name.toLowerCase() === "content-type");
    const victims = [await stage.signIn({ user: first }), stage.visitor("somebody signed out")];
    for (const victim of victims) {
      const browser = victim.copy(`${victim.name}, by another site`);
      const answer = await browser.send({ ...known.request, headers }, { from: "other site" });
      const asked = await stage.ask(browser);
      if (asked.signedIn && (victim.user === null || asked.user === second))
        return fail(`A form of another site logs ${victim.name} in as ${second.key}`, {
          proof: [
            `${answer.exchange.id}: the login, sent by another site`,
            `${asked.answer.exchange.id}: who it is now`,
            ...(await shownIn(stage, { ...known.request, headers })),
          ],
        });
    }
    return pass("A login that another site sends signs nobody in");
  },
};

/** Whether a form on another site signs in a real browser in which nobody was, if there is one. */
async function shownIn(stage: Stage, request: ReadyRequest): Promise<readonly string[]> {
  const browsing = browserOf(stage);
  if (!browsing) return [];
  const nobody = stage.visitor("somebody signed out");
  return sendFromElsewhere(browsing, { way: "a form", request, visitor: nobody }, async (tab) => {
    await giveCookies(tab, nobody);
    const { signedIn } = await stage.ask(nobody);
    return [`a form on another site, in ${browsing.name}: ${signedIn ? "signed in" : "not signed in"} afterwards`];
  });
}

export const oddOrigins: Check = {
  id: "X-CSRF-07",
  title: "An origin that looks like the application's own is trusted",
  severity: "medium",
  references: { asvs: ["3.5.1"], cwe: [346] },
  needs: ["change", "a cookie", "fresh logins"],
  means: "A sandboxed frame, or a site whose name was chosen for it, does what other sites may not.",
  tested:
    "The named change was sent, and who-am-I was read, with the origin null, with names that begin or end like the application's, and with its name under another scheme.",
  silent: "What any site may do is said by X-CSRF-01 and X-CSRF-08, and does not count here.",
  uses: "browser",
  remedy,
  async run(stage) {
    const { change } = stage.file.actions ?? {};
    if (!change) return notRun("no change is named");
    const origins = oddOriginsOf(stage.world.target);
    const isOpenToAll = (await readableFrom(stage, ["https://attacker.test"])) !== null;
    const readable = isOpenToAll ? null : await readableFrom(stage, origins);
    if (readable) return fail(`Who-am-I may be read from ${readable.origin}`, { proof: readable.proof });
    const forgery = await prepareForgery(stage, change);
    if (!forgery || (await isOpen(stage, forgery)) !== "closed") return pass("No odd origin may read who is signed in");
    for (const origin of origins) {
      for (const without of subsetsOf(forgery.tokens)) {
        if (forgery.tokens.length > 0 && without.length === 0) continue;
        const options = { from: "other site", origin, cookies: "whatever SameSite says" } as const;
        if (await attempt(stage, forgery, forgedFields(forgery, without), options))
          return fail(`The change goes through from the origin ${origin}`, {
            proof: origin === "null" ? await shownFramed(stage, forgery, without) : [],
          });
      }
    }
    return pass("No odd origin is trusted");
  },
};

/** A sandboxed frame has the origin null in every browser. */
async function shownFramed(stage: Stage, forgery: Forgery, without: readonly string[]): Promise<readonly string[]> {
  const fields = forgedFields(forgery, without);
  return (await demonstrate(stage, forgery, { way: "a sandboxed frame", fields })).proof;
}

function oddOriginsOf({ protocol, host, hostname }: URL): readonly string[] {
  const other = protocol === "https:" ? "http:" : "https:";
  return ["null", `${protocol}//${hostname}.attacker.test`, `${protocol}//attacker-${host}`, `${other}//${host}`];
}

async function readableFrom(stage: Stage, origins: readonly string[]) {
  const alice = await stage.signIn();
  const request = await whoamiRequest(stage, alice);
  for (const origin of origins) {
    const answer = await alice.send({ ...request, headers: [...request.headers, ["Origin", origin]] });
    const isAllowed =
      headerOf(answer, "access-control-allow-origin") === origin &&
      headerOf(answer, "access-control-allow-credentials") === "true";
    if (isAllowed) return { origin, proof: [`${answer.exchange.id}: allows ${origin} with credentials`] };
  }
  return null;
}

export const moreCsrfChecks = [forcedLogin, oddOrigins];
