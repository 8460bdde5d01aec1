import { milliseconds, sayDuration } from "../file/duration.ts";
import type { Check } from "../run/check.ts";
import { fail, notRun, pass } from "../run/verdict.ts";
import { landingOf } from "./kit.ts";

/** Of the idle timeout: between two of these steps a session that is left alone lives on. */
const step = 0.4;
const steps = 4;

export const openTab: Check = {
  id: "X-TIME-04",
  title: "An open tab never goes idle",
  severity: "low",
  references: { asvs: ["7.3.1"], wstg: ["SESS-07"], cwe: [613] },
  needs: ["browser", "time", "idle", "fresh logins"],
  means: "Whoever walks away from the device stays signed in for as long as the page is open.",
  tested:
    "The page behind the login was left open in a real browser for 1.6 times expect.idle, and who-am-I was asked afterwards. On a test server's clock the page's own clock was moved along.",
  silent: "Pages that nobody opened are not seen. Where the session lives on without any request, X-TIME-01 says so.",
  remedy: "limit time on the server",
  async run(stage) {
    const { browsing, file } = stage;
    if (!browsing) return notRun("needs a browser");
    const idle = milliseconds(file.expect?.idle ?? "0s");
    const alice = await stage.signIn();
    const page = landingOf(stage, alice);
    return browsing.use(
      alice.name,
      async (tab) => {
        if (file.clock) await tab.clock.install();
        await tab.goto(page.href);
        const opened = tab.answers.length;
        for (let made = 0; made < steps; made++) {
          await stage.pass(idle * step);
          if (file.clock) await tab.clock.runFor(idle * step);
          await tab.settled();
        }
        const own = tab.answers.length - opened;
        const isIn = await stage.isSignedIn(alice);
        if (own === 0) return pass("The open page sends nothing by itself");
        return isIn
          ? fail(`The open page sent ${own} requests by itself, and the session never went idle`, {
              proof: [`signed in after ${sayDuration(idle * step * steps)}; ${sayDuration(idle)} are declared`],
            })
          : pass("An open page does not keep the session alive");
      },
      alice,
    );
  },
};
