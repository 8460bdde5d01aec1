import { randomBytes } from "node:crypto";
import { headerOf } from "../http/exchange.ts";
import type { Check } from "../run/check.ts";
import type { Stage } from "../run/stage.ts";
import { fail, inconclusive, pass } from "../run/verdict.ts";
import { browserOf, saysSignedIn, whoamiRequest } from "./kit.ts";

const remedy = "cache nothing private" as const;

export const mayBeStored: Check = {
  id: "X-CACHE-01",
  title: "A private page may be stored",
  severity: "low",
  references: { asvs: ["14.3.2"], wstg: ["SESS-06"], cwe: [525] },
  needs: [],
  onlyLooks: true,
  means: "The browser keeps the page on the device, where the next person finds it.",
  tested:
    "Cache-Control of the page that says who is signed in was read. Where it may be stored, a real browser was asked for it after a logout, without the network, if there is one.",
  uses: "browser",
  silent: "Other pages are not judged: whether they are private is not known.",
  remedy,
  async run(stage) {
    const { answer } = await stage.ask(await stage.signIn());
    const control = headerOf(answer, "cache-control") ?? "";
    if (/no-store/i.test(control)) return pass("The page that says who is signed in is not stored");
    return fail(`${answer.url.pathname} has no Cache-Control: no-store`, {
      proof: [`${answer.exchange.id}: Cache-Control: ${control || "(missing)"}`, ...(await keptByBrowser(stage))],
    });
  },
};

async function keptByBrowser(stage: Stage): Promise<readonly string[]> {
  if (!browserOf(stage)) return [];
  const { in: browser, out } = await stage.journey("X-CACHE-01");
  if (!out) return [];
  return [`${browser}: ${out.hasWhoami ? "still has the page after the logout" : "had not kept it after the logout"}`];
}

export const sharedCache: Check = {
  id: "X-CACHE-02",
  title: "A shared cache keeps a private page",
  severity: "critical",
  references: { asvs: ["14.2.2", "14.2.5"], cwe: [524] },
  needs: [],
  onlyLooks: true,
  means: "Everybody sees the page of whoever opened it first.",
  tested:
    "The page was opened by somebody signed in and then, at the same address, without cookies; once as it is, and once with an ending that caches like (.css). The addresses are unique, so nobody else meets what is cached.",
  silent: "A cache that this audit does not pass through is not seen.",
  remedy,
  async run(stage) {
    const alice = await stage.signIn();
    const request = await whoamiRequest(stage, alice);
    let isTried = false;
    for (const ending of ["", `/${randomBytes(4).toString("hex")}.css`]) {
      const url = new URL(request.url);
      // As it is, with the slash at its end: without it some answer with a redirect.
      if (ending) url.pathname = url.pathname.replace(/\/$/, "") + ending;
      url.searchParams.set("audit", randomBytes(4).toString("hex"));
      const inside = await alice.send({ ...request, url });
      if (!saysSignedIn(stage, inside)) continue;
      isTried = true;
      const outside = await stage.visitor().send({ ...request, url });
      if (saysSignedIn(stage, outside)) {
        return fail(`${url.pathname} is answered as ${alice.name}'s without any cookie`, {
          proof: [
            `${inside.exchange.id}: opened by ${alice.name}`,
            `${outside.exchange.id}: opened by nobody, with the same page`,
          ],
        });
      }
    }
    if (!isTried) return inconclusive("Who-am-I does not say who is signed in once its address has a parameter more");
    return pass("Nobody gets a page that somebody else has opened");
  },
};

export const cacheChecks = [mayBeStored, sharedCache];
