import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { isLaunched } from "../browser/launch.ts";
import { allChecks } from "../checks/all.ts";
import { sayCredential } from "../credential/credential.ts";
import { discoverCredentials } from "../credential/discover.ts";
import { AuditFileError, checkAuditFile, type ReadyFile } from "../file/load.ts";
import type { AuditFile } from "../file/schema.ts";
import { createClient, defaultLimits } from "../http/client.ts";
import type { Exchange } from "../http/exchange.ts";
import { strictestKind } from "../http/hosts.ts";
import { createPace } from "../http/pace.ts";
import { createRecorder } from "../http/recorder.ts";
import { createSecrets } from "../http/secrets.ts";
import { type Control, calibrate } from "../oracle/calibrate.ts";
import { guessWhoami } from "../oracle/guess.ts";
import { createOracle } from "../oracle/oracle.ts";
import { sayUnguessed } from "../oracle/unguessed.ts";
import { redacted } from "../report/redacted.ts";
import type { Report } from "../report/report.ts";
import { version } from "../version.ts";
import { browserFor, browsingWith } from "./browser-for.ts";
import type { Check } from "./check.ts";
import { createStage } from "./create-stage.ts";
import { estimate } from "./estimate.ts";
import type { Surroundings } from "./needs.ts";
import type { AuditOptions, AuditReadyOptions, Progress } from "./options.ts";
import { resultOf, runCheck } from "./run-check.ts";
import type { Member, Stage } from "./stage.ts";
import { notRun } from "./verdict.ts";

const ownLogins = 400;
const foreignLogins = 40;

/**
 * Audits one application and reports what was shown.
 * @throws AuditFileError if the file is not sound; whatever the target does is in the report
 */
export async function audit(file: AuditFile, options: AuditOptions = {}): Promise<Report> {
  return auditReady(await checkAuditFile(file, options.environment ?? process.env), options);
}

