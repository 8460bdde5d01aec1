import { describe, expect, test } from "vitest";
import type { Report } from "../../src/index.ts";
import { auditNotes } from "../support/audit-notes.ts";
import { recordTrials } from "../support/trials.ts";
import { type Pair, pairs } from "./pairs.ts";

export interface MatrixOptions {
  /** Which pairs. Default: all. */
  readonly of?: (pair: Pair) => boolean;
  /** Whether the checks that need a browser run for this pair too: they take longer than all others together. */
  readonly inBrowser: (pair: Pair) => boolean;
}

/** Audits the twins of every pair, and compares every verdict. */
export function comparePairs({ of = () => true, inBrowser }: MatrixOptions): void {
  /** Twins without a flaw are alike where their features and files are: each kind is audited once. */
  const sound = new Map<string, Promise<Report>>();

  function auditTwin(pair: Pair, flaws: readonly string[]): Promise<Report> {
    const { features = [], file: change, overHttps = false } = pair;
    const browser = inBrowser(pair);
    return auditNotes(new Set([...features, ...flaws]), { overHttps, browser, ...(change && { change }) });
  }

  function soundTwin(pair: Pair): Promise<Report> {
    const { features, file, overHttps, alsoFlawed = [] } = pair;
    const key = `${features} ${file} ${overHttps} ${inBrowser(pair)}`;
    const report = sound.get(key) ?? auditTwin(pair, []).then((each) => known(`sound twin ${key}`, each, alsoFlawed));
    sound.set(key, report);
    return report;
  }

  describe.concurrent("each check finds its flaw, is silent about the fixed twin, and changes no other verdict", () => {
    test.each(pairs.filter(of).map((pair) => ({ flaw: pair.id, ...pair })))(
      "$flaw",
      async (pair) => {
        const { id, flaw, verdict = "fail", alsoChanges = {}, alsoFlawed = [] } = pair;
        const fixed = await soundTwin(pair);
        const flawed = await auditTwin(pair, [flaw]);
        known(`flawed twin ${flaw}`, flawed, [id, ...alsoFlawed], Object.keys(alsoChanges));
        expect(fixed.lost ?? flawed.lost).toBeNull();
        const before = verdictsOf(fixed);
        const after = verdictsOf(flawed);
        const finding = flawed.checks.find((each) => each.id === id);
        expect(before.get(id), "the fixed twin").toBe("pass");
        expect(after.get(id), `the flawed twin: ${finding?.summary}`).toBe(verdict);
        const changed = [...before.keys()].filter((other) => other !== id && before.get(other) !== after.get(other));
        expect(changed.sort()).toEqual(Object.keys(alsoChanges).sort());
        const alarms = fixed.checks.filter((each) => each.verdict === "fail").map((each) => each.id);
        expect(alarms.sort(), "what the fixed twin is accused of").toEqual([...alsoFlawed].sort());
      },
      180_000,
    );
  });
}

function known(target: string, report: Report, flaws: readonly string[], unjudged: readonly string[] = []): Report {
  const judged = new Set(report.checks.map(({ id }) => id).filter((id) => !unjudged.includes(id)));
  recordTrials(target, report, { flaws: new Set(flaws), judged });
  return report;
}

function verdictsOf(report: Report): ReadonlyMap<string, string> {
  return new Map(report.checks.map(({ id, verdict }) => [id, verdict]));
}
