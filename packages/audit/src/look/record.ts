import { isLaunched, launchBrowser } from "../browser/launch.ts";
import type { Tab } from "../browser/tab.ts";
import type { AuditFile, Flow } from "../file/schema.ts";
import { createRecorder } from "../http/recorder.ts";
import { createSecrets } from "../http/secrets.ts";
import { Trouble } from "../http/trouble.ts";
import { trustedKeys } from "../http/trust.ts";
import { type Proposal, propose } from "./propose.ts";
import { type Explored, type LookOptions, openWorld, type TriedLogin, tryLogin, tryLogout } from "./world.ts";

export interface RecordOptions extends LookOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** Whether there is a window. Default: yes. */
  readonly isVisible?: boolean;
  /** Until whoever sits at the browser is done. */
  readonly person: (tab: Tab) => Promise<void>;
}

/** Nobody logs in for longer than this many requests. */
const requestsAtMost = 5_000;

/**
 * Watches one login and one logout in a browser, repeats them by requests, and writes down what worked: without what was
 * typed. @throws Error that says what was not seen or did not work
 */
export async function record(address: string, options: RecordOptions): Promise<Explored> {
  const target = new URL(address);
  const proposal = propose(await watch(address, options), target);
  const { alsoAllowed } = proposal;
  const { AUDIT_TOTP_SEED: seed } = options.environment;
  if (proposal.user.totp && !seed)
    throw new Error(
      "The login asks for a code: set AUDIT_TOTP_SEED to what the test user's authenticator app was given",
    );
  const user = { key: "user", values: { ...proposal.user, ...(seed && { totp: seed }) } };
  const world = openWorld(target, { ...options, user, alsoAllowed });
  try {
    const { login, tried } = await firstThatWorks(proposal);
    const logout = await findLogout(proposal, tried);
    const { totp, ...rest } = proposal.user;
    const file: AuditFile = {
      target: target.origin,
      ...(options.authorized && { authorized: options.authorized }),
      ...(options.caFile && { ca: options.caFile }),
      ...(alsoAllowed.length > 0 && { alsoAllowed: [...alsoAllowed] }),
      users: {
        user: {
          name: { env: "AUDIT_USER" },
          password: { env: "AUDIT_PASSWORD" },
          ...(totp && { totp: { env: "AUDIT_TOTP_SEED" } }),
        },
      },
      ...(tried.whoami && { whoami: tried.whoami }),
      login,
      ...(logout && { logout }),
    };
    const written = JSON.stringify(file);
    if (Object.values(rest).some((value) => written.includes(JSON.stringify(value).slice(1, -1))))
      throw new Error("What was typed would have stood in the file, so it was not written: write the login by hand");
    return { file, found: say(file) };
  } finally {
    world.close();
  }

  async function firstThatWorks({ logins, whoami }: Proposal): Promise<{ login: Flow; tried: TriedLogin }> {
    const problems: string[] = [];
    for (const login of logins) {
      try {
        const tried = await tryLogin(world, login, { user, paths: whoami });
        if (tried.whoami) return { login, tried };
        problems.push("afterwards no page said who is signed in");
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
        problems.push(world.secrets.redact(error.message));
      }
    }
    throw new Error(
      `The login cannot be repeated by requests (${problems.join("; ")}): write a Playwright script for it, and name it as login: playwright("login.mjs")`,
    );
  }

  async function findLogout({ logouts }: Proposal, tried: TriedLogin): Promise<Flow | null> {
    for (const logout of logouts) if (await tryLogout(world, logout, tried)) return logout;
    return null;
  }
}

async function watch(address: string, { environment, isVisible = true, ca = null, person }: RecordOptions) {
  const keys = await trustedKeys(ca, [address]);
  const launched = await launchBrowser({ hosts: null, keys, environment, isVisible });
  if (!isLaunched(launched)) {
    throw new Error(`Recording ${launched.why}${launched.enable ? `. To enable it, add ${launched.enable}` : ""}`);
  }
  try {
    const recorder = createRecorder(createSecrets());
    const tab = await launched.open({ by: "you", recorder, headers: {}, pace: null, patience: 30_000, requestsAtMost });
    await tab.goto(address);
    await person(tab);
    await tab.settled().catch(() => {});
    return tab.caused;
  } finally {
    await launched.close();
  }
}

function say({ login, logout, whoami }: AuditFile): readonly string[] {
  return [
    `Login: ${sayFlow(login)}`,
    logout
      ? `Logout: ${sayFlow(logout)}`
      : "Logout: none was seen that could be repeated, so what needs it will not run",
    `Who am I: ${whoami ? `${whoami.request.method} ${whoami.request.path}` : "not found"}`,
  ];
}

function sayFlow(flow: AuditFile["login"]): string {
  switch (flow.kind) {
    case "form":
      return `the form on ${flow.page}`;
    case "request":
      return `${flow.method} ${flow.path}`;
    case "http":
      return flow.steps.map(({ method, path }) => `${method} ${path}`).join(", then ");
    default:
      return flow.kind;
  }
}
