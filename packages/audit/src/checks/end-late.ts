import { withOnly } from "../credential/credential.ts";
import { linesOf } from "../http/exchange.ts";
import type { Check } from "../run/check.ts";
import { fail, notRun, pass } from "../run/verdict.ts";
import { credentialCookies, issuedLines, mainCredential } from "./kit.ts";

/* What a request does that was under way during the logout. */

const remedy = "end it on the server" as const;

export const broughtBack: Check = {
  id: "X-END-03",
  title: "A request in flight during the logout brings the session back",
  severity: "high",
  references: { asvs: ["7.4.1"], wstg: ["SESS-06"], cwe: [613, 362] },
  needs: ["logout", "a request to hold", "fresh logins"],
  means: "A slow request writes the session it loaded before the logout, and the ended session is there again.",
  tested:
    "A request was sent but for its last byte, the user logged out, the last byte was sent, and a copy of the cookie was asked who it is.",
  silent:
    "A proxy that waits for whole bodies hides it; name a slow request then. Without a request to hold it does not run.",
  remedy,
  async run(stage) {
    const { actions = {} } = stage.file;
    const flow = actions.hold ?? actions.change?.do;
    if (!flow) return notRun("no request to hold is named");
    const alice = await stage.signIn();
    const { request } = await stage.prepare(flow, alice);
    if (request.body.length < 2) return notRun("the request to hold has no body", "actions.hold: post(...)");
    const thief = withOnly(alice, mainCredential(stage), `a copy of ${alice.name}'s`);
    const slow = actions.slow
      ? alice.copy(`${alice.name}, slowly`).send((await stage.prepare(actions.slow, alice)).request)
      : null;
    slow?.catch(() => {});
    const held = await stage.hold(request, alice.copy(`${alice.name}, held back`));
    await stage.sleep(Math.min(300, stage.settle / 5));
    await stage.logOut(alice);
    if (await stage.isSignedIn(thief)) {
      held.abandon();
      return notRun("the session outlives the logout itself: see X-END-01");
    }
    const late = await held.release();
    await slow;
    return (await stage.staysSignedIn(thief))
      ? fail("The old cookie is signed in again after a request that was under way during the logout", {
          proof: [
            "signed out right after the logout",
            `${late.exchange.id}: the last byte was sent after the logout`,
            "signed in again after that",
          ],
        })
      : pass("What was under way during the logout brings nothing back");
  },
};

export const lateCookie: Check = {
  id: "X-END-04",
  title: "A late answer brings the cookie back",
  severity: "medium",
  references: { asvs: ["7.4.1"], wstg: ["SESS-06"], cwe: [613] },
  needs: ["logout", "a request to hold", "a cookie", "fresh logins"],
  means: "The answer of a slow request gives the browser a live cookie after the user has logged out.",
  tested: "As for X-END-03: the late answer was searched for a cookie, which was then asked who it is.",
  silent: "As for X-END-03.",
  remedy,
  async run(stage) {
    const { actions = {} } = stage.file;
    const flow = actions.hold ?? actions.change?.do;
    if (!flow) return notRun("no request to hold is named");
    const alice = await stage.signIn();
    const { request } = await stage.prepare(flow, alice);
    if (request.body.length < 2) return notRun("the request to hold has no body", "actions.hold: post(...)");
    const held = await stage.hold(request, alice.copy(`${alice.name}, held back`));
    await stage.sleep(Math.min(300, stage.settle / 5));
    await stage.logOut(alice);
    const late = await held.release();
    if (issuedLines(stage, late).length === 0) return pass("The late answer sets no cookie that signs anybody in");
    const browser = stage.visitor(`${alice.name} after the late answer`);
    browser.jar.store(linesOf(late, "set-cookie"), late.url);
    const isOld = credentialCookies(stage, browser).every(({ value }) =>
      credentialCookies(stage, alice).some((each) => each.value === value),
    );
    return !isOld && (await stage.isSignedIn(browser))
      ? fail("The answer of a request under way during the logout signs the browser in again", {
          proof: [`${late.exchange.id}: sets a cookie that is signed in`],
        })
      : pass("The cookie of the late answer signs nobody in");
  },
};
