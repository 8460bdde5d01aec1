import { headerOf } from "../http/exchange.ts";
import type { Check } from "../run/check.ts";
import { info, pass } from "../run/verdict.ts";
import { saysSignedIn, thiefOf, whoamiRequest } from "./kit.ts";

export const worksElsewhere: Check = {
  id: "X-BIND-01",
  title: "A copied token works in another client",
  severity: "info",
  references: { wstg: ["SESS-09"] },
  needs: [],
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

export const bindingOffered: Check = {
  id: "X-BIND-02",
  title: "No binding of the session to its device is offered",
  severity: "info",
  references: { wstg: ["SESS-09"] },
  needs: ["https", "fresh logins"],
  means: "Browsers that can bind a session to a key of the device are not asked to (Device Bound Session Credentials).",
  tested: "The answers of a login and the page behind it were searched for Secure-Session-Registration.",
  silent: "It is information, never a failure. Over plain http no browser binds anything.",
  remedy: "set cookie attributes",
  async run(stage) {
    const alice = await stage.signIn();
    const { answer } = await stage.ask(alice);
    return [...alice.loginAnswers, answer].some((each) => headerOf(each, "secure-session-registration") !== null)
      ? pass("The login offers to bind the session to the device")
      : info("No answer of the login offers to bind the session to the device");
  },
};

export const bindChecks = [worksElsewhere, bindingOffered];
