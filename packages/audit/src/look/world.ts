import type { User } from "../file/load.ts";
import type { AuditFile, Flow } from "../file/schema.ts";
import { type ClientLimits, createClient, defaultLimits } from "../http/client.ts";
import type { Answer } from "../http/exchange.ts";
import { hostKind, strictestKind } from "../http/hosts.ts";
import { createPace, type Sleep } from "../http/pace.ts";
import { createRecorder } from "../http/recorder.ts";
import { createSecrets } from "../http/secrets.ts";
import { Trouble } from "../http/trouble.ts";
import { runFlow } from "../login/flow.ts";
import { createVisitor, type Visitor, type World } from "../login/visitor.ts";
import { guessWhoami } from "../oracle/guess.ts";
import { createOracle } from "../oracle/oracle.ts";
import { version } from "../version.ts";

/** What an audit file says that was found by looking, and was tried out. */
export interface Explored {
  readonly file: AuditFile;
  /** What was found, line by line, for people. */
  readonly found: readonly string[];
}

export interface LookOptions {
  /** Who allowed this, and when: for hosts that are nobody's own. */
  readonly authorized?: string;
  /** Certificates to trust beside the usual ones, as PEM. */
  readonly ca?: string | null;
  /** The file they are from, for the audit file. */
  readonly caFile?: string;
  readonly sleep: Sleep;
  readonly limits?: Partial<ClientLimits>;
}

/** A client to look at a target with, before there is an audit file. @throws Error if nobody allowed that */
export function openWorld(
  target: URL,
  {
    authorized,
    ca = null,
    sleep,
    limits,
    user,
    alsoAllowed = [],
  }: LookOptions & { user: User; alsoAllowed?: readonly string[] },
): World & { close(): void } {
  const hosts = [target.hostname, ...alsoAllowed.map((each) => new URL(each).hostname)];
  const kind = strictestKind(hosts);
  if (kind === "public" && !authorized) {
    throw new Error(
      `${hosts.find((host) => hostKind(host) === "public")} is not on this machine or a private network: run "sojourn-audit init" with --authorized "name, date", and audit with the file it writes`,
    );
  }
  const secrets = createSecrets();
  for (const [name, value] of Object.entries(user.values)) if (name !== "name") secrets.learn(name, value);
  const client = createClient({
    origins: [target.origin, ...alsoAllowed],
    recorder: createRecorder(secrets),
    pace: createPace(kind, { sleep }),
    sleep,
    headers: [["User-Agent", `sojourn-audit/${version}`]],
    ca,
    limits: { ...defaultLimits, ...limits },
  });
  return { client, secrets, target, close: () => client.close() };
}

export interface TriedLogin {
  readonly visitor: Visitor;
  readonly landing: Answer;
  readonly whoami: AuditFile["whoami"] | null;
}

/** Logs in, and finds a page that tells who is signed in: `paths` first, then where the login led. */
export async function tryLogin(
  world: World,
  login: Flow,
  { user, paths }: { user: User; paths: readonly string[] },
): Promise<TriedLogin> {
  const visitor = createVisitor(world, { name: user.key, user });
  const landing = await runFlow(world, login, visitor);
  const nobody = createVisitor(world, { name: "nobody" });
  const candidates = [...paths, landing.url.pathname, world.target.pathname, "/"];
  const whoami = await guessWhoami(candidates, { member: visitor, nobody, user });
  return { visitor, landing, whoami };
}

/** Whether somebody who is signed in is signed out by it. */
export async function tryLogout(world: World, logout: Flow, { visitor, whoami }: TriedLogin): Promise<boolean> {
  if (!whoami || !visitor.user) return false;
  const oracle = createOracle(world, whoami as Parameters<typeof createOracle>[1], [visitor.user]);
  try {
    await runFlow(world, logout, visitor);
    return !(await oracle.ask(visitor)).signedIn;
  } catch (error) {
    if (error instanceof Trouble) return false;
    throw error;
  }
}
