import type { Check } from "../run/check.ts";
import { info, pass } from "../run/verdict.ts";
import { boundChecks } from "./bound.ts";
import { saysSignedIn, thiefOf, whoamiRequest } from "./kit.ts";

export const worksElsewhere: Check = {
  id: "X-BIND-01",
  title: "A copied token works in another client",
  severity: "info",
  references: { wstg: ["SESS-09"] },
  needs: [],
  onlyLooks: true,
  means: "As with nearly every application: whoever has the cookie is the user. Only binding to a device changes that.",
  tested: "A copy of the credentials was used with another User-Agent and language, on a new connection.",
  silent: "It is information, never a failure.",
  remedy: "ask again",
  async run(stage) {
    const alice = await stage.signIn();
    const thief = thiefOf(stage, alice);
    const request = await whoamiRequest(stage, thief);
    const headers = [
      ...request.headers,
      ["User-Agent", "Mozilla/5.0 (another device)"],
      ["Accept-Language", "fi"],
      ["Connection", "close"],
    ] as const;
    return saysSignedIn(stage, await thief.send({ ...request, headers }))
      ? info("A copy of the token is signed in with another client: the session is bound to nothing but the token")
      : pass("A copy of the token is refused in another client");
  },
};

export const bindChecks = [worksElsewhere, ...boundChecks];
