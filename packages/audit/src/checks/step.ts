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

export const stepChecks = [staleProof];
