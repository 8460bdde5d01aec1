import { durationPattern } from "../file/duration.ts";
import { checkAuditFile } from "../file/load.ts";
import type { AuditFile } from "../file/schema.ts";
import { hostKind } from "../http/hosts.ts";
import { explore } from "../look/explore.ts";
import type { Explored } from "../look/world.ts";
import { auditReady } from "../run/audit.ts";
import type { Command } from "./arguments.ts";
import { UsageError } from "./arguments.ts";
import type { Asker } from "./ask.ts";
import { lookOptionsOf } from "./look-options.ts";

export interface Initialised extends Explored {
  /** Why the controls failed with this file; `null` if they hold. */
  readonly lost: string | null;
}

type Answers = Pick<Command, "subject" | "authorized" | "ca" | "idle" | "absolute">;

/**
 * Asks what cannot be told by looking, looks at the target, and tries out what it found. Answers that the command line or
 * the environment (AUDIT_USER, AUDIT_PASSWORD, AUDIT_SECOND_USER, AUDIT_SECOND_PASSWORD) has are not asked for; without
 * a terminal nothing is. @throws UsageError if an answer is missing
 */
export async function initialise(
  given: Answers,
  environment: NodeJS.ProcessEnv,
  asker: Asker | null,
): Promise<Initialised> {
  const url = given.subject ?? "";
  if (!URL.canParse(url)) throw new UsageError(`${url} is not a URL`);
  const isPublic = hostKind(new URL(url).hostname) === "public";
  const ask: Asker["ask"] = async (question, options) => asker?.ask(question, options) ?? options?.fallback ?? "";

  const authorized = given.authorized ?? (isPublic ? await ask("Who allowed this audit, and when? (name, date)") : "");
  const user = environment.AUDIT_USER || (await ask("The name of a test user"));
  const password =
    environment.AUDIT_PASSWORD || (await ask("Their password (not shown, and not written)", { isSecret: true }));
  if (!user || !password) throw new UsageError("Set AUDIT_USER and AUDIT_PASSWORD to a test user's name and password");
  const second =
    environment.AUDIT_SECOND_USER ||
    (await ask("The name of a second test user, for checks that need two (empty: none)"));
  const secondPassword =
    second === ""
      ? ""
      : environment.AUDIT_SECOND_PASSWORD ||
        (await ask("Their password (not shown, and not written)", { isSecret: true }));
  const idle =
    given.idle ??
    (await ask("After how long without activity should a session end? like 15m (empty: unknown)", {
      problem: duration,
    }));
  const absolute =
    given.absolute ?? (await ask("After how long at the latest? like 12h (empty: unknown)", { problem: duration }));

  const options = await lookOptionsOf({ authorized, ca: given.ca }, environment);
  const look = async (address: string) => explore(address, { ...options, user, password });
  const looked = await look(url).catch(async (error: Error) => {
    const page = asker ? await ask(`${error.message}\nThe address of the page with the login form (empty: stop)`) : "";
    if (page === "") throw error;
    return look(new URL(page, url).href);
  });

  const file: AuditFile = {
    ...looked.file,
    users: {
      ...looked.file.users,
      ...(second !== "" && {
        second: { name: { env: "AUDIT_SECOND_USER" }, password: { env: "AUDIT_SECOND_PASSWORD" } },
      }),
    },
    ...((idle || absolute) && { expect: { ...(idle && { idle }), ...(absolute && { absolute }) } }),
  };
  const ready = await checkAuditFile(file, {
    ...environment,
    AUDIT_USER: user,
    AUDIT_PASSWORD: password,
    AUDIT_SECOND_USER: second,
    AUDIT_SECOND_PASSWORD: secondPassword,
  });
  const { lost, credentials, controls } = await auditReady(ready, { onlyControls: true });
  const held = controls.filter(({ problem }) => problem === null).length;
  const found = [
    ...looked.found,
    lost === null
      ? `Tried out: ${held} controls hold, signed in by ${credentials.join(", or by ")}`
      : `Tried out: ${lost}`,
  ];
  return { file, found, lost };
}

function duration(answer: string): string | null {
  return answer === "" || durationPattern.test(answer) ? null : 'Write a duration like "15m", "12h" or "30s"';
}
