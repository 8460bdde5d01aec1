import { sayDuration } from "../file/duration.ts";
import { sayComparison } from "./compare.ts";
import type { Paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { countsOf, findingsOf, type Report, type Result } from "./report.ts";

/** The report on one screen: findings first, the worst on top; then what could not be judged, and what did not run. */
export function terminalReport(given: Report, paint: Paint): string {
  const report = withoutOrders(given);
  const lines = [...head(report, paint), "", ...body(report, paint), "", summary(report, paint)];
  return `${lines.join("\n")}\n`;
}

function head({ target, authorized, users, whoami, credentials }: Report, { bold }: Paint): readonly string[] {
  return [
    `${bold("Target")}      ${target}`,
    ...(authorized ? [`${bold("Authorized")}  ${authorized}`] : []),
    `${bold("Users")}       ${users.join(", ")}`,
    ...(whoami ? [`${bold("Who am I")}    ${whoami}`] : []),
    ...(credentials.length > 0 ? [`${bold("Signed in by")} ${credentials.join(", or by ")}`] : []),
  ];
}

function body(report: Report, paint: Paint): readonly string[] {
  if (report.lost !== null) {
    const broken = report.controls.filter(({ problem }) => problem !== null);
    return [
      paint.red("No verdict is worth anything: the login could not be made or kept."),
      `  ${report.lost}`,
      ...broken.map(({ name, problem }) => `  ${paint.red("✗")} ${name}: ${problem}`),
    ];
  }
  const findings = findingsOf(report).flatMap((finding) => sayFinding(finding, paint));
  const of = (verdict: Result["verdict"]) => report.checks.filter((each) => each.verdict === verdict);
  const accepted = report.checks.filter((each) => each.accepted !== null);
  return [
    ...(findings.length > 0 ? findings : [paint.green("No findings.")]),
    ...(report.comparison ? ["", ...sayComparison(report.comparison)] : []),
    ...section("Inconclusive", of("inconclusive"), (each) => each.summary, paint),
    ...section("Accepted", accepted, ({ accepted: by }) => `${by?.reason} (${by?.owner}, until ${by?.expires})`, paint),
    ...section("To know", of("info"), (each) => each.summary, paint),
    ...section("Not run", of("not run"), sayMissing, paint),
  ];
}

function sayFinding(finding: Result, { bold, red, yellow, dim }: Paint): readonly string[] {
  const colour = ["critical", "high"].includes(finding.severity) ? red : yellow;
  const proof = finding.proof[0];
  return [
    `${colour(finding.severity.toUpperCase().padEnd(8))} ${bold(finding.id)} ${finding.summary}`,
    ...(proof ? [`         ${proof}`] : []),
    dim(`         ${finding.confidence}; how to mend it: sojourn-audit explain ${finding.id}`),
  ];
}

function section(
  title: string,
  results: readonly Result[],
  say: (result: Result) => string,
  { bold, dim }: Paint,
): readonly string[] {
  if (results.length === 0) return [];
  return ["", bold(title), ...results.map((each) => dim(`  ${each.id.padEnd(10)} ${say(each)}`))];
}

function sayMissing({ summary, enable }: Result): string {
  return enable === null ? summary : `${summary}: add ${enable}`;
}

function summary(report: Report, { bold }: Paint): string {
  const counts = countsOf(report);
  const parts = [
    `${report.checks.length} checks`,
    `${counts.pass} pass`,
    `${counts.fail} fail`,
    `${counts.inconclusive} inconclusive`,
    `${counts["not run"]} not run`,
    `${counts.info} to know`,
  ];
  return `${bold(parts.join(" · "))}   ${report.requests} requests and ${report.logins} logins in ${sayDuration(report.took)}`;
}

/** Every text of a report, printable: before our own colours come to it. */
function withoutOrders(report: Report): Report {
  const { exchanges, ...rest } = report;
  const said = JSON.stringify(rest, (_key, value) => (typeof value === "string" ? printable(value) : value));
  return { ...(JSON.parse(said) as typeof rest), exchanges };
}