/** As `audit`, with a file that has been read and checked. */
export async function auditReady(ready: ReadyFile, options: AuditReadyOptions = {}): Promise<Report> {
  const { file, users } = ready;
  const unknown = (file.accepted ?? []).filter(({ check }) => !allChecks.some(({ id }) => id === check));
  if (unknown.length > 0) throw new AuditFileError(unknown.map(({ check }) => `accepted: there is no check ${check}`));
  const { sleep = (milliseconds) => delay(milliseconds), settle = 5_000, onProgress = () => {} } = options;
  const startedAt = new Date();
  const begin = performance.now();
  const target = new URL(file.target);
  const run = randomBytes(6).toString("hex");
  const secrets = createSecrets();
  for (const { key, values } of users) {
    for (const [name, value] of Object.entries(values)) if (name !== "name") secrets.learn(`${name} of ${key}`, value);
  }
  if (target.password !== "") {
    const [name, password] = [target.username, target.password].map(decodeURIComponent);
    secrets.learn("password in the address", password ?? "");
    secrets.learn("authorization", Buffer.from(`${name}:${password}`).toString("base64"));
  }
  const recorder = createRecorder(secrets);
  const plain = file.plainHttp ?? `http://${target.hostname}`;
  const reachable = [target, plain, ...(file.alsoAllowed ?? [])].map((each) => new URL(each));
  const kind = strictestKind(reachable.map(({ hostname }) => hostname));
  const pace = createPace(kind, { ...file.pace, sleep } as Parameters<typeof createPace>[1]);
  const limits = { ...defaultLimits, ...options.limits };
  const userAgent = `sojourn-audit/${version} (+https://www.npmjs.com/package/sojourn-audit)`;
  const client = createClient({
    origins: reachable.map(({ origin }) => origin),
    recorder,
    pace,
    sleep,
    headers: [
      ["User-Agent", userAgent],
      ["X-Audit-Run", run],
    ],
    ca: ready.ca,
    limits,
  });
  const world = { client, secrets, target };
  const loginsAtMost = file.pace?.logins ?? (kind === "public" ? foreignLogins : ownLogins);
  const chosen = allChecks.filter(({ id }) => !options.only || options.only.some((each) => id.startsWith(each)));
  const browser = await browserFor(ready, {
    checks: options.onlyControls ? [] : chosen,
    origins: reachable,
    options,
  });
  const noBrowser = isLaunched(browser) ? null : browser;
  const browsing = browsingWith(browser, {
    world,
    recorder,
    onPhase: (inBrowser) => progress({ inBrowser }),
    profile: {
      userAgent,
      headers: { "X-Audit-Run": run },
      pace: pace.atOnce > 1 ? null : pace,
      patience: limits.answer,
      requestsAtMost: limits.requests,
    },
  });
  const waits = options.wait === true;
  const open = createStage({
    world,
    ready,
    pace,
    sleep,
    settle,
    logins: loginsAtMost,
    recorder,
    browsing,
    noBrowser,
    waits,
  });

  let state: Progress = { step: "", done: 0, of: chosen.length, inBrowser: null, requests: 0, logins: 0 };
  const controls: Control[] = [];
  const results: Report["checks"] = [];
  const exchanges = new Map<string, Exchange>();
  let stage: Stage | null = null;
  let lost: string | null = null;

  const surroundings = { file, users: users.length, waits, atOnce: pace.atOnce, noBrowser };
  if (!options.onlyControls) {
    options.onPlan?.(estimate(chosen, { surroundings, host: kind, loginsAtMost, browser: browsing?.name ?? null }));
  }

  try {
    progress({ step: "logging in", done: 0 });
    const first = await recorder.listen(prepare);
    if (lost !== null) for (const each of first.exchanges.slice(-20)) exchanges.set(each.id, each);
    if (stage && !options.onlyControls) await runAll(stage, first.result);
  } finally {
    client.close();
    if (isLaunched(browser) && !options.launched) await browser.close();
  }
  return report();

  function progress(change: Partial<Progress>): void {
    state = { ...state, ...change, requests: recorder.count, logins: open.logins };
    onProgress(state);
  }

  /** Login, oracle, controls, credentials. */
  async function prepare(): Promise<Surroundings> {
    const members: Member[] = [];
    try {
      for (const user of users) members.push(await open.enter(user));
      const [member] = members as [Member];
      const landing = member.loginAnswers.at(-1)?.url.pathname ?? "/";
      const whoami =
        file.whoami ??
        (await guessWhoami([landing, target.pathname, "/"], { member, nobody: open.visitor(), user: member.user }));
      if (!whoami) throw new Error(sayUnguessed(member.loginAnswers.at(-1)));
      const oracle = createOracle(world, whoami, users);
      controls.push(...(await calibrate(oracle, { nobody: open.visitor(), members })));
      const broken = controls.find(({ problem }) => problem !== null);
      if (broken) throw new Error(`the control "${broken.name}" failed: ${broken.problem}`);
      const credentials = await discoverCredentials(oracle, member);
      if (credentials.length === 0) throw new Error("nothing that the target sent at the login signs anybody in again");
      stage = open.withOracle(oracle, credentials);
      return { ...surroundings, credentials };
    } catch (error) {
      lost = secrets.redact(error instanceof Error ? error.message : String(error));
      return { ...surroundings, credentials: [] };
    }
  }

  async function runAll(ready: Stage, surroundings: Surroundings): Promise<void> {
    const isOneSession = file.login.kind === "storageState";
    const last = chosen.filter(({ endsItsSession }) => isOneSession && endsItsSession);
    for (const check of chosen.filter((each) => !last.includes(each))) {
      if (await runOne(check)) lost = await control(ready, "a login works after a check lost one");
      if (lost !== null) break;
    }
    open.releaseLast();
    lost ??= await control(ready, "a login works at the end");
    if (lost === null) for (const check of last) await runOne(check);
    for (const check of chosen.filter(({ id }) => !results.some((each) => each.id === id))) {
      add(check, { verdict: notRun("the login was lost before"), transcript: [], attempts: 0, took: 0 });
    }

    async function runOne(check: Check): Promise<boolean> {
      progress({ step: check.title, done: results.length });
      const start = performance.now();
      const { hasLostLogin, ...ran } = await runCheck(check, { stage: ready, surroundings, recorder });
      add(check, { ...ran, took: Math.round(performance.now() - start) });
      return hasLostLogin;
    }
  }

  async function control(ready: Stage, name: string): Promise<string | null> {
    const problem = await ready.signIn().then(
      () => null,
      (error: Error) => secrets.redact(error.message),
    );
    controls.push({ name, problem });
    return problem === null ? null : `the control "${name}" failed: ${problem}`;
  }

  function add(check: Check, ran: Parameters<typeof resultOf>[1]): void {
    results.push(resultOf(check, ran, { accepted: file.accepted ?? [], lines: ready.lines }));
    if (ran.verdict.kind === "fail" || ran.verdict.kind === "inconclusive") {
      for (const each of ran.transcript) exchanges.set(each.id, each);
    }
  }

  function report(): Report {
    const whole: Report = {
      schema: "sojourn-audit/report/1",
      tool: { name: "sojourn-audit", version },
      run,
      target: withoutPassword(target),
      auditFile: options.fileName ?? null,
      authorized: file.authorized ?? null,
      startedAt: startedAt.toISOString(),
      took: Math.round(performance.now() - begin),
      whoami: stage?.oracle.description ?? null,
      users: users.map(({ key }) => key),
      credentials: stage?.credentials.map(sayCredential) ?? [],
      controls: [...controls],
      lost,
      comparison: null,
      requests: recorder.count,
      logins: open.logins,
      checks: results,
      exchanges: [...exchanges.values()] as Report["exchanges"],
    };
    // Once more, for what turned out to be a secret only after it had been seen.
    return redacted(whole, secrets);
  }
}

/** The address as it was written, but for who knocks at its gate. */
function withoutPassword(target: URL): string {
  const shown = new URL(target);
  shown.username = "";
  shown.password = "";
  return shown.href;
}
