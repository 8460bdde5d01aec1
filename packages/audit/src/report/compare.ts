import type { Report, Result } from "./report.ts";

/** What has changed since an earlier report of the same target, by the ids of checks. Accepted findings are findings. */
export interface Comparison {
  /** The run and the time of the earlier report. */
  readonly run: string;
  readonly startedAt: string;
  readonly new: string[];
  readonly fixed: string[];
  readonly unchanged: string[];
  /** Found then, and neither found nor ruled out now: not run, inconclusive, or no longer a check. */
  readonly unknown: string[];
}

/** @throws TypeError if the two are of different hosts: their findings say nothing about each other */
export function compareReports(report: Report, earlier: Report): Comparison {
  const [now, then] = [report, earlier].map(({ target }) => new URL(target).hostname);
  if (now !== then) throw new TypeError(`The earlier report is of ${then}, and this one of ${now}`);
  const failed = idsOf(report, "fail");
  const before = idsOf(earlier, "fail");
  const passed = new Set(idsOf(report, "pass"));
  const gone = before.filter((id) => !failed.includes(id));
  return {
    run: earlier.run,
    startedAt: earlier.startedAt,
    new: failed.filter((id) => !before.includes(id)),
    fixed: gone.filter((id) => passed.has(id)),
    unchanged: failed.filter((id) => before.includes(id)),
    unknown: gone.filter((id) => !passed.has(id)),
  };
}

function idsOf({ checks }: Report, verdict: Result["verdict"]): string[] {
  return checks.filter((each) => each.verdict === verdict).map(({ id }) => id);
}

/** A line for each kind of change that there is. */
export function sayComparison({ startedAt, ...kinds }: Comparison): readonly string[] {
  const lines = (["new", "fixed", "unchanged", "unknown"] as const)
    .filter((kind) => kinds[kind].length > 0)
    .map((kind) => `${kind}: ${kinds[kind].join(", ")}`);
  return [`Since ${startedAt}`, ...(lines.length > 0 ? lines : ["no findings then, and none now"])];
}
