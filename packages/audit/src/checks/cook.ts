import { milliseconds, sayDuration } from "../file/duration.ts";
import { type Answer, headerOf } from "../http/exchange.ts";
import type { StoredCookie } from "../http/jar.ts";
import type { Check } from "../run/check.ts";
import type { Member, Stage } from "../run/stage.ts";
import { fail, info, pass } from "../run/verdict.ts";
import { refusedCookie } from "./cook-refused.ts";
import { sentByAnotherSite, sentOverHttp, sharedWithSiblings } from "./cook-shown.ts";
import { allParts, browserOf, credentialCookies, isPlainHttp, issuedLines, listed } from "./kit.ts";

const remedy = "set cookie attributes" as const;
const tested =
  "The cookie was looked at as a browser keeps it after a login. What that lets happen was tried in a real browser, if there is one.";
const silent = "Cookies that sign nobody in are not judged.";

/** Judges each cookie that signs somebody in, as it is kept after a login. */
async function judge(
  stage: Stage,
  isBad: (cookie: StoredCookie) => boolean,
  say: (names: string) => string,
): Promise<Judged | null> {
  const alice = await stage.signIn();
  const bad = credentialCookies(stage, alice)
    .filter(isBad)
    .map(({ name }) => name);
  return bad.length === 0 ? null : { problem: say(listed([...new Set(bad)])), alice };
}

interface Judged {
  readonly problem: string;
  readonly alice: Member;
}

export const noSecure: Check = {
  id: "X-COOK-01",
  title: "The cookie has no Secure",
  severity: "high",
  references: { asvs: ["3.3.1"], wstg: ["SESS-02", "SESS-09"], nist: ["5.1.1"], pci: ["4.2.1"], cwe: [614] },
  needs: ["a cookie"],
  onlyLooks: true,
  means: "A browser sends the cookie over http too, where whoever is on the way can read it.",
  tested,
  silent: `${silent} Over plain http, as on a development machine, it is information.`,
  uses: "browser",
  remedy,
  async run(stage) {
    const judged = await judge(
      stage,
      ({ isSecure }) => !isSecure,
      (names) => `${names} is kept without Secure`,
    );
    if (judged === null) return pass("Every cookie that signs somebody in is Secure");
    if (isPlainHttp(stage)) return info(`${judged.problem}, as it has to be over plain http`);
    return fail(judged.problem, { proof: await sentOverHttp(stage, judged.alice) });
  },
};

export const noHttpOnly: Check = {
  id: "X-COOK-02",
  title: "The cookie has no HttpOnly",
  severity: "medium",
  references: { asvs: ["3.3.4"], wstg: ["SESS-02"], nist: ["5.1.1"], cwe: [1004] },
  needs: ["a cookie"],
  onlyLooks: true,
  means: "Any script of the page can read the token and send it away.",
  tested,
  silent,
  uses: "browser",
  remedy,
  async run(stage) {
    const judged = await judge(
      stage,
      ({ isHttpOnly }) => !isHttpOnly,
      (names) => `Scripts can read ${names}`,
    );
    if (judged === null) return pass("Scripts cannot read the cookie");
    return fail(judged.problem, { proof: await readByScript(stage) });
  },
};

/** What `document.cookie` says in a real browser, if there is one. */
async function readByScript(stage: Stage): Promise<readonly string[]> {
  if (!browserOf(stage)) return [];
  const { in: browser, cookies, kept } = await stage.journey("X-COOK-02");
  const names = new Set(allParts(stage).map(({ name }) => name));
  const read = cookies.filter(({ name, value }) => names.has(name) && kept.cookie.includes(`${name}=${value}`));
  return read.map(({ name }) => `${browser}: document.cookie of the page behind the login has ${name}`);
}

export const noSameSite: Check = {
  id: "X-COOK-03",
  title: "The cookie has no SameSite, or None",
  severity: "low",
  references: { asvs: ["3.3.2"], wstg: ["SESS-02", "SESS-05"], nist: ["5.1.1"], cwe: [1275] },
  needs: ["a cookie"],
  onlyLooks: true,
  means:
    "Requests that other sites cause carry the cookie. Whether that changes something is shown by the CSRF checks.",
  tested,
  silent,
  uses: "browser",
  remedy,
  async run(stage) {
    const isBad = ({ sameSite }: StoredCookie) => sameSite === null || sameSite === "none";
    const judged = await judge(stage, isBad, (names) => `${names} has no SameSite, or SameSite=None`);
    if (judged === null) return pass("SameSite is Lax or Strict");
    return fail(judged.problem, { proof: await sentByAnotherSite(stage, judged.alice) });
  },
};

