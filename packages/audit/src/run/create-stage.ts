import { type Browsing, runAs } from "../browser/browsing.ts";
import { type Journey, travel } from "../browser/journey.ts";
import { takeSavedState } from "../browser/saved-state.ts";
import type { Credential } from "../credential/credential.ts";
import type { ReadyFile, User } from "../file/load.ts";
import type { Flow } from "../file/schema.ts";
import type { Client } from "../http/client.ts";
import type { Answer } from "../http/exchange.ts";
import type { Pace, Sleep } from "../http/pace.ts";
import type { Recorder } from "../http/recorder.ts";
import { Trouble } from "../http/trouble.ts";
import { isLockout, prepareFlow, runFlow } from "../login/flow.ts";
import { jsonAt, within } from "../login/pick.ts";
import { createVisitor, type Visitor, type World } from "../login/visitor.ts";
import type { Oracle } from "../oracle/oracle.ts";
import type { Missing } from "./needs.ts";
import type { Issued, Member, SignInOptions, Stage, Timeline } from "./stage.ts";
import { openStream } from "./streams.ts";
import { watchTime } from "./timeline.ts";

export interface StageOptions {
  readonly world: World;
  readonly ready: ReadyFile;
  readonly pace: Pace;
  readonly sleep: Sleep;
  readonly settle: number;
  readonly logins: number;
  readonly recorder: Recorder;
  readonly browsing: Browsing | null;
  readonly noBrowser: Missing | null;
  /** `--wait` was given. */
  readonly waits: boolean;
}

/** The stage before and after the oracle is known: logging in is needed to find it. */
export interface OpenStage {
  /** A login that is not judged: nobody knows yet what signed in looks like. */
  enter(user: User, as?: Visitor): Promise<Member>;
  visitor(name?: string): Visitor;
  readonly logins: number;
  /** Lets the login that was kept back be made: the last control's. */
  releaseLast(): void;
  withOracle(oracle: Oracle, credentials: readonly Credential[]): Stage;
}

/** Of what was seen, this much is searched for leaked tokens. */
const seenAtMost = 400;

