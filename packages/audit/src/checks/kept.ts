import type { Journey } from "../browser/journey.ts";
import { headerOf } from "../http/exchange.ts";
import type { Check } from "../run/check.ts";
import type { Stage } from "../run/stage.ts";
import { fail, inconclusive, notRun, pass } from "../run/verdict.ts";
import { allParts, holds } from "./kit.ts";

/* What a real browser keeps, shows and sends: seen in one visit that all of these share. */

/** The secrets that signed the user in in the browser; a header that the audit itself brought along is in no page. */
function secretsOf(stage: Stage, { cookies, bearers, isLoggedInByPage }: Journey): readonly string[] {
  const names = new Set(allParts(stage).map(({ name }) => name));
  const own = cookies.filter(({ name }) => names.has(name)).map(({ value }) => value);
  return isLoggedInByPage || own.length > 0 ? [...own, ...bearers] : [];
}

/** Where no page has the token, silence about it would say nothing. */
const unseen =
  "nothing that signs the user in reached the pages of the browser: describe the login as a page's, by form or playwright";

/** A shorter name would be found by chance. */
const shortestName = 4;

function nameOf({ user }: Journey): string | null {
  const { name = "" } = user.values;
  return name.length < shortestName ? null : name;
}

export const tokenInStorage: Check = {
  id: "X-CRED-04",
  title: "The token is kept in Web Storage",
  severity: "medium",
  references: { asvs: ["3.3.4", "14.3.3"], cwe: [922] },
  needs: ["browser"],
  means: "A script that runs in the page can read the token, and it stays when the browser is closed.",
  tested:
    "After a login in a real browser, local storage, session storage, IndexedDB and the caches of service workers were searched for the cookies and bearer tokens that sign the user in.",
  silent:
    "Where the login cannot be done in a page (HTTP steps, a HAR, a saved state), only what the page stores afterwards is seen.",
  remedy: "keep tokens in cookies",
  async run(stage) {
    const journey = await stage.journey("X-CRED-04");
    const secrets = secretsOf(stage, journey);
    if (secrets.length === 0) return notRun(unseen);
    const found = journey.kept.entries.find(({ text }) => secrets.some((secret) => holds(text, secret)));
    return found
      ? fail(`The token is kept in ${found.where}, for every script to read`, {
          proof: [`${journey.in}: ${found.where} has it after the login`],
        })
      : pass(`${journey.in} keeps the token where no script reads it`);
  },
};

export const tokenSentAway: Check = {
  id: "X-CRED-05",
  title: "The token reaches another site",
  severity: "high",
  references: { asvs: ["14.2.3", "3.4.5"], wstg: ["SESS-04"], cwe: [201] },
  needs: ["browser"],
  means: "Whoever runs the other site, an analytics service for instance, can use the session.",
  tested:
    "Every request that the pages of a visit in a real browser tried to send to other origins was searched for the token: its address, headers and body.",
  silent: "Origins in alsoAllowed are the application's own. Nothing reached the others: they were cut off.",
  remedy: "keep tokens in cookies",
  async run(stage) {
    const journey = await stage.journey("X-CRED-05");
    const own = [stage.file.target, stage.file.plainHttp, ...(stage.file.alsoAllowed ?? [])].flatMap((each) =>
      each ? [new URL(each).origin] : [],
    );
    const secrets = secretsOf(stage, journey);
    if (secrets.length === 0) return notRun(unseen);
    const away = journey.caused.filter(({ url }) => !own.includes(new URL(url).origin));
    const found = away.find(({ url, headers, body }) =>
      [url, headerOf({ headers }, "referer") ?? "", headerOf({ headers }, "authorization") ?? "", body].some((text) =>
        secrets.some((secret) => holds(text, secret)),
      ),
    );
    return found
      ? fail(`A page sends the token to ${new URL(found.url).host}`, {
          proof: [`${journey.in}: a request to there has it`],
        })
      : pass("No request to another origin has the token");
  },
};

export const backButton: Check = {
  id: "X-END-06",
  title: "After the logout, the back button shows private content",
  severity: "low",
  references: { asvs: ["14.3.1", "14.3.2"], wstg: ["SESS-06"], cwe: [525] },
  needs: ["browser", "logout", "fresh logins"],
  means:
    "The next person at the device presses Back. A browser keeps pages for that, even pages with no-store, until a cookie changes.",
  tested:
    "In a real browser with its back/forward cache on, the user logged in and out; then the network was taken away, and the way back was gone.",
  silent:
    "The page behind the login must say the user's name, or something that it does not say to everybody; or nothing can be recognised.",
  remedy: "cache nothing private",
  async run(stage) {
    const journey = await stage.journey("X-END-06");
    const name = nameOf(journey);
    const isNamed = name !== null && journey.landing.includes(name);
    const { back, isPrivate = false } = journey.out ?? {};
    if (!isNamed && (!isPrivate || secretsOf(stage, journey).length === 0))
      return inconclusive(
        "The page behind the login says the same to everybody, so nothing private can be recognised on it",
      );
    const isShown = isNamed ? back?.text.includes(name) : back?.text === journey.landing;
    return back && isShown
      ? fail("The back button shows the user's page after the logout", {
          proof: [
            `${journey.in}: ${back.isRestored ? "restored out of the back/forward cache" : "loaded from the disk cache"}, without the network`,
          ],
        })
      : pass(`In ${journey.in} the back button shows nothing private after the logout`);
  },
};

export const keptAfterLogout: Check = {
  id: "X-END-07",
  title: "Private data stays on the device after the logout",
  severity: "low",
  references: { asvs: ["14.3.1"], cwe: [922] },
  needs: ["browser", "logout", "fresh logins"],
  means: "The next person at the device, and any script on the origin, can read it.",
  tested:
    "After a logout in a real browser, local and session storage, IndexedDB, the caches of service workers and readable cookies were searched for the user's name and tokens.",
  silent: "Other private data cannot be told from what is meant to stay.",
  remedy: "cache nothing private",
  async run(stage) {
    const journey = await stage.journey("X-END-07");
    const name = nameOf(journey);
    const secrets = secretsOf(stage, journey);
    if (secrets.length === 0 && !(name !== null && journey.landing.includes(name))) return notRun(unseen);
    const sought = [...(name === null ? [] : [name]), ...secrets];
    const { kept } = journey.out ?? { kept: { cookie: "", entries: [] } };
    const all = [...kept.entries, { where: "a cookie that scripts can read", text: kept.cookie }];
    const found = all.find(({ text }) => sought.some((each) => holds(text, each)));
    return found
      ? fail(`${found.where} still has the user's name or token after the logout`, {
          proof: [`${journey.in}: ${found.where}`],
        })
      : pass(`${journey.in} keeps neither the user's name nor a token after the logout`);
  },
};
