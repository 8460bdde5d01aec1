import { milliseconds, sayDuration } from "../file/duration.ts";
import type { Check } from "../run/check.ts";
import { fail, inconclusive, notRun, pass } from "../run/verdict.ts";
import { openTab } from "./time-tab.ts";

const remedy = "limit time on the server" as const;
const silent = "It needs time: --wait, or a test server's clock; and a declared time to judge by.";

export const noIdleTimeout: Check = {
  id: "X-TIME-01",
  title: "No inactivity timeout by the declared time",
  severity: "high",
  references: { asvs: ["7.3.1"], wstg: ["SESS-07"], nist: ["5.2"], pci: ["8.2.8"], cwe: [613] },
  needs: ["time", "idle", "fresh logins"],
  means: "A session that nobody uses any more stays open for whoever finds it.",
  tested: "Sessions were left alone and each asked once: at half of expect.idle, and a tenth after it.",
  silent,
  remedy,
  isRepeated: false,
  async run(stage) {
    const idle = milliseconds(stage.file.expect?.idle ?? "0s");
    const [early, late] = (await stage.timeline()).idle;
    if (!early || !late) return inconclusive("No parked session could be asked");
    if (late.isSignedIn)
      return fail(`Still signed in after ${sayDuration(late.at)} without activity; ${sayDuration(idle)} are declared`, {
        confidence: "confirmed",
      });
    return early.isSignedIn
      ? pass(`Signed out within ${sayDuration(late.at)} without activity, and not within ${sayDuration(early.at)}`)
      : pass(
          `Signed out within ${sayDuration(early.at)} without activity: sooner than the declared ${sayDuration(idle)}`,
        );
  },
};

export const noAbsoluteTimeout: Check = {
  id: "X-TIME-02",
  title: "No absolute timeout by the declared time",
  severity: "medium",
  references: { asvs: ["7.3.2"], wstg: ["SESS-07"], nist: ["5.2"], cwe: [613] },
  needs: ["time", "absolute", "fresh logins"],
  means: "A stolen session that is kept busy lives for ever.",
  tested: "One session was kept busy, and asked again a tenth after expect.absolute.",
  silent,
  remedy,
  isRepeated: false,
  async run(stage) {
    const absolute = milliseconds(stage.file.expect?.absolute ?? "0s");
    const { busy } = await stage.timeline();
    const last = busy.at(-1);
    if (!last) return inconclusive("No busy session could be asked");
    if (last.isSignedIn)
      return fail(
        `A session kept busy is signed in after ${sayDuration(last.at)}; ${sayDuration(absolute)} are declared`,
        { confidence: "confirmed" },
      );
    const before = busy.find(({ at, isSignedIn }) => !isSignedIn && at < absolute * 0.95);
    return before
      ? pass(`Signed out after ${sayDuration(before.at)}, although busy: sooner than declared`)
      : pass(`Signed out within ${sayDuration(last.at)}, although busy`);
  },
};

export const browserOnly: Check = {
  id: "X-TIME-03",
  title: "Only the browser forgets: the server does not",
  severity: "high",
  references: { asvs: ["7.3.1"], wstg: ["SESS-07"], cwe: [613, 602] },
  needs: ["time", "a cookie", "fresh logins"],
  means: "The cookie's own end signs out its owner, and nobody who copied it.",
  tested: "A copy of the cookie was used a tenth after the cookie's Max-Age.",
  silent: "A cookie that ends with the browser, or later than what is waited for, has nothing to show.",
  remedy,
  isRepeated: false,
  async run(stage) {
    const { expired } = await stage.timeline();
    if (expired === null) return notRun("the cookie ends with the browser, or later than is waited for");
    return expired.isSignedIn
      ? fail(
          `A copy is signed in ${sayDuration(expired.at)} after the login; the cookie itself ends after ${sayDuration(expired.lifetime)}`,
          { confidence: "confirmed" },
        )
      : pass("After the cookie's own end the server refuses it too");
  },
};

export const renewedForever: Check = {
  id: "X-TIME-05",
  title: "A renewal stretches the absolute timeout",
  severity: "medium",
  references: { asvs: ["7.3.2"], wstg: ["SESS-07"], cwe: [613] },
  needs: ["time", "absolute", "renew", "fresh logins"],
  means: "Whoever renews in time stays for ever, a thief too.",
  tested: "One session was kept busy and renewed by actions.renew, and asked a tenth after expect.absolute.",
  silent,
  remedy,
  isRepeated: false,
  async run(stage) {
    const { renew } = stage.file.actions ?? {};
    if (!renew) return notRun("no renewal is named");
    const { absolute: limit = "0s", idle } = stage.file.expect ?? {};
    const absolute = milliseconds(limit);
    const end = absolute * 1.1;
    const alice = await stage.signIn();
    const step = Math.min(absolute / 4, idle === undefined ? absolute / 4 : milliseconds(idle) * 0.4);
    for (let at = 0; at < end; at += step) {
      await stage.pass(Math.min(step, end - at));
      if (!(await stage.isSignedIn(alice)))
        return pass(`Signed out within ${sayDuration(Math.min(at + step, end))}, although renewed`);
      await stage.run(renew, alice);
    }
    return fail(
      `A session that is renewed is signed in after ${sayDuration(end)}; ${sayDuration(absolute)} are declared`,
      {
        confidence: "confirmed",
      },
    );
  },
};

export const timeChecks = [noIdleTimeout, noAbsoluteTimeout, browserOnly, openTab, renewedForever];
