import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { hostKind } from "../http/hosts.ts";
import { shortestSecret } from "../http/secrets.ts";
import { readAuthorities } from "../http/trust.ts";
import { readHar } from "../login/har.ts";
import { type LinesOfFile, linesOfFile } from "./lines.ts";
import { sayIssue } from "./say-issue.ts";
import { auditFileSchema, type CheckedFile, type Flow } from "./schema.ts";

/** Everything that is wrong with an audit file, at once, each with what to write instead. */
export class AuditFileError extends Error {
  override readonly name = "AuditFileError";
  readonly code = "ERR_AUDIT_FILE";
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(
      `The audit file has ${problems.length} problem${problems.length === 1 ? "" : "s"}:\n  - ${problems.join("\n  - ")}`,
      options,
    );
    this.problems = problems;
  }
}

/** A user whose secrets have been read from where they are. */
export interface User {
  /** What the audit file calls them: `alice`. */
  readonly key: string;
  readonly values: Readonly<Record<string, string>>;
}

/** A file that is sound, with the secrets it only names. */
export interface ReadyFile {
  readonly file: CheckedFile;
  readonly users: readonly User[];
  /** The certificates of the authorities to trust beside the usual ones, as PEM. */
  readonly ca: string | null;
  /** Where its parts stand, for reports that point at it; `null` if it is no file. */
  readonly lines: LinesOfFile | null;
  /** What was made of a recording, line by line, for people. */
  readonly notes: readonly string[];
}

/** Reads an audit file: `.json`, a module (`.mjs`, `.js`), or TypeScript where Node reads that. @throws AuditFileError */
export async function loadAuditFile(path: string, environment: NodeJS.ProcessEnv, more?: Beside): Promise<ReadyFile> {
  const lines = linesOfFile(await readFile(path, "utf8").catch(() => ""));
  return { ...(await checkAuditFile(await read(path), environment, more)), lines };
}

/** What was said beside the file. */
export interface Beside {
  /** A further file with certificates to trust. */
  readonly ca?: string | null;
}

/** @throws AuditFileError */
export async function checkAuditFile(
  content: unknown,
  environment: NodeJS.ProcessEnv,
  more: Beside = {},
): Promise<ReadyFile> {
  const parsed = auditFileSchema.safeParse(content);
  if (!parsed.success) throw new AuditFileError(parsed.error.issues.map(sayIssue));
  const file = parsed.data;
  const problems: string[] = [];
  const users = Object.entries(file.users).map(([key, described]) => ({
    key,
    values: Object.fromEntries(
      Object.entries(described).map(([name, value]) => [name, secretOf(value, `users.${key}.${name}`)] as const),
    ),
  }));

  function secretOf(value: unknown, where: string): string {
    if (typeof value === "string") return value;
    const { env: variable } = value as { env: string };
    const found = environment[variable];
    if (!found) problems.push(`${where}: the environment variable ${variable} is not set`);
    return found ?? "";
  }

  for (const { key, values } of users) {
    for (const [name, value] of Object.entries(values)) {
      if (/password/i.test(name) && value !== "" && value.length < shortestSecret)
        problems.push(
          `users.${key}.${name}: is too short to be kept out of a report; use ${shortestSecret} characters or more`,
        );
    }
  }
  const urls = [file.target, file.plainHttp, ...(file.alsoAllowed ?? [])].filter((each) => each !== undefined);
  const foreign = urls.map((each) => new URL(each).hostname).find((host) => hostKind(host) === "public");
  if (foreign && !file.authorized) {
    problems.push(
      `authorized: ${foreign} is not on this machine or a private network; write who allowed this audit and when, as authorized: "name, date"`,
    );
  }
  const { ca, problems: unread } = await readAuthorities([file.ca, more.ca], environment);
  problems.push(...unread);
  if (problems.length > 0) throw new AuditFileError(problems);
  const notes: string[] = [];
  const login = await withoutHar(file.login, "login");
  const logout = file.logout && (await withoutHar(file.logout, "logout"));
  if (problems.length > 0) throw new AuditFileError(problems);
  return { file: { ...file, login, ...(logout && { logout }) }, users, ca, lines: null, notes };

  /** A recording becomes the steps that it records. */
  async function withoutHar(flow: Flow, where: string): Promise<Flow> {
    if (flow.kind !== "har") return flow;
    try {
      const { steps, substitutions } = readHar(await readFile(flow.file, "utf8"), {
        target: new URL(file.target),
        origins: [file.target, ...(file.alsoAllowed ?? [])].map((each) => new URL(each).origin),
        users: users.map(({ values }) => values),
      });
      notes.push(...substitutions.map((each) => `${where}: ${each}`));
      return { kind: "http", steps: [...steps] };
    } catch (error) {
      problems.push(`${where}.file: ${flow.file} ${error instanceof Error ? error.message : String(error)}`);
      return flow;
    }
  }
}

async function read(path: string): Promise<unknown> {
  try {
    if (path.endsWith(".json")) return JSON.parse(await readFile(path, "utf8"));
    const module = (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown };
    return module.default;
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === "ERR_UNKNOWN_FILE_EXTENSION") {
      throw new AuditFileError(
        [
          `${path}: this Node (${process.version}) does not read TypeScript; use Node 22.18 or later, or write the file as .mjs or .json`,
        ],
        { cause: error },
      );
    }
    throw new AuditFileError([`${path}: ${error instanceof Error ? error.message : String(error)}`], { cause: error });
  }
}
