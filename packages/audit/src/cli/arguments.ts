import { parseArgs } from "node:util";
import { allChecks } from "../checks/all.ts";
import type { FailOn } from "../report/report.ts";
import { families } from "../run/check.ts";
import { severities } from "../run/verdict.ts";

/** What was asked for on the command line. */
export interface Command {
  readonly name: "run" | "doctor" | "init" | "record" | "explain" | "help" | "version";
  /** A URL, an audit file or the id of a check. */
  readonly subject: string | null;
  readonly wait: boolean;
  readonly only: readonly string[];
  readonly failOn: FailOn;
  readonly out: { readonly format: Format; readonly file: string }[];
  readonly authorized: string | null;
  /** A file with certificates to trust beside the usual ones. */
  readonly ca: string | null;
  /** An earlier JSON report to compare with. */
  readonly baseline: string | null;
  readonly isQuiet: boolean;
  /** Whether to drive a browser where there is one. */
  readonly browser: boolean;
  /** Timeouts to expect, for `init`. */
  readonly idle: string | null;
  readonly absolute: string | null;
}

export const formats = ["json", "sarif", "junit", "html"] as const;
export type Format = (typeof formats)[number];

export const usage = `sojourn-audit: shows whether the sessions of a web application hold

  sojourn-audit run URL          audits an application with a simple form login (AUDIT_USER, AUDIT_PASSWORD)
  sojourn-audit run FILE         audits what an audit file describes (.json, .mjs; .ts on Node 22.18 or later)
  sojourn-audit doctor FILE|URL  only logs in and runs the controls, step by step
  sojourn-audit init URL         asks, looks at the application, tries out what it found, and writes an audit file
  sojourn-audit record URL       opens a browser, watches one login and one logout, and writes an audit file
  sojourn-audit explain CHECK    what a check means, how it tests, how to mend what it finds

  --html FILE, --json FILE, --sarif FILE, --junit FILE   write a report
  --baseline FILE        compare with an earlier --json report: new, fixed, unchanged
  --wait                 wait for timeouts, up to the longest that the file expects
  --only X-END,X-FIX-01  only these checks or families
  --fail-on SEVERITY     ${severities.join(", ")} (default: medium)
  --authorized "WHO, DATE"   who allowed the audit of a public host (for init)
  --ca FILE              certificates to trust beside the usual ones (PEM): for https with an authority of your own
  --idle 15m, --absolute 12h   timeouts to expect (for init)
  --no-browser           drive no browser: what needs one does not run
  --quiet                no progress
  --version, --help

Exit code: 0 nothing at or above --fail-on, 1 findings, 2 a wrong audit file or command, 3 no login or nothing judged, 4 our own error
`;

/** What is printed under a mistake: the whole page would hide it. */
export const seeHelp = "sojourn-audit --help lists the commands and their options";

export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** @throws UsageError */
export function readArguments(given: readonly string[]): Command {
  const { values, positionals } = parse(given);
  const [name = "help", subject = null, ...rest] = positionals;
  if (values.version) return { ...empty, name: "version" };
  if (values.help || name === "help") return empty;
  if (!isCommand(name)) throw new UsageError(`There is no command "${name}"`);
  if (subject === null)
    throw new UsageError(`"${name}" needs ${name === "explain" ? "the id of a check" : "a URL or an audit file"}`);
  if (rest.length > 0) throw new UsageError(`"${rest.join(" ")}" is one too many`);
  const failOn = severities.find((each) => each === (values["fail-on"] ?? "medium"));
  if (!failOn) throw new UsageError(`--fail-on is one of ${severities.join(", ")}`);
  return {
    name,
    subject,
    wait: values.wait === true,
    only: chosenBy(values.only ?? ""),
    failOn,
    out: formats.flatMap((format) => (values[format] === undefined ? [] : [{ format, file: values[format] }])),
    authorized: values.authorized ?? null,
    ca: values.ca ?? null,
    baseline: values.baseline ?? null,
    isQuiet: values.quiet === true,
    browser: values["no-browser"] !== true,
    idle: values.idle ?? null,
    absolute: values.absolute ?? null,
  };
}

const empty: Command = {
  name: "help",
  subject: null,
  wait: false,
  only: [],
  failOn: "medium",
  out: [],
  authorized: null,
  ca: null,
  baseline: null,
  isQuiet: false,
  browser: true,
  idle: null,
  absolute: null,
};

/** Ids or beginnings of them, with or without their X-. @throws UsageError: what chooses nothing would find nothing */
function chosenBy(list: string): readonly string[] {
  const names = list.split(",").map((each) => each.trim().toUpperCase());
  const ids = names.filter((each) => each !== "").map((each) => (each.startsWith("X-") ? each : `X-${each}`));
  const unknown = ids.filter((each) => !allChecks.some(({ id }) => id.startsWith(each)));
  if (unknown.length > 0)
    throw new UsageError(
      `--only: no check is called ${unknown.join(", ")}; there are ids like X-END-01, and the families ${families.join(", ")}`,
    );
  return ids;
}

function isCommand(name: string): name is Command["name"] {
  return ["run", "doctor", "init", "record", "explain"].includes(name);
}

function parse(given: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...given],
      allowPositionals: true,
      options: {
        json: text,
        sarif: text,
        junit: text,
        html: text,
        only: text,
        "fail-on": text,
        authorized: text,
        ca: text,
        baseline: text,
        idle: text,
        absolute: text,
        wait: flag,
        "no-browser": flag,
        quiet: flag,
        help: flag,
        version: flag,
      },
    });
  } catch (error) {
    // Its first sentence: the second is about arguments that begin with a dash, and nobody has one.
    const [first = ""] = (error instanceof Error ? error.message : String(error)).split(". ");
    throw new UsageError(first, { cause: error });
  }
}
