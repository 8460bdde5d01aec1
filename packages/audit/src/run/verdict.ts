/**
 * What a check says.
 *
 * - `fail`: the flaw was shown
 * - `pass`: it was tried, and is not there
 * - `inconclusive`: it was tried, and what came back says neither
 * - `not run`: something that it needs is missing, or it does not apply here
 * - `info`: worth knowing, and no judgement
 */
export type VerdictKind = "fail" | "pass" | "inconclusive" | "not run" | "info";

export const severities = ["info", "low", "medium", "high", "critical"] as const;
export type Severity = (typeof severities)[number];

/**
 * - `confirmed`: shown again on fresh sessions
 * - `likely`: seen once, or by counting
 * - `hint`: configuration only
 */
export type Confidence = "confirmed" | "likely" | "hint";

export interface Verdict {
  readonly kind: VerdictKind;
  /** One sentence: what happened. */
  readonly summary: string;
  /** Line by line, what was seen. */
  readonly proof: readonly string[];
  /** Only of `fail`. */
  readonly confidence?: Confidence;
  /** Where it differs from the check's own. */
  readonly severity?: Severity;
  /** What to add to the audit file, only of `not run`. */
  readonly enable?: string;
}

type More = Partial<Pick<Verdict, "proof" | "severity" | "confidence">>;

export function fail(summary: string, { proof = [], ...more }: More = {}): Verdict {
  return { kind: "fail", summary, proof, confidence: "likely", ...more };
}

export function pass(summary: string, proof: readonly string[] = []): Verdict {
  return { kind: "pass", summary, proof };
}

export function info(summary: string, proof: readonly string[] = []): Verdict {
  return { kind: "info", summary, proof };
}

export function inconclusive(summary: string, proof: readonly string[] = []): Verdict {
  return { kind: "inconclusive", summary, proof };
}

export function notRun(summary: string, enable?: string): Verdict {
  return { kind: "not run", summary, proof: [], ...(enable && { enable }) };
}
