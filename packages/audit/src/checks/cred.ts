import { sayCredential, secretOf } from "../credential/credential.ts";
import { headerOf, linesOf } from "../http/exchange.ts";
import { readPage } from "../http/page.ts";
import type { Check } from "../run/check.ts";
import type { Stage } from "../run/stage.ts";
import { fail, info, notRun, pass, type Verdict } from "../run/verdict.ts";
import { tokenInStorage, tokenSentAway } from "./kept.ts";
import { allParts, browserOf, cookieSecrets, holds, saysSignedIn, whoamiRequest } from "./kit.ts";

const remedy = "keep tokens in cookies" as const;

export const credentialIdentified: Check = {
  id: "X-CRED-01",
  title: "What signs somebody in",
  severity: "info",
  references: { asvs: ["7.2.1"], wstg: ["SESS-01"] },
  needs: [],
  means: "Nothing is wrong: this names the cookies and headers that all other checks are about.",
  tested: "One cookie or header after the other was left out, and the target was asked who we are.",
  silent: "Never: without a credential there is no audit.",
  remedy,
  async run({ credentials }) {
    return info(`Signed in by ${credentials.map(sayCredential).join(", or by ")}`, credentials.map(sayCredential));
  },
};

export const tokenInUrl: Check = {
  id: "X-CRED-02",
  title: "The token stands in a URL",
  severity: "high",
  references: { asvs: ["14.2.1"], wstg: ["SESS-04"], cwe: [598] },
  needs: [],
  onlyLooks: true,
  means: "URLs are kept in histories, logs and Referer headers: whoever reads one of those is signed in.",
  tested:
    "The addresses, redirects and links of a login and of the pages behind it were searched for the token, and so were the addresses and referrers of a visit in a real browser, if there is one.",
  silent: "Tokens shorter than 8 characters are not looked for.",
  uses: "browser",
  remedy,
  async run(stage) {
    const alice = await stage.signIn();
    const { answer } = await stage.ask(alice);
    const secrets = allParts(stage).map((part) => ({ name: part.name, value: secretOf(alice, part) }));
    for (const each of [...alice.loginAnswers, answer]) {
      const page = readPage(each.text);
      const urls = [
        each.url.href,
        ...linesOf(each, "location"),
        ...page.links.map(({ href }) => href),
        ...page.forms.map(({ action }) => action),
      ];
      for (const { name, value } of secrets) {
        if (urls.some((url) => holds(url, value))) {
          return fail(`The token ${name} stands in a URL of ${each.url.pathname}`, {
            proof: [`${each.exchange.id}: an address, redirect or link of this answer has the token`],
          });
        }
      }
    }
    const opened = await openedInBrowser(
      stage,
      secrets.map(({ value }) => value),
    );
    return opened ?? pass("No address, redirect or link has the token");
  },
};

/** The addresses that a real browser went to or asked for, and what it told as the page before; `null` if none has the token. */
async function openedInBrowser(stage: Stage, known: readonly string[]): Promise<Verdict | null> {
  if (!browserOf(stage)) return null;
  const { in: browser, inside, cookies, bearers } = await stage.journey("X-CRED-02");
  const names = new Set(allParts(stage).map(({ name }) => name));
  const own = cookies.filter(({ name }) => names.has(name)).map(({ value }) => value);
  const secrets = [...known, ...own, ...bearers];
  const isOwn = ({ url }: { url: string }) => new URL(url).origin === stage.world.target.origin;
  const found = inside
    .filter(isOwn)
    .find((each) =>
      [each.url, each.from, headerOf(each, "referer") ?? ""].some((url) =>
        secrets.some((secret) => holds(url, secret)),
      ),
    );
  return found
    ? fail(`The token stands in a URL, seen at ${new URL(found.url).pathname}`, {
        proof: [`${found.answer?.exchange.id ?? "no answer"}: an address that ${browser} opened or asked for`],
      })
    : null;
}

export const tokenInBody: Check = {
  id: "X-CRED-03",
  title: "The token stands in a page",
  severity: "medium",
  references: { asvs: ["3.3.4"], wstg: ["SESS-04"], cwe: [200] },
  needs: ["a cookie"],
  onlyLooks: true,
  means: "A script that runs in the page can read the token, although the cookie is HttpOnly.",
  tested: "The bodies of a login's answers and of the who-am-I page were searched for the cookie's value.",
  silent: "Bearer tokens have to be in a body once, so they are not looked for.",
  remedy,
  async run(stage) {
    const alice = await stage.signIn();
    const { answer } = await stage.ask(alice);
    for (const each of [...alice.loginAnswers, answer]) {
      const found = cookieSecrets(stage, alice).find(({ value }) => holds(each.text, value));
      if (found)
        return fail(`The value of the cookie ${found.name} stands in the body of ${each.url.pathname}`, {
          proof: [`${each.exchange.id}: the body has the cookie's value`],
        });
    }
    return pass("No body has the cookie's value");
  },
};

export const tokenAsParameter: Check = {
  id: "X-CRED-06",
  title: "The token is accepted from the URL",
  severity: "medium",
  references: { asvs: ["14.2.1"], wstg: ["SESS-03", "SESS-04"], cwe: [598] },
  needs: ["a cookie"],
  onlyLooks: true,
  means: "Somebody can be made to use a session by a link, and a link that is passed on passes on the session.",
  tested:
    "The cookie's value was sent as a parameter of the same name in the query and in the path, without the cookie.",
  silent: "Header tokens are not tried as parameters.",
  remedy,
  async run(stage) {
    const alice = await stage.signIn();
    const stranger = stage.visitor();
    const base = await whoamiRequest(stage, stranger);
    for (const { name, value } of cookieSecrets(stage, alice)) {
      const query = new URL(base.url);
      query.searchParams.set(name, value);
      const path = new URL(base.url);
      path.pathname += `;${name.toLowerCase()}=${encodeURIComponent(value)}`;
      for (const [where, url] of [
        ["query", query],
        ["path", path],
      ] as const) {
        const answer = await stranger.send({ ...base, url });
        if (saysSignedIn(stage, answer))
          return fail(`${name} is accepted as a parameter in the ${where}`, {
            proof: [`${answer.exchange.id}: signed in without any cookie`],
          });
      }
    }
    return pass("The value is accepted as a cookie only");
  },
};

export const tokensListed: Check = {
  id: "X-CRED-07",
  title: "The list of sessions shows whole tokens",
  severity: "high",
  references: { asvs: ["14.2.6"], cwe: [532] },
  needs: ["sessions", "a cookie"],
  means: "Whoever sees the list once, over a shoulder or in one stolen session, has all of the user's sessions.",
  tested: "With two sessions open, the list was searched for the tokens of both.",
  silent: "It needs actions.sessions in the audit file.",
  remedy,
  async run(stage) {
    const other = await stage.signIn();
    const alice = await stage.signIn();
    const { sessions } = stage.file.actions ?? {};
    if (!sessions) return notRun("no list of sessions is named");
    const answer = await stage.run(sessions, alice);
    const all = [...cookieSecrets(stage, other), ...cookieSecrets(stage, alice)];
    const found = all.find(({ value }) => holds(answer.text, value));
    return found
      ? fail(`${answer.url.pathname} shows the whole ${found.name}`, {
          proof: [`${answer.exchange.id}: the body has the token of a session`],
        })
      : pass("The list names no token");
  },
};

export const credChecks = [
  credentialIdentified,
  tokenInUrl,
  tokenInBody,
  tokenInStorage,
  tokenSentAway,
  tokenAsParameter,
  tokensListed,
];
