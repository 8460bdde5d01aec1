import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { AuditFileError, checkAuditFile, loadAuditFile, type ReadyFile } from "../file/load.ts";
import type { AuditFile } from "../file/schema.ts";
import { Trouble } from "../http/trouble.ts";
import { explore } from "../look/explore.ts";
import { record } from "../look/record.ts";
import { compareReports } from "../report/compare.ts";
import { checkOf, explain } from "../report/explain.ts";
import { htmlReport } from "../report/html/report.ts";
import { junitReport } from "../report/junit.ts";
import { paintFor } from "../report/paint.ts";
import { printable } from "../report/printable.ts";
import { exitCodeOf, type Report, reportSchema } from "../report/report.ts";
import { sarifReport } from "../report/sarif.ts";
import { terminalReport } from "../report/terminal.ts";
import { auditReady } from "../run/audit.ts";
import { version } from "../version.ts";
import { type Command, type Format, readArguments, seeHelp, UsageError, usage } from "./arguments.ts";
import { askOn, type Input } from "./ask.ts";
import { initialise } from "./init.ts";
import { lookOptionsOf } from "./look-options.ts";
import { showProgress } from "./progress.ts";

/** Where a command writes and reads: the process, or a test. */
export interface Surface {
  readonly environment: NodeJS.ProcessEnv;
  readonly out: Stream;
  readonly err: Stream;
  /** Where a person answers; nothing is asked where that is no terminal. */
  readonly input?: Input;
}

export interface Stream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const writers: Readonly<Record<Format, (report: Report) => string>> = {
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  sarif: (report) => `${JSON.stringify(sarifReport(report), null, 2)}\n`,
  junit: junitReport,
  html: htmlReport,
};

/** Runs a command line, and resolves to its exit code. Nothing that a target does makes it throw. */
export async function runCommand(given: readonly string[], surface: Surface): Promise<number> {
  const { out, err } = surface;
  try {
    const command = readArguments(given);
    switch (command.name) {
      case "help":
        out.write(usage);
        return 0;
      case "version":
        out.write(`${version}\n`);
        return 0;
      case "explain":
        return explainCheck(command, surface);
      case "init":
        return await init(command, surface);
      case "record":
        return await watch(command, surface);
      default:
        return await run(command, surface);
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof UsageError || error instanceof AuditFileError) {
      err.write(`${message}\n${error instanceof UsageError ? `${seeHelp}\n` : ""}`);
      return 2;
    }
    if (error instanceof Trouble || error instanceof ExploreError) {
      err.write(`${printable(message)}\n`);
      return 3;
    }
    err.write(`This is an error of sojourn-audit itself: ${error instanceof Error ? error.stack : message}\n`);
    return 4;
  }
}

/** No login could be found by looking. */
class ExploreError extends Error {}

async function run(command: Command, { environment, out, err }: Surface): Promise<number> {
  const earlier = command.baseline === null ? null : await earlierReport(command.baseline);
  const { ready, fileName } = await readyFile(command, environment);
  const progress = showProgress(err, { isQuiet: command.isQuiet, environment });
  const audited = await auditReady(ready, {
    wait: command.wait,
    browser: command.browser,
    environment,
    onlyControls: command.name === "doctor",
    ...(command.only.length > 0 && { only: command.only }),
    ...(fileName && { fileName }),
    onPlan: progress.plan,
    onProgress: progress.show,
  }).finally(progress.end);
  const report = earlier === null ? audited : compared(audited, earlier);
  if (command.name === "doctor") {
    out.write(doctor(report, ready.notes));
    return report.lost === null ? 0 : 3;
  }
  for (const { format, file } of command.out) await writeFile(file, writers[format](report));
  out.write(terminalReport(report, paintFor(out, environment)));
  for (const { format, file } of command.out) err.write(`${format}: ${file}\n`);
  return exitCodeOf(report, command.failOn);
}

async function earlierReport(path: string): Promise<Report> {
  try {
    return reportSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    throw new UsageError(`--baseline: ${path} is no report that --json of this version wrote`, { cause: error });
  }
}

