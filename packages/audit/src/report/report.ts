import { z } from "zod";
import { severities } from "../run/verdict.ts";

/* The report, as JSON: one description for the types and for the published schema (schema/report-1.json). */

const headers = z.array(z.tuple([z.string(), z.string()]));

const exchange = z.strictObject({
  id: z.string(),
  by: z.string(),
  request: z.strictObject({ method: z.string(), url: z.string(), headers, body: z.string() }),
  response: z.strictObject({ status: z.int(), headers, body: z.string() }).nullable(),
  failure: z.string().nullable(),
  at: z.int(),
  took: z.int(),
});

const references = z.strictObject({
  asvs: z.array(z.string()),
  wstg: z.array(z.string()),
  nist: z.array(z.string()),
  pci: z.array(z.string()),
  cwe: z.array(z.int()),
});

const result = z.strictObject({
  id: z.string(),
  title: z.string(),
  family: z.string(),
  severity: z.enum(severities),
  verdict: z.enum(["fail", "pass", "inconclusive", "not run", "info"]),
  /** `null` for everything but a failure. */
  confidence: z.enum(["confirmed", "likely", "hint"]).nullable(),
  summary: z.string(),
  proof: z.array(z.string()),
  /** What to add to the audit file, where that would let the check run. */
  enable: z.string().nullable(),
  /** Why somebody has accepted this finding, until when. */
  accepted: z.strictObject({ reason: z.string(), owner: z.string(), expires: z.string() }).nullable(),
  references,
  remedy: z.string(),
  /** Exchanges of `exchanges`, in their order. Only of findings and of what is inconclusive. */
  transcript: z.array(z.string()),
  /** How often it was tried: a failure is shown a second time. */
  attempts: z.int(),
  /** The line of the audit file that names what it did; `null` without a file. */
  line: z.int().nullable(),
  took: z.int(),
});

export const reportSchema = z.strictObject({
  schema: z.literal("sojourn-audit/report/1"),
  tool: z.strictObject({ name: z.literal("sojourn-audit"), version: z.string() }),
  run: z.string(),
  target: z.string(),
  auditFile: z.string().nullable(),
  authorized: z.string().nullable(),
  startedAt: z.iso.datetime(),
  took: z.int(),
  /** How the audit knew who was signed in. */
  whoami: z.string().nullable(),
  users: z.array(z.string()),
  /** What signs somebody in, such as `cookie sid`. */
  credentials: z.array(z.string()),
  controls: z.array(z.strictObject({ name: z.string(), problem: z.string().nullable() })),
  /** Why the verdicts are worth nothing: no login could be made or kept. `null` if all is well. */
  lost: z.string().nullable(),
  /** What has changed since an earlier report; `null` if it was compared with none. Ids of checks. */
  comparison: z
    .strictObject({
      run: z.string(),
      startedAt: z.string(),
      new: z.array(z.string()),
      fixed: z.array(z.string()),
      unchanged: z.array(z.string()),
      unknown: z.array(z.string()),
    })
    .nullable(),
  requests: z.int(),
  logins: z.int(),
  checks: z.array(result),
  exchanges: z.array(exchange),
});

export type Report = z.output<typeof reportSchema>;
export type Result = Report["checks"][number];

/** The findings of a report that nobody has accepted, the worst first. */
export function findingsOf(report: Report): readonly Result[] {
  const rank = (result: Result) =>
    severities.indexOf(result.severity) * 3 + ["hint", "likely", "confirmed"].indexOf(result.confidence ?? "hint");
  return report.checks
    .filter(({ verdict, accepted }) => verdict === "fail" && accepted === null)
    .sort((a, b) => rank(b) - rank(a));
}

export type FailOn = (typeof severities)[number];

/**
 * 0: nothing at or above `failOn`; 1: findings; 3: no login could be made or kept, or not one check came to a verdict. A
 * hint alone fails nothing.
 */
export function exitCodeOf(report: Report, failOn: FailOn = "medium"): 0 | 1 | 3 {
  const isJudged = report.checks.some(({ verdict }) => ["pass", "fail", "info"].includes(verdict));
  if (report.lost !== null || !isJudged) return 3;
  const isBad = ({ severity, confidence }: Result) =>
    confidence !== "hint" && severities.indexOf(severity) >= severities.indexOf(failOn);
  return findingsOf(report).some(isBad) ? 1 : 0;
}

/** How many checks ended in each way. */
export function countsOf(report: Report): Readonly<Record<Result["verdict"], number>> {
  const counts = { fail: 0, pass: 0, inconclusive: 0, "not run": 0, info: 0 };
  for (const { verdict } of report.checks) counts[verdict]++;
  return counts;
}
