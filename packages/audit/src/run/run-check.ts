import { type LinesOfFile, lineFor } from "../file/lines.ts";
import type { CheckedFile } from "../file/schema.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Recorder } from "../http/recorder.ts";
import { Trouble } from "../http/trouble.ts";
import type { Result } from "../report/report.ts";
import { type Check, familyOf } from "./check.ts";
import { missing, type Surroundings } from "./needs.ts";
import type { Stage } from "./stage.ts";
import { stageFor } from "./standing.ts";
import { inconclusive, notRun, type Verdict } from "./verdict.ts";

export interface Ran {
  readonly verdict: Verdict;
  readonly transcript: readonly Exchange[];
  readonly attempts: number;
  readonly took: number;
}

export interface Running {
  readonly stage: Stage;
  readonly surroundings: Surroundings;
  readonly recorder: Recorder;
}

/** Runs one check if it can run, and a second time if it fails: a finding is what happens on fresh sessions too. */
export async function runCheck(check: Check, { stage, surroundings, recorder }: Running) {
  for (const need of check.needs) {
    const lack = missing(need, surroundings);
    if (lack) return { verdict: notRun(lack.why, lack.enable), transcript: [], attempts: 0, hasLostLogin: false };
  }
  let hasLostLogin = false;
  const once = (on: Stage): Promise<Verdict> =>
    check.run(on).catch((error: unknown) => {
      if (!(error instanceof Trouble)) throw error;
      // Whoever is asked to slow down tries one more login, and goes on only if that works.
      hasLostLogin ||= error.code === "login-failed" || error.code === "asked-to-slow-down";
      return inconclusive(error.message);
    });
  const { result: first, exchanges: transcript } = await recorder.listen(() => once(stageFor(check, stage)));
  if (first.kind !== "fail" || check.isRepeated === false)
    return { verdict: first, transcript, attempts: 1, hasLostLogin };
  const { result: second, exchanges: again } = await recorder.listen(() => once(stage));
  if (second.kind === "fail") {
    const confidence = second.confidence === "hint" ? ("hint" as const) : ("confirmed" as const);
    // The second time has its login in it, whatever session the first one used.
    return { verdict: { ...second, confidence }, transcript: again, attempts: 2, hasLostLogin };
  }
  const verdict = inconclusive(`Failed once, and not again on fresh sessions: ${first.summary}`, [
    ...first.proof,
    `The second time: ${second.summary}`,
  ]);
  return { verdict, transcript, attempts: 2, hasLostLogin };
}

/** A verdict as the report has it. */
export function resultOf(
  check: Check,
  { verdict, transcript, attempts, took }: Ran,
  { accepted, lines }: { accepted: NonNullable<CheckedFile["accepted"]>; lines: LinesOfFile | null },
): Result {
  const { asvs = [], wstg = [], nist = [], pci = [], cwe = [] } = check.references;
  const isShown = verdict.kind === "fail" || verdict.kind === "inconclusive";
  const today = new Date().toISOString().slice(0, 10);
  const acceptance = accepted.find((each) => each.check === check.id && each.expires >= today) ?? null;
  const expired = verdict.kind === "fail" && !acceptance ? accepted.filter((each) => each.check === check.id) : [];
  return {
    id: check.id,
    title: check.title,
    family: familyOf(check),
    severity: verdict.severity ?? check.severity,
    verdict: verdict.kind,
    confidence: verdict.kind === "fail" ? (verdict.confidence ?? "likely") : null,
    summary: verdict.summary,
    proof: [
      ...verdict.proof,
      ...expired.map(({ owner, reason, expires }) => `accepted until ${expires} by ${owner}, no longer: ${reason}`),
    ],
    enable: verdict.enable ?? null,
    accepted:
      verdict.kind === "fail" && acceptance
        ? { reason: acceptance.reason, owner: acceptance.owner, expires: acceptance.expires }
        : null,
    references: { asvs: [...asvs], wstg: [...wstg], nist: [...nist], pci: [...pci], cwe: [...cwe] },
    remedy: check.remedy,
    transcript: isShown ? transcript.map(({ id }) => id) : [],
    attempts,
    line: lines === null ? null : lineFor(check, lines),
    took,
  };
}