export function createStage(options: StageOptions): OpenStage {
  const { world, ready, pace, sleep, settle, logins: loginsAtMost, recorder, browsing, noBrowser, waits } = options;
  const { file, users } = ready;
  const seen: Answer[] = [];
  let logins = 0;
  // One is kept back: without a login at the end no verdict would be worth anything.
  let allowed = loginsAtMost - 1;

  const visitor = (name = "nobody", user?: User) => createVisitor(world, { name, ...(user && { user }) });

  async function enter(user: User, as?: Visitor): Promise<Member> {
    countLogin();
    const loginAnswers: Answer[] = [];
    const heard = { ...world, client: hearing(world.client, (answer) => loginAnswers.push(answer)) };
    const start = as ?? createVisitor(world, { name: user.key });
    const entering = createVisitor(heard, { name: user.key, user, jar: start.jar, headers: start.headers });
    if (file.login.kind === "storageState") {
      await takeSavedState(entering, file.login.file, { world, browsing });
    } else if (file.login.kind === "playwright") {
      loginAnswers.push(...(await runInBrowser(file.login, entering)));
    } else {
      await runFlow(heard, file.login, entering);
    }
    const quiet = createVisitor(
      { ...world, client: hearing(world.client, remember) },
      { name: user.key, user, jar: entering.jar, headers: entering.headers },
    );
    return { ...quiet, user, loginAnswers };
  }

  function countLogin(): void {
    if (logins >= allowed) {
      throw new Trouble("budget-spent", `The audit has logged in ${loginsAtMost} times, as often as it may`);
    }
    logins++;
  }

  async function runInBrowser(flow: Flow, visitor: Visitor): Promise<readonly Answer[]> {
    if (browsing) return runAs(visitor, flow, { browsing, secrets: world.secrets });
    const enable = noBrowser?.enable ? `. To enable it, add ${noBrowser.enable}` : "";
    throw new Trouble("flow-broken", `A Playwright script ${noBrowser?.why}${enable}`);
  }

  function remember(answer: Answer): void {
    if (seen.length < seenAtMost) seen.push(answer);
  }

  function withOracle(oracle: Oracle, credentials: readonly Credential[]): Stage {
    const issued: Issued[] = [];
    let timeline: Promise<Timeline> | undefined;
    let entering = 0;
    let journey: Promise<Journey> | null = null;
    const travelled = new Set<string>();
    const first = users[0] as User;

    const stage: Stage = {
      world,
      file,
      users,
      oracle,
      credentials,
      sleep,
      settle,
      atOnce: pace.atOnce,
      seen,
      visitor,
      async signIn({ user = first, as }: SignInOptions = {}) {
        const before = logins;
        entering++;
        const member = await enter(user, as).finally(() => entering--);
        const isInTurn = as === undefined && entering === 0 && logins === before + 1;
        const asked = await oracle.ask(member);
        if (!asked.signedIn || (asked.user && asked.user !== user)) {
          const last = member.loginAnswers.at(-1);
          if (last && isLockout(last))
            throw new Trouble("asked-to-slow-down", "The target limits logins, so no further one was made");
          throw new Trouble(
            "login-failed",
            `${user.key} was not signed in after the login (its last answer: ${last?.status ?? "none"})`,
          );
        }
        issued.push({
          member: { ...member, jar: member.jar.clone(), headers: new Map(member.headers) },
          at: Date.now(),
          isInTurn,
        });
        return member;
      },
      ask: (each, options) => oracle.ask(each, options),
      isSignedIn: async (each) => (await oracle.ask(each)).signedIn,
      async staysSignedIn(each, times = 3) {
        for (let time = 1; time <= times; time++) {
          if (!(await oracle.ask(each)).signedIn) return false;
          if (time < times) await sleep(settle / (times - 1));
        }
        return true;
      },
      async logOut(member, onReady = () => {}) {
        if (!file.logout) throw new Trouble("flow-broken", "The audit file does not say how to log out");
        if (file.logout.kind === "playwright") {
          const last = (await runInBrowser(file.logout, member)).at(-1);
          if (last) return last;
          throw new Trouble("flow-broken", "The script for the logout opened no page");
        }
        const { request } = await prepareFlow(world, file.logout, member);
        onReady();
        const answer = await member.send(request);
        // Whether a session outlives a logout can be said only where there was one.
        if (answer.status >= 400 && answer.status !== 401)
          throw new Trouble(
            "flow-broken",
            `${request.method} ${request.url.pathname} was to log out, and answered ${answer.status}`,
          );
        return member.follow(answer);
      },
      run: (flow, each) => runFlow(world, flow, each),
      prepare: (flow, each) => prepareFlow(world, flow, each),
      mayPass: waits || file.clock !== undefined,
      listen: (stream, each) => openStream(world, stream, each),
      hold: (request, each) => world.client.hold(each.outgoing(request)),
      async read({ seenAt: { request, json, between } }, each) {
        const prepared = await prepareFlow(world, request, each);
        const { text, status } = await each.follow(await each.send(prepared.request));
        const value = json !== undefined ? jsonAt(text, json) : between ? within(text, between) : text;
        if (value === null || status >= 400)
          throw new Trouble("unclear", `${request.path} does not show the value (status ${status})`);
        return value;
      },
      async issued(wanted) {
        while (issued.filter(({ isInTurn }) => isInTurn).length < wanted && logins < allowed) await stage.signIn();
        return issued;
      },
      async pass(milliseconds) {
        if (!file.clock) return sleep(milliseconds);
        const clock = await prepareFlow(world, file.clock, visitor("the clock"), { milliseconds });
        await visitor("the clock").send(clock.request);
      },
      browsing,
      async journey(by) {
        if (!journey || travelled.has(by)) {
          journey = visitInBrowser();
          travelled.clear();
        }
        travelled.add(by);
        const made = await journey;
        recorder.again(made.answers.map(({ exchange }) => exchange));
        return made;
      },
      timeline() {
        timeline ??= watchTime(stage);
        return timeline;
      },
    };
    return stage;

    function visitInBrowser(): Promise<Journey> {
      if (!browsing) throw new Trouble("flow-broken", "No browser can be driven");
      countLogin();
      const { method, path } = oracle.whoami.request;
      return travel({
        browsing,
        world,
        user: first,
        login: file.login,
        // A saved state is one session, and what ends it ends the audit.
        logout: file.login.kind === "storageState" ? undefined : file.logout,
        async signIn() {
          const visitor = await stage.signIn();
          const last = visitor.loginAnswers.at(-1);
          return { visitor, landing: last?.exchange.request.method === "GET" ? last.url : world.target };
        },
        visitor: createVisitor(world, { name: first.key, user: first }),
        whoami: method === "GET" ? new URL(path, world.target).href : null,
        moment: Math.max(300, settle / 10),
      });
    }
  }

  return {
    enter,
    visitor,
    withOracle,
    releaseLast() {
      allowed = loginsAtMost;
    },
    get logins() {
      return logins;
    },
  };
}

function hearing(client: Client, hear: (answer: Answer) => void): Client {
  return {
    ...client,
    async send(request) {
      const answer = await client.send(request);
      hear(answer);
      return answer;
    },
  };
}
