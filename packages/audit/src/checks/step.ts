import { milliseconds, sayDuration } from "../file/duration.ts";
import type { Check } from "../run/check.ts";
import { fail, inconclusive, notRun, pass } from "../run/verdict.ts";
import { attempt } from "./forge.ts";

export const staleProof: Check = {
  id: "X-STEP-01",
  title: "A sensitive action needs no recent proof of identity",
  severity: "medium",
  references: { asvs: ["7.5.1", "7.5.3"], nist: ["5.2"], cwe: [306] },
  needs: ["sensitive", "fresh", "time", "fresh logins"],
  means: "Whoever finds the device unlocked, or copies the cookie, does what only its owner should.",
  tested: "The named action was done in a session older than expect.fresh, and its value was read afterwards.",
  silent: "It needs actions.sensitive, expect.fresh and time: --wait, or a test server's clock.",
  remedy: "ask again",
  async run(stage) {
    const { sensitive } = stage.file.actions ?? {};
    if (!sensitive) return notRun("no sensitive action is named");
    const fresh = milliseconds(stage.file.expect?.fresh ?? "0s");
    const alice = await stage.signIn();
    const now = await stage.prepare(sensitive.do, alice);
    if (!(await attempt(stage, { change: sensitive, alice, own: now }, now.fields, {}))) {
      return inconclusive("The action has no visible effect even right after the login: see actions.sensitive");
    }
    await stage.pass(fresh * 0.6);
    await stage.ask(alice);
    await stage.pass(fresh * 0.6);
    if (!(await stage.isSignedIn(alice))) return pass("The whole session is over by then");
    const later = await stage.prepare(sensitive.do, alice);
    return (await attempt(stage, { change: sensitive, alice, own: later }, later.fields, {}))
      ? fail(`The action went through ${sayDuration(fresh * 1.2)} after the login; ${sayDuration(fresh)} are declared`)
      : pass(`The action is refused ${sayDuration(fresh * 1.2)} after the login`);
  },
};

export const proofLeaks: Check = {
  id: "X-STEP-02",
  title: "Proving who one is in one session counts in another",
  severity: "high",
  references: { asvs: ["7.5.3"], cwe: [287] },
  needs: ["sensitive", "stepUp", "fresh", "time", "fresh logins"],
  means: "A thief in an old session waits until its user proves who they are, somewhere else.",
  tested:
    "Two sessions were left to grow older than expect.fresh, the user proved who they are in one, and the sensitive action was done in the other.",
  silent: "Where the action needs no recent proof at all, X-STEP-01 says it, and this does not run.",
  remedy: "ask again",
  async run(stage) {
    const { sensitive, stepUp } = stage.file.actions ?? {};
    if (!sensitive || !stepUp) return notRun("no sensitive action or no way to prove oneself again is named");
    const fresh = milliseconds(stage.file.expect?.fresh ?? "0s");
    const alice = await stage.signIn();
    const other = await stage.signIn();
    for (let part = 0; part < 2; part++) {
      await stage.pass(fresh * 0.6);
      for (const each of [alice, other]) await stage.ask(each);
    }
    if (!(await stage.isSignedIn(other))) return pass("The whole session is over by then");
    const act = async (member: typeof alice) => {
      const own = await stage.prepare(sensitive.do, member);
      return attempt(stage, { change: sensitive, alice: member, own }, own.fields, {});
    };
    if (await act(other)) return notRun("the action needs no recent proof: see X-STEP-01");
    await stage.run(stepUp, alice);
    if (!(await act(alice))) return inconclusive("The action is refused even after the step-up: see actions.stepUp");
    return (await act(other))
      ? fail("The action goes through in a session in which nobody has proved anything recently")
      : pass("The step-up counts in its own session alone");
  },
};

export const stepChecks = [staleProof, proofLeaks];