export const noPrefix: Check = {
  id: "X-COOK-04",
  title: "The cookie's name has no __Host- or __Secure-",
  severity: "low",
  references: { asvs: ["3.3.1", "3.3.3"], wstg: ["SESS-02"] },
  needs: ["a cookie"],
  onlyLooks: true,
  means: "Another host of the domain, or somebody on the way of an http request, can plant a cookie of the same name.",
  tested,
  silent: `${silent} Over plain http it is information.`,
  remedy,
  async run(stage) {
    const judged = await judge(
      stage,
      ({ name }) => !/^__(Host|Secure)-/.test(name),
      (names) => `${names} has no prefix that a browser enforces`,
    );
    if (judged === null) return pass("A prefix that browsers enforce");
    return isPlainHttp(stage) ? info(judged.problem) : fail(judged.problem);
  },
};

export const domainWide: Check = {
  id: "X-COOK-05",
  title: "Every subdomain gets the cookie",
  severity: "medium",
  references: { asvs: ["3.3.3", "3.5.4"], wstg: ["SESS-02"], cwe: [668] },
  needs: ["a cookie"],
  onlyLooks: true,
  means: "Every other host of the domain can read the token: the weakest of them protects it.",
  tested,
  silent: `${silent} Where expect.shared says the cookie is meant for them, it is information.`,
  uses: "browser",
  remedy,
  async run(stage) {
    const judged = await judge(
      stage,
      ({ isHostOnly }) => !isHostOnly,
      (names) => `${names} has a Domain, so every subdomain gets it`,
    );
    if (judged === null) return pass("Only the host that set it gets the cookie");
    if (stage.file.expect?.shared) return info(`${judged.problem}, as the audit file expects`);
    return fail(judged.problem, { proof: await sharedWithSiblings(stage, judged.alice) });
  },
};

export const outlivesSession: Check = {
  id: "X-COOK-06",
  title: "The cookie outlives the session's absolute timeout",
  severity: "low",
  references: { asvs: ["7.3.2"], wstg: ["SESS-02", "SESS-07"], cwe: [539] },
  needs: ["a cookie", "absolute"],
  onlyLooks: true,
  means: "The token stays on the device when the session should be long over.",
  tested: "The cookie's end was compared with expect.absolute.",
  silent: "A cookie that ends with the browser is fine.",
  remedy,
  async run(stage) {
    const absolute = milliseconds(stage.file.expect?.absolute ?? "0s");
    const alice = await stage.signIn();
    const now = Date.now();
    const slack = 60_000;
    const long = credentialCookies(stage, alice).find(
      ({ expires }) => expires !== null && expires - now > absolute + slack,
    );
    if (!long?.expires) return pass("No cookie is kept for longer than the session may last");
    return fail(
      `${long.name} is kept for ${sayDuration(long.expires - now)}; the session may last ${sayDuration(absolute)}`,
    );
  },
};

export const cacheableCookie: Check = {
  id: "X-COOK-09",
  title: "An answer that caches may keep sets the cookie",
  severity: "high",
  references: { asvs: ["14.2.2", "14.3.2"], cwe: [524] },
  needs: ["a cookie"],
  onlyLooks: true,
  means: "A shared cache that keeps the answer hands one user's cookie to everybody.",
  tested:
    "Every answer seen so far that gives a value to the cookie was searched for leave to cache it. Such a page was opened once more without cookies: being given the same one makes it high.",
  silent: "Answers without Cache-Control and Expires are left alone: few caches keep those that set cookies.",
  remedy: "cache nothing private",
  async run(stage) {
    const alice = await stage.signIn();
    await stage.ask(alice);
    for (const answer of [...alice.loginAnswers, ...stage.seen]) {
      const control = headerOf(answer, "cache-control") ?? "";
      if (issuedLines(stage, answer).length === 0 || /no-store|private|no-cache/i.test(control)) continue;
      if (/public|s-maxage=[1-9]|max-age=[1-9]/i.test(control)) {
        const kept = await keptForOthers(stage, answer);
        return fail(`${answer.url.pathname} sets the cookie, and says "${control}"`, {
          severity: kept.length > 0 ? "high" : "medium",
          proof: [...kept, `${answer.exchange.id}: Cache-Control: ${control}`],
        });
      }
    }
    return pass("No answer that sets the cookie allows caches to keep it");
  },
};

/** Whether somebody without any cookie is given the very same one: then a cache on the way has kept it. */
async function keptForOthers(stage: Stage, answer: Answer): Promise<readonly string[]> {
  if (answer.exchange.request.method !== "GET") return [];
  const stranger = stage.visitor("somebody else");
  const again = await stranger.send({ method: "GET", url: answer.url, headers: [], body: "" });
  const lines = issuedLines(stage, again);
  return issuedLines(stage, answer).some((line) => lines.includes(line))
    ? [`${again.exchange.id}: somebody without any cookie is given the same one`]
    : [];
}

export const cookChecks = [
  noSecure,
  noHttpOnly,
  noSameSite,
  noPrefix,
  domainWide,
  outlivesSession,
  refusedCookie,
  cacheableCookie,
];