function compared(report: Report, earlier: Report): Report {
  try {
    return { ...report, comparison: compareReports(report, earlier) };
  } catch (error) {
    throw new UsageError(`--baseline: ${(error as Error).message}`, { cause: error });
  }
}

/** From an audit file, or from what the target shows. */
async function readyFile(
  command: Command,
  environment: NodeJS.ProcessEnv,
): Promise<{ ready: ReadyFile; fileName: string | null }> {
  const { subject, ca } = command;
  const text = subject ?? "";
  if (!/^https?:\/\//.test(text)) {
    if (!existsSync(text))
      throw new UsageError(
        `There is no file ${text}${/^[\w.-]+(:\d+)?(\/|$)/.test(text) && !/\.\w*(js|ts|json)$/.test(text) ? `; if it is an address, write http://${text}` : ""}`,
      );
    return { ready: await loadAuditFile(text, environment, { ca }), fileName: relative(process.cwd(), text) };
  }
  const { file } = await look(text, command, environment);
  return { ready: await checkAuditFile(file, environment), fileName: null };
}

async function look(url: string, command: Command, environment: NodeJS.ProcessEnv) {
  const { AUDIT_USER: user, AUDIT_PASSWORD: password } = environment;
  if (!user || !password) throw new UsageError("Set AUDIT_USER and AUDIT_PASSWORD to a test user's name and password");
  if (!URL.canParse(url)) throw new UsageError(`${url} is not a URL`);
  const options = { ...(await lookOptionsOf(command, environment)), user, password };
  return establishing(() => explore(url, options));
}

const fileWritten = "sojourn-audit.json";

async function init(command: Command, { environment, out, input }: Surface): Promise<number> {
  refuseToOverwrite();
  const asker = input?.isTTY ? askOn(input, out) : null;
  try {
    const { file, found, lost } = await establishing(() => initialise(command, environment, asker));
    await write(file, found, out);
    return lost === null ? 0 : 3;
  } finally {
    asker?.close();
  }
}

async function watch(command: Command, { environment, out }: Surface): Promise<number> {
  refuseToOverwrite();
  const url = command.subject ?? "";
  if (!URL.canParse(url)) throw new UsageError(`${url} is not a URL`);
  const options = await lookOptionsOf(command, environment);
  const { file, found } = await establishing(() =>
    record(url, {
      ...options,
      environment,
      person(tab) {
        out.write("In the window that has opened: log in as your test user, log out again, and close the window.\n");
        return tab.closed();
      },
    }),
  );
  await write(file, found, out);
  return 0;
}

function refuseToOverwrite(): void {
  if (existsSync(fileWritten)) throw new UsageError(`${fileWritten} is there already: remove it first`);
}

async function write(file: AuditFile, found: readonly string[], out: Stream): Promise<void> {
  await writeFile(fileWritten, `${JSON.stringify(file, null, 2)}\n`);
  const names = [...new Set(JSON.stringify(file).match(/AUDIT_\w+/g) ?? [])].join(", ");
  out.write(
    `${found.map(printable).join("\n")}\n\nWritten to ${fileWritten}. It holds no secret: set ${names}. Next: sojourn-audit doctor ${fileWritten}\n`,
  );
}

/** What cannot be found out about a target is no error of ours. */
async function establishing<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Trouble || error instanceof UsageError || error instanceof AuditFileError) throw error;
    throw new ExploreError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function explainCheck({ subject }: Command, { out }: Surface): number {
  const check = checkOf(subject ?? "");
  if (!check) throw new UsageError(`There is no check ${subject}; ids look like X-END-01`);
  out.write(explain(check));
  return 0;
}

function doctor(report: Report, notes: readonly string[]): string {
  const steps = report.controls.map(
    ({ name, problem }) => `${problem === null ? "ok   " : "wrong"} ${name}${problem === null ? "" : `: ${problem}`}`,
  );
  const end =
    report.lost === null ? [`Signed in by ${report.credentials.join(", or by ")}`] : [`No login: ${report.lost}`];
  const lines = [...notes, `Who am I: ${report.whoami ?? "not established"}`, ...steps, ...end];
  return `${lines.map(printable).join("\n")}\n`;
}
