import { sendFromElsewhere } from "../browser/elsewhere.ts";
import { withOnly } from "../credential/credential.ts";
import type { Prepared } from "../login/flow.ts";
import type { ReadyRequest, SendOptions } from "../login/visitor.ts";
import type { Check } from "../run/check.ts";
import type { Member, Stage } from "../run/stage.ts";
import { fail, inconclusive, notRun, pass } from "../run/verdict.ts";
import { browserOf, mainCredential, thiefOf } from "./kit.ts";

/* Endings that something else than the user's own logout brings about, or should. */

export const disabledStays: Check = {
  id: "X-END-09",
  title: "A disabled account keeps its sessions",
  severity: "high",
  references: { asvs: ["7.4.2"], wstg: ["SESS-06"], cwe: [613] },
  needs: ["disable", "fresh logins"],
  means: "Somebody whose account was taken away goes on working in it.",
  tested:
    "A session was opened, its user's account was disabled, the session was asked who it is, and the account was enabled again.",
  silent: "It needs actions.disable in the audit file.",
  remedy: "end the others",
  async run(stage) {
    const { disable } = stage.file.actions ?? {};
    const user = stage.users.at(-1);
    if (!disable || !user) return notRun("no way to disable an account is named");
    const bob = await stage.signIn({ user });
    const administrator = stage.visitor("an administrator", user);
    const answer = await stage.run(disable.do, administrator);
    const survives = await stage.staysSignedIn(bob).finally(() => stage.run(disable.restore, administrator));
    if (answer.status >= 400) return inconclusive(`The account could not be disabled (status ${answer.status})`);
    return survives
      ? fail("The session is signed in although its user's account is disabled", {
          proof: [`${answer.exchange.id}: the account was disabled`],
        })
      : pass("Disabling an account ends its sessions");
  },
};

export const streamGoesOn: Check = {
  id: "X-END-11",
  title: "An open stream or WebSocket outlives the logout",
  severity: "medium",
  references: { asvs: ["7.4.1"], wstg: ["SESS-06"], cwe: [613] },
  needs: ["logout", "stream", "change", "fresh logins"],
  means: "A page that stays open somewhere goes on receiving what is private after its user has logged out.",
  tested:
    "The stream of events, or the WebSocket, was opened, its user logged out, made the named change in another session, and the stream was watched.",
  silent: "It needs actions.stream, and that the change shows itself there.",
  remedy: "end it on the server",
  async run(stage) {
    const { stream, change: named } = stage.file.actions ?? {};
    if (!stream || !named) return notRun("no stream of events is named");
    const alice = await stage.signIn();
    const listening = await stage.listen(stream, alice);
    try {
      if (![200, 101].includes(listening.status)) return inconclusive(`The stream answers ${listening.status}`);
      const elsewhere = await stage.signIn();
      const change = () => stage.run(named.do, elsewhere);
      const usually = await untilItSays(stage, { received: listening.received, work: change, patience: longestWait });
      if (usually === null) return inconclusive("The stream says nothing of the named change: see actions.stream");
      const thief = withOnly(alice, mainCredential(stage), `a copy of ${alice.name}'s`);
      await stage.logOut(alice);
      if (await stage.isSignedIn(thief)) return notRun("the session outlives the logout itself: see X-END-01");
      // Long enough for what usually comes sooner.
      const patience = Math.max(Math.min(500, stage.settle), usually * 5);
      return (await untilItSays(stage, { received: listening.received, work: change, patience })) !== null
        ? fail("The stream still tells what its user does, after the logout")
        : pass(listening.isOpen() ? "The stream says nothing any more" : "The logout ends the stream");
    } finally {
      listening.close();
    }
  },
};

const longestWait = 3_000;
const glance = 10;

interface Waiting {
  received(): string;
  work(): Promise<unknown>;
  readonly patience: number;
}

/** Milliseconds until the stream says something because of `work`; `null` if it does not. */
async function untilItSays(stage: Stage, { received, work, patience }: Waiting): Promise<number | null> {
  const before = received().length;
  await work();
  for (let waited = 0; waited <= patience; waited += glance) {
    if (/^data:/m.test(received().slice(before))) return waited;
    await stage.sleep(glance);
  }
  return null;
}

export const logoutForced: Check = {
  id: "X-END-13",
  title: "Another site can log the user out",
  severity: "low",
  references: { asvs: ["3.5.3"], wstg: ["SESS-05", "SESS-06"], cwe: [352] },
  needs: ["logout", "a cookie", "fresh logins"],
  means: "Any page can sign people out: a nuisance, and the first half of signing them in as somebody else.",
  tested: "The logout was sent as another site's link and form would, without anything of the user's own page.",
  silent: "A logout that needs a token or a request of the application's own page passes.",
  uses: "browser",
  remedy: "check where requests come from",
  async run(stage) {
    const { logout } = stage.file;
    if (!logout) return notRun("the audit file does not say how to log out");
    const attacker = await stage.signIn(stage.users[1] ? { user: stage.users[1] } : {});
    const known = await stage.prepare(logout, attacker);
    for (const [how, request, options] of waysOut(known)) {
      const alice = await stage.signIn();
      const own = thiefOf(stage, alice);
      await alice.copy(`${alice.name}, by another site`).send(request, options);
      if (!(await stage.isSignedIn(own)) && (await isUntouched(stage, alice)))
        return fail(`A ${how} of another site logs the user out`, {
          proof: [`${request.method} ${request.url.pathname}`, ...(await shownOut(stage, how, request))],
        });
    }
    return pass("No link or form of another site logs the user out");
  },
};

/** The same from a page of another site in a real browser, if there is one. */
async function shownOut(stage: Stage, how: "link" | "form", request: ReadyRequest): Promise<readonly string[]> {
  const browsing = browserOf(stage);
  if (!browsing) return [];
  const alice = await stage.signIn();
  const own = thiefOf(stage, alice);
  await sendFromElsewhere(browsing, { way: `a ${how}`, request, visitor: alice }, async () => {});
  const isIn = await stage.isSignedIn(own);
  return [`a ${how} on another site, in ${browsing.name}: ${isIn ? "still signed in" : "signed out"} afterwards`];
}

/** Whether the session did not end for another reason: a new one lives on by itself. */
async function isUntouched(stage: Stage, { user }: Member): Promise<boolean> {
  return stage.isSignedIn(await stage.signIn({ user }));
}

function waysOut({ request, fields }: Prepared): readonly (readonly ["link" | "form", ReadyRequest, SendOptions])[] {
  const link = new URL(request.url);
  if (request.method !== "GET") for (const [name, value] of fields) link.searchParams.append(name, value);
  const form = {
    ...request,
    method: "POST",
    headers: [["Content-Type", "application/x-www-form-urlencoded"] as const],
  };
  return [
    ["link", { method: "GET", url: link, headers: [], body: "" }, { from: "other site" }],
    ["form", form, { from: "other site" }],
  ];
}

export const elsewhereChecks = [disabledStays, streamGoesOn, logoutForced];
