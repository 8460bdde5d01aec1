import { headerOf } from "../http/exchange.ts";
import type { Check } from "../run/check.ts";
import { fail, pass } from "../run/verdict.ts";
import { isReadFromElsewhere } from "./demonstrate.ts";
import { whoamiRequest } from "./kit.ts";

export const readableByAnySite: Check = {
  id: "X-CSRF-08",
  title: "Any site may read with the user's cookies",
  severity: "high",
  references: { asvs: ["3.4.2"], cwe: [942] },
  needs: ["a cookie"],
  onlyLooks: true,
  means: "A script of any site reads what only the user should see.",
  tested: "Who-am-I was asked with another site's Origin, and Access-Control-Allow-Origin of the answer was read.",
  silent: "Without Access-Control-Allow-Credentials no browser lets a script read such an answer.",
  uses: "browser",
  remedy: "check where requests come from",
  async run(stage) {
    const alice = await stage.signIn();
    const origin = "https://attacker.test";
    const request = await whoamiRequest(stage, alice);
    const answer = await alice.send({ ...request, headers: [...request.headers, ["Origin", origin]] });
    const isAllowed =
      headerOf(answer, "access-control-allow-origin") === origin &&
      headerOf(answer, "access-control-allow-credentials") === "true";
    const isRead = isAllowed && request.method === "GET" ? await isReadFromElsewhere(stage, request.url, alice) : null;
    return isAllowed
      ? fail("Who-am-I may be read by a script of any site, with the user's cookies", {
          // Sites under the same domain are kept out by no SameSite.
          ...(isRead === false && { severity: "medium" as const }),
          proof: [
            ...(isRead === null
              ? []
              : [
                  `a script on another site, in ${stage.browsing?.name}: ${isRead ? "read it" : "could not read it: SameSite keeps the cookie away"}`,
                ]),
            `${answer.exchange.id}: allows ${origin} with credentials`,
          ],
        })
      : pass("Another site's scripts may not read who is signed in");
  },
};
