import { beforeAll, describe, expect, test } from "vitest";
import { exitCodeOf, findingsOf, htmlReport, junitReport, type Report, sarifReport } from "../../src/index.ts";
import { paintFor } from "../../src/report/paint.ts";
import { reportSchema } from "../../src/report/report.ts";
import { terminalReport } from "../../src/report/terminal.ts";
import { auditNotes } from "../support/audit-notes.ts";

let report: Report;
let again: Report;
const plain = paintFor({ isTTY: false }, {});

beforeAll(async () => {
  const flaws = new Set(["X-END-01", "X-CRED-02", "X-CRED-03", "X-CRED-07", "X-CSRF-08"]);
  report = await auditNotes(flaws, {
    change: (file) => ({
      ...file,
      accepted: [
        { check: "X-CSRF-08", reason: "The API is public", owner: "the web team", expires: "2999-01-01" },
        { check: "X-CRED-07", reason: "It was to be mended by now", owner: "the web team", expires: "2020-01-01" },
      ],
    }),
  });
  again = await auditNotes(flaws);
});

describe("what a report says", () => {
  test("follows its schema, and says how many requests and logins it took", () => {
    expect(reportSchema.parse(report)).toEqual(report);
    expect(report.requests).toBeGreaterThan(100);
    expect(report.logins).toBeGreaterThan(30);
  });

  test("is the same for the same target, but for what differs by nature", () => {
    const verdicts = ({ checks }: Report) =>
      checks.map(({ id, verdict, summary, severity, confidence }) => [id, verdict, summary, severity, confidence]);
    expect(verdicts(again)).toEqual(verdicts(report));
  });

  test("an accepted finding counts no more, until its day has come", () => {
    expect(findingsOf(report).map(({ id }) => id)).toEqual(["X-CRED-02", "X-CRED-07", "X-END-01", "X-CRED-03"]);
    expect(findingsOf(again).map(({ id }) => id)).toContain("X-CSRF-08");
    expect(report.checks.find(({ id }) => id === "X-CRED-07")?.proof).toContain(
      "accepted until 2020-01-01 by the web team, no longer: It was to be mended by now",
    );
  });

  test("the exit code is 1 for findings at or above the severity asked for", () => {
    expect([exitCodeOf(report), exitCodeOf(report, "high"), exitCodeOf(report, "critical")]).toEqual([1, 1, 0]);
  });
});

describe("no secret reaches a report", () => {
  const secrets = /correct horse|battery staple|another horse|[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/;

  test.each([
    ["JSON", (each: Report) => JSON.stringify(each)],
    ["HTML", htmlReport],
    ["JUnit", junitReport],
    ["the terminal", (each: Report) => terminalReport(each, plain)],
    // The only long texts of SARIF that are no secrets are fingerprints, and addresses of standards.
    [
      "SARIF",
      (each: Report) =>
        JSON.stringify(sarifReport(each)).replaceAll(/"(sojournAudit\/v1|informationUri)":"[^"]+"/g, ""),
    ],
  ])("%s", (_name, write) => {
    const text = write(report);
    expect(text).toContain("X-CRED-07");
    expect(secrets.exec(text)?.[0]).toBeUndefined();
  });

  test("the same secret has the same tag, so that one can follow it", () => {
    const tags = JSON.stringify(report).match(/\[cookie __Host-id #\d+\]/g) ?? [];
    expect(tags.length).toBeGreaterThan(10);
    expect(new Set(tags).size).toBeLessThan(tags.length);
  });
});

describe("SARIF", () => {
  interface Log {
    readonly version: string;
    readonly runs: readonly {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly kind: string;
        readonly level: string;
        readonly suppressions?: readonly object[];
        readonly locations: readonly {
          readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
        }[];
      }[];
    }[];
  }

  test("has a result for every check, whose location is a file and no URL", () => {
    const { runs } = sarifReport(report) as Log;
    const [run] = runs;
    const results = run?.results ?? [];
    expect(results.length).toBe(report.checks.length);
    for (const { ruleId, ruleIndex, kind, level, locations } of results) {
      expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
      // SARIF 2.1.0, 3.27.10: whatever is no failure has the level "none".
      expect(level === "none").toBe(kind !== "fail");
      expect(locations[0]?.physicalLocation.artifactLocation.uri).not.toContain(":");
    }
    expect(results.filter(({ suppressions }) => suppressions).map(({ ruleId }) => ruleId)).toEqual(["X-CSRF-08"]);
  });
});

describe("HTML", () => {
  test("loads nothing and runs nothing", () => {
    const page = htmlReport(report);
    expect(page).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(page).not.toMatch(/<(script|link|img|iframe|object)\b| on\w+="|url\(|@import/i);
  });

  test("marks the decisive exchanges, and says what was not tested", () => {
    const page = htmlReport(report);
    expect(page).toContain("decisive");
    expect(page).toContain("OWASP ASVS 5.0.0");
    expect(page).toContain('<span class="not-run">X-CSRF-04</span>');
  });

  test("shows what a hostile target says as text", () => {
    const [first] = report.checks;
    if (!first) throw new Error("a report has checks");
    const hostile = {
      ...report,
      checks: [
        {
          ...first,
          verdict: "fail" as const,
          confidence: "likely" as const,
          summary: "</p><script>alert(1)</script>\u001b[2J",
        },
      ],
    };
    expect(htmlReport(hostile)).not.toContain("<script>");
    expect(terminalReport(hostile, plain)).not.toContain("\u001b");
    expect(junitReport(hostile)).not.toContain("\u001b");
  });
});

test("a terminal without colours gets none, and the worst finding comes first", () => {
  const text = terminalReport(report, plain);
  expect(text).not.toContain("\u001b");
  expect(text.indexOf("X-CRED-02")).toBeLessThan(text.indexOf("X-CRED-03"));
  expect(paintFor({ isTTY: true }, { NO_COLOR: "1" }).red("a")).toBe("a");
  expect(paintFor({ isTTY: true }, { CI: "true" }).red("a")).toBe("a");
  expect(paintFor({ isTTY: true }, {}).red("a")).not.toBe("a");
});
