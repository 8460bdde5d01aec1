import { createHash } from "node:crypto";
import type { Log, Notification, Run, Result as SarifResult, WebRequest } from "sarif";
import { allChecks } from "../checks/all.ts";
import { remedies } from "../checks/remedies.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Report, Result } from "./report.ts";
import { relationshipsOf, taxonomiesOf, taxonomyNames } from "./taxonomies.ts";

const schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const home = "https://www.npmjs.com/package/sojourn-audit";
const kinds = {
  fail: "fail",
  pass: "pass",
  inconclusive: "open",
  "not run": "notApplicable",
  info: "informational",
} as const;
const levels = { critical: "error", high: "error", medium: "warning", low: "note", info: "note" } as const;
/** Numbers that code scanning sorts by: the middle of each band of CVSS. */
const scores = { critical: "9.5", high: "8.0", medium: "5.5", low: "2.0", info: "0.1" } as const;
const exchangesShown = 10;

/** SARIF 2.1.0. The location of a result is the audit file: code scanning takes files of the repository, and no URLs. */
export function sarifReport(report: Report): object {
  const exchanges = new Map(report.exchanges.map((each) => [each.id, each as Exchange]));
  const rules = allChecks.filter(({ id }) => report.checks.some((each) => each.id === id));
  const run: Run = {
    tool: {
      driver: {
        name: "sojourn-audit",
        semanticVersion: report.tool.version,
        informationUri: home,
        supportedTaxonomies: taxonomyNames.map((name) => ({ name })),
        rules: rules.map((check) => ({
          id: check.id,
          shortDescription: { text: check.title },
          fullDescription: { text: check.means },
          help: { text: `${remedies[check.remedy].rule} ${check.tested}` },
          helpUri: home,
          relationships: relationshipsOf(check.references),
          defaultConfiguration: { level: levels[check.severity] },
          properties: {
            "security-severity": scores[check.severity],
            precision: "high",
            tags: ["security", ...(check.references.cwe ?? []).map((number) => `external/cwe/cwe-${number}`)],
          },
        })),
      },
    },
    taxonomies: taxonomiesOf(rules.map(({ references }) => references)),
    originalUriBaseIds: { TARGET: { uri: new URL("/", report.target).href } },
    invocations: [
      {
        executionSuccessful: report.lost === null,
        startTimeUtc: report.startedAt,
        toolExecutionNotifications: notifications(report),
      },
    ],
    results: report.checks.map((result) =>
      sarifResult(report, result, { exchanges, ruleIndex: rules.findIndex(({ id }) => id === result.id) }),
    ),
  };
  const log: Log = { $schema: schema, version: "2.1.0", runs: [run] };
  return log;
}

function notifications({ lost, checks }: Report): Notification[] {
  const notRun = checks.filter(({ verdict }) => verdict === "not run");
  return [
    ...(lost === null ? [] : [{ level: "error" as const, message: { text: lost } }]),
    ...notRun.map(({ id, summary, enable }) => ({
      level: "note" as const,
      message: { text: `Not run: ${summary}${enable === null ? "" : `. To enable it: ${enable}`}` },
      associatedRule: { id },
    })),
  ];
}

function sarifResult(
  report: Report,
  result: Result,
  { exchanges, ruleIndex }: { exchanges: ReadonlyMap<string, Exchange>; ruleIndex: number },
): SarifResult {
  const shown = result.transcript.slice(-exchangesShown).flatMap((id) => exchanges.get(id) ?? []);
  const last = shown.at(-1);
  const credential = report.credentials[0] ?? "";
  const fingerprint = createHash("sha256").update(`${result.id}\n${new URL(report.target).origin}\n${credential}`);
  return {
    ruleId: result.id,
    ruleIndex,
    kind: kinds[result.verdict],
    level: result.verdict === "fail" ? levels[result.severity] : "none",
    message: { text: [`${result.summary}.`, ...result.proof].join("\n") },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: report.auditFile ?? "sojourn-audit.json" },
          region: { startLine: result.line ?? 1 },
        },
        logicalLocations: [{ fullyQualifiedName: report.target, kind: "resource" }],
      },
    ],
    ...(report.comparison && { baselineState: baselineStateOf(result, report.comparison) }),
    partialFingerprints: { "sojournAudit/v1": fingerprint.digest("hex") },
    ...(last && { webRequest: webRequest(last) }),
    ...(last?.response && {
      webResponse: {
        statusCode: last.response.status,
        headers: Object.fromEntries(last.response.headers),
        body: { text: last.response.body },
      },
    }),
    ...(result.accepted && { suppressions: [{ kind: "external", justification: result.accepted.reason }] }),
  };
}

/** What was not compared as a finding is called unchanged: SARIF has no word for it. */
function baselineStateOf({ id }: Result, { new: added, fixed }: NonNullable<Report["comparison"]>) {
  if (added.includes(id)) return "new";
  return fixed.includes(id) ? "updated" : "unchanged";
}

function webRequest({ request }: Exchange): WebRequest {
  return {
    method: request.method,
    target: request.url,
    headers: Object.fromEntries(request.headers),
    body: { text: request.body },
  };
}
