import { exitCodeOf, type FailOn, findingsOf, type Report } from "./report/report.ts";

/** What Vitest and Jest take from a matcher. */
export interface Matched {
  readonly pass: boolean;
  message(): string;
}

/**
 * For `expect.extend({ toHoldSessions })` of Vitest and Jest: `expect(await audit(file)).toHoldSessions()`. It passes when
 * a login could be made and kept, and no finding is at or above `failOn` (default: medium); a hint alone fails nothing.
 */
export function toHoldSessions(report: Report, failOn: FailOn = "medium"): Matched {
  const pass = exitCodeOf(report, failOn) === 0;
  return {
    pass,
    message: () => (pass ? `The sessions of ${report.target} hold, and were not to` : sayProblems(report, failOn)),
  };
}

/** For `node:test` and everything else: @throws Error with every finding, where `toHoldSessions` would not pass */
export function assertHoldsSessions(report: Report, failOn: FailOn = "medium"): void {
  const { pass, message } = toHoldSessions(report, failOn);
  if (!pass) throw new Error(message());
}

function sayProblems(report: Report, failOn: FailOn): string {
  if (report.lost !== null) return `Nothing can be said about ${report.target}: ${report.lost}`;
  const lines = findingsOf(report).map(({ id, severity, summary, proof }) =>
    [`  ${severity} ${id}: ${summary}`, ...proof.map((line) => `    ${line}`)].join("\n"),
  );
  return `The sessions of ${report.target} do not hold (findings at or above ${failOn} count):\n${lines.join("\n")}`;
}
