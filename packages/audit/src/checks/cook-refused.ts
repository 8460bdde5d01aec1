import { type Answer, linesOf } from "../http/exchange.ts";
import { refusalOf } from "../http/jar.ts";
import type { Check } from "../run/check.ts";
import type { Stage } from "../run/stage.ts";
import { fail, pass } from "../run/verdict.ts";
import { browserOf } from "./kit.ts";

export const refusedCookie: Check = {
  id: "X-COOK-07",
  title: "A browser refuses a cookie of the login",
  severity: "medium",
  references: { asvs: ["3.3.5"], wstg: ["SESS-02"] },
  needs: [],
  onlyLooks: true,
  means: "What the cookie is for does not happen in a browser, or only in some.",
  tested:
    "Each Set-Cookie of a login was judged by the rules of RFC 6265bis: prefixes, SameSite=None without Secure, 4096 bytes, foreign domains. Where nothing was wrong, a real browser was asked which of them it has, if there is one.",
  uses: "browser",
  silent: "Cookies that are being deleted are not judged.",
  remedy: "set cookie attributes",
  async run(stage) {
    const alice = await stage.signIn();
    const proof = alice.loginAnswers.flatMap((answer) =>
      linesOf(answer, "set-cookie").flatMap((line) => {
        const why = refusalOf(line, answer.url);
        return why === null || /max-age=0/i.test(line)
          ? []
          : [`${answer.exchange.id}: ${line.split("=")[0]} is refused: ${why}`];
      }),
    );
    if (proof.length === 0) proof.push(...(await missingInBrowser(stage)));
    return proof.length === 0
      ? pass("Browsers take every cookie of the login")
      : fail("A browser refuses a cookie of the login", { proof });
  },
};

/** Cookies that a login sets in a real browser, if there is one, and that it has not got afterwards. */
async function missingInBrowser(stage: Stage): Promise<readonly string[]> {
  if (!browserOf(stage)) return [];
  const { in: browser, cookies, atLogin, isLoggedInByPage } = await stage.journey("X-COOK-07");
  if (!isLoggedInByPage) return [];
  const last = new Map<string, Answer>();
  for (const answer of atLogin) {
    for (const line of linesOf(answer, "set-cookie")) {
      const name = line.slice(0, Math.max(0, line.indexOf("=")));
      if (/max-age=0|expires=thu, 01[ -]jan[ -]1970/i.test(line)) last.delete(name);
      else last.set(name, answer);
    }
  }
  return [...last]
    .filter(([name]) => !cookies.some((cookie) => cookie.name === name))
    .map(([name, { exchange }]) => `${exchange.id}: sets ${name}, which ${browser} has not got afterwards`);
}
