import { appendFileSync } from "node:fs";
import type { Report } from "../../src/index.ts";

/** What a check said about a target of which it is known whether it has the check's flaw. */
export interface Trial {
  readonly target: string;
  readonly check: string;
  readonly isFlawed: boolean;
  readonly said: "fail" | "pass" | "inconclusive" | "info";
}

export interface Known {
  /** The checks whose flaw the target has. */
  readonly flaws: ReadonlySet<string>;
  /** The checks for which that is known. Default: all. */
  readonly judged?: ReadonlySet<string | undefined>;
}

/** Keeps a line a trial in the file of `SOJOURN_AUDIT_TRIALS`, out of which the suite's table is made. */
export function recordTrials(target: string, report: Report, { flaws, judged }: Known): void {
  const path = process.env.SOJOURN_AUDIT_TRIALS;
  if (!path) return;
  const trials = report.checks.flatMap(({ id, verdict }): readonly Trial[] =>
    verdict === "not run" || (judged && !judged.has(id))
      ? []
      : [{ target, check: id, isFlawed: flaws.has(id), said: verdict }],
  );
  appendFileSync(path, trials.map((trial) => `${JSON.stringify(trial)}\n`).join(""));
}
