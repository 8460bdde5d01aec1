import { giveCookies } from "../browser/browsing.ts";
import { Trouble } from "../http/trouble.ts";
import type { Check } from "../run/check.ts";
import type { Member, Stage } from "../run/stage.ts";
import { fail, inconclusive, notRun, pass } from "../run/verdict.ts";
import { browserOf, landingOf, saysSignedOut, whoamiRequest } from "./kit.ts";

const remedy = "keep requests apart" as const;

/** Runs `work` `times` times, at most as many at once as is allowed. */
async function atOnce<Result>(
  stage: Stage,
  times: number,
  work: (at: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < times; at += stage.atOnce) {
    const many = Math.min(stage.atOnce, times - at);
    results.push(...(await Promise.all(Array.from({ length: many }, (_, offset) => work(at + offset)))));
  }
  return results;
}

export const mixedUp: Check = {
  id: "X-CONC-01",
  title: "One user's answer goes to another",
  severity: "critical",
  references: { asvs: ["7.2.1"], cwe: [488] },
  needs: ["two users", "several at once", "fresh logins"],
  means: "Under load, people see and change what belongs to somebody else.",
  tested: "Two users asked who they are, 200 times in turn, up to 20 at once on shared connections.",
  silent: "Where who-am-I does not say who it is, nothing can be mixed up visibly, and it does not run.",
  remedy,
  isRepeated: false,
  async run(stage) {
    const members: Member[] = [];
    for (const user of stage.users.slice(0, 2)) members.push(await stage.signIn({ user }));
    const [alice] = members as [Member];
    const known = await stage.ask(alice);
    if (!known.signedIn || known.user === null)
      return notRun("who-am-I does not say who is signed in", "whoami.signedIn with $user.name");
    let signedOut = 0;
    const wrong = await atOnce(stage, 200, async (at) => {
      const member = members[at % 2] as Member;
      const asked = await stage.ask(member);
      if (!asked.signedIn) signedOut++;
      return asked.signedIn && asked.user !== member.user ? asked.answer.exchange.id : null;
    });
    const mixed = wrong.filter((each) => each !== null);
    if (mixed.length === 0 && signedOut > 0)
      return inconclusive(`${signedOut} of 200 answers said signed out, so they could not be mixed up`);
    return mixed.length > 0
      ? fail(`${mixed.length} of 200 answers were the other user's`, {
          confidence: "confirmed",
          proof: mixed.slice(0, 3).map((id) => `${id}: answered as the other user`),
        })
      : pass("200 answers in turn, each to its own user");
  },
};

export const tooManySessions: Check = {
  id: "X-CONC-02",
  title: "More sessions at once than declared",
  severity: "low",
  references: { asvs: ["7.1.2"], wstg: ["SESS-11"], cwe: [362] },
  needs: ["sessionsPerUser", "fresh logins"],
  means: "The limit that the application promises does not hold.",
  tested:
    "One login more than expect.sessionsPerUser was made in turn, then five more at once, and each session was asked who it is.",
  silent: "Without expect.sessionsPerUser there is no limit to break.",
  remedy,
  async run(stage) {
    const limit = stage.file.expect?.sessionsPerUser ?? 0;
    const all: Member[] = [];
    for (let made = 0; made <= limit; made++) all.push(await stage.signIn());
    const living = async () => (await Promise.all(all.map((each) => stage.isSignedIn(each)))).filter(Boolean).length;
    const inTurn = await living();
    if (inTurn > limit) return fail(`${inTurn} sessions of one user live at once; ${limit} are declared`);
    if (stage.atOnce > 1) {
      // Logins that arrive together may already have ended one another.
      const together = await Promise.allSettled(Array.from({ length: 5 }, () => stage.signIn()));
      for (const each of together) if (each.status === "fulfilled") all.push(each.value);
      const failed = together.find((each) => each.status === "rejected" && !(each.reason instanceof Trouble));
      if (failed?.status === "rejected") throw failed.reason;
      const after = await living();
      if (after > limit)
        return fail(`${after} sessions of one user live after five logins at once; ${limit} are declared`);
    }
    return pass(`Never more than ${limit} sessions of one user`);
  },
};

export const parallelEnds: Check = {
  id: "X-CONC-03",
  title: "Requests at the same time end the session",
  severity: "medium",
  references: { cwe: [362] },
  needs: ["several at once", "fresh logins"],
  means: "People are signed out by a page that loads several things at once.",
  tested:
    "Twenty requests of one session were sent at once, each with the cookies of the beginning, and the session was asked who it is afterwards. Then several tabs of a real browser opened the page behind the login and who-am-I at once, if there is one.",
  silent: "Only the moment after a login is tried.",
  uses: "browser",
  remedy,
  async run(stage) {
    const alice = await stage.signIn();
    const answers = await atOnce(stage, 20, () => stage.ask(alice.copy(alice.name)));
    const lost = answers.filter(({ signedIn }) => !signedIn);
    if (lost.length > 0) {
      return fail(`${lost.length} of 20 requests at once were answered as signed out`, {
        proof: lost.slice(0, 3).map(({ answer }) => `${answer.exchange.id}: signed out`),
      });
    }
    if (!(await stage.isSignedIn(alice))) return fail("The session is over after twenty requests at once");
    const proof = await lostInTabs(stage);
    return proof.length > 0
      ? fail("The session is over after several tabs at once", { proof })
      : pass("Twenty requests at once, and the session stands");
  },
};

/** What several tabs of one browser, opened at once, do to the session in it; nothing where there is no browser. */
async function lostInTabs(stage: Stage): Promise<readonly string[]> {
  const browsing = browserOf(stage);
  if (!browsing) return [];
  const alice = await stage.signIn();
  const landing = landingOf(stage, alice);
  const request = await whoamiRequest(stage, alice);
  const pages = request.method === "GET" ? [landing, request.url] : [landing];
  return browsing.use(
    alice.name,
    async (tab) => {
      await tab.openAtOnce([1, 2, 3].flatMap((time) => pages.map((page) => numbered(page, time))));
      const out = tab.answers.filter(
        (each) => each.url.pathname === request.url.pathname && saysSignedOut(stage, each),
      );
      await giveCookies(tab, alice);
      const isOver = !(await stage.isSignedIn(alice));
      return [
        ...out.map(({ exchange }) => `${exchange.id}: a tab was answered as signed out`),
        ...(isOver ? [`tabs opened at once, in ${browsing.name}: signed out afterwards`] : []),
      ];
    },
    alice,
  );
}

/** A browser asks for one address once at a time, so each tab has one of its own. */
function numbered(page: URL, time: number): string {
  const url = new URL(page);
  if (time > 1) url.searchParams.set("tab", String(time));
  return url.href;
}

export const concChecks = [mixedUp, tooManySessions, parallelEnds];
