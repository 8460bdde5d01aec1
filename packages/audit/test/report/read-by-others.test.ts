import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { allChecks, compareReports, countsOf, junitReport, type Report, sarifReport } from "../../src/index.ts";
import { auditNotes } from "../support/audit-notes.ts";
import { readJUnit, schemaValidator } from "./readers.ts";

let report: Report;
let later: Report;
beforeAll(async () => {
  report = await auditNotes(new Set(["X-END-01", "X-CRED-03", "X-CSRF-08"]), {
    change: (file) => ({
      ...file,
      accepted: [{ check: "X-CSRF-08", reason: "The API is public", owner: "the web team", expires: "2999-01-01" }],
    }),
  });
  later = await auditNotes(new Set(["X-END-01", "X-COOK-02"]), { only: ["X-END-01", "X-CRED-03", "X-COOK-02"] });
});

describe("SARIF", () => {
  /** OASIS's schema, as version 5.7.0 of @microsoft/sarif-multitool ships it (MIT). */
  const schema = JSON.parse(readFileSync(new URL("sarif-schema-2.1.0.json", import.meta.url), "utf8")) as object;

  test("is valid by its schema: a whole report, one that is compared, and one without a login", () => {
    const validate = schemaValidator(schema);
    const all = [
      report,
      { ...later, comparison: compareReports(later, report) },
      { ...report, lost: "no login", checks: [], exchanges: [] },
    ];
    for (const each of all) {
      validate(sarifReport(each));
      expect(validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`) ?? []).toEqual([]);
    }
    expect(validate({ version: "2.1.0" })).toBe(false);
  });

  test("every relation of a check leads to a requirement of a listed standard", () => {
    const log = sarifReport(report) as {
      runs: {
        taxonomies: { name: string; taxa: { id: string }[] }[];
        tool: { driver: { rules: { relationships: { target: { id: string; toolComponent: { name: string } } }[] }[] } };
      }[];
    };
    const [run] = log.runs;
    const known = new Set(run?.taxonomies.flatMap(({ name, taxa }) => taxa.map(({ id }) => `${name} ${id}`)));
    const meant = run?.tool.driver.rules.flatMap(({ relationships }) =>
      relationships.map(({ target }) => `${target.toolComponent.name} ${target.id}`),
    );
    expect(run?.taxonomies.map(({ name }) => name)).toEqual(["ASVS", "WSTG", "NIST SP 800-63B-4", "PCI DSS", "CWE"]);
    expect(meant?.length).toBeGreaterThan(allChecks.length);
    expect(meant?.filter((each) => !known.has(each))).toEqual([]);
  });

  test("says what is new and what is not", () => {
    const log = sarifReport({ ...later, comparison: compareReports(later, report) }) as {
      runs: { results: { ruleId: string; baselineState: string }[] }[];
    };
    const states = log.runs[0]?.results.map(({ ruleId, baselineState }) => `${ruleId} ${baselineState}`);
    expect(states).toEqual(["X-CRED-03 updated", "X-COOK-02 new", "X-END-01 unchanged"]);
  });
});

test("JUnit: a reader of CI systems finds every check, failure, error and skipped one", async () => {
  const { testsuite: suites = [] } = await readJUnit(junitReport(report));
  const cases = suites.flatMap(({ testcase = [] }) => testcase);
  const counts = countsOf(report);
  expect(cases.length).toBe(report.checks.length);
  expect(cases.filter(({ failure }) => failure).length).toBe(counts.fail - 1);
  expect(cases.filter(({ skipped }) => skipped).length).toBe(counts["not run"]);
  expect(cases.filter(({ error }) => error).length).toBe(counts.inconclusive);
  const sum = (of: "tests" | "failures" | "skipped") => suites.reduce((all, suite) => all + (suite[of] ?? 0), 0);
  expect([sum("tests"), sum("failures"), sum("skipped")]).toEqual([cases.length, counts.fail - 1, counts["not run"]]);
  const logout = cases.find(({ name }) => name?.startsWith("X-END-01"));
  expect(logout?.failure?.[0]?.message).toContain("still signed in after the logout");
  expect(logout?.properties).toContainEqual({ name: "wstg", value: "SESS-06" });
  expect(logout?.["system-out"]?.join()).toMatch(/^e\d+ alice: POST http.*\/logout -> 303$/m);
});

describe("comparison with an earlier report", () => {
  test("says what is new, fixed and unchanged, and what nobody knows any more", () => {
    const { new: added, fixed, unchanged, unknown } = compareReports(later, report);
    expect({ added, fixed, unchanged, unknown }).toEqual({
      added: ["X-COOK-02"],
      fixed: ["X-CRED-03"],
      unchanged: ["X-END-01"],
      unknown: ["X-CSRF-08"],
    });
  });

  test("is refused for another target", () => {
    expect(() => compareReports(later, { ...report, target: "https://elsewhere.test" })).toThrow(
      "The earlier report is of elsewhere.test",
    );
  });
});
