import { sayDuration } from "../../file/duration.ts";
import { sayComparison } from "../compare.ts";
import { countsOf, findingsOf, type Report, type Result } from "../report.ts";
import { findingCard } from "./finding.ts";
import { type Html, html } from "./html.ts";
import { standardTables } from "./standards.ts";
import { style } from "./style.ts";

/** The report as one HTML file that loads nothing and runs nothing. */
export function htmlReport(report: Report): string {
  const findings = findingsOf(report);
  const of = (verdict: Result["verdict"]) => report.checks.filter((each) => each.verdict === verdict);
  const accepted = report.checks.filter((each) => each.accepted !== null);
  const { markup } = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Session audit of ${report.target}</title><style>${{ markup: style }}</style></head>
<body><header><h1>Session audit of ${report.target}</h1>
<p class="verdict ${report.lost !== null || findings.length > 0 ? "fail" : "pass"}">${verdictLine(report, findings)}</p>
${tiles(report)}
<dl><dt>When</dt><dd>${sayMoment(report.startedAt)}, ${sayDuration(report.took)}</dd>
<dt>Run</dt><dd>${report.run} <span class="soft">(the X-Audit-Run header of its requests)</span></dd>
${report.authorized ? html`<dt>Authorized</dt><dd>${report.authorized}</dd>` : null}
<dt>Users</dt><dd>${report.users.join(", ")}</dd>
<dt>Who am I</dt><dd>${report.whoami ?? "not established"}</dd>
<dt>Signed in by</dt><dd>${report.credentials.join(", or by ") || "not established"}</dd>
<dt>It took</dt><dd>${report.requests} requests and ${report.logins} logins</dd></dl></header>
<main>
${report.lost === null ? null : html`<section><h2>The login could not be made or kept</h2><p>${report.lost}</p></section>`}
${report.comparison === null ? null : html`<section><h2>What has changed</h2><ul>${sayComparison(report.comparison).map((line) => html`<li>${line}</li>`)}</ul></section>`}
<section><h2>Findings</h2>${findings.length > 0 ? findings.map((each, at) => findingCard(each, report, { isOpen: at === 0 })) : html`<p>None.</p>`}</section>
${section("Inconclusive", of("inconclusive"), (each) => findingCard(each, report, { isOpen: false }))}
${section("Accepted", accepted, (each) => html`<p>${each.id} ${each.summary}: ${each.accepted?.reason ?? null} (${each.accepted?.owner ?? null}, until ${each.accepted?.expires ?? null})</p>`)}
<section><h2>Every check</h2><div class="scroll" tabindex="0" role="region" aria-label="Every check"><table class="checks"><thead><tr><th scope="col">Check</th><th scope="col">Verdict</th><th scope="col">What was seen</th></tr></thead>
<tbody>${report.checks.map(row)}</tbody></table></div></section>
<section><h2>Controls</h2><ul>${report.controls.map(({ name, problem }) => html`<li>${name}: <span class="${problem === null ? "pass" : "fail"}">${problem ?? "yes"}</span></li>`)}</ul></section>
<section><h2>By standard</h2><p class="soft">Requirements that no check looks at are not listed: this is no proof of conformance.</p>${standardTables(report)}</section>
</main>
<footer class="soft"><p>sojourn-audit ${report.tool.version}. Secrets were replaced when they were seen: the same secret has the same tag, such as [cookie id #1].</p></footer>
</body></html>
`;
  return markup;
}

/** To the second, in UTC. */
function sayMoment(iso: string): string {
  return `${iso.slice(0, 19).replace("T", " ")} UTC`;
}

function verdictLine({ lost, checks }: Report, findings: readonly Result[]): string {
  if (lost !== null) return "No verdict: the login was lost";
  const open = checks.filter(({ verdict }) => verdict === "inconclusive").length;
  if (findings.length === 0) return open === 0 ? "No findings" : `No findings, and ${open} inconclusive`;
  return `${findings.length} finding${findings.length === 1 ? "" : "s"}, the worst of them ${findings[0]?.severity ?? ""}`;
}

function tiles(report: Report): Html {
  const counts = countsOf(report);
  const kinds = ["fail", "pass", "inconclusive", "not run", "info"] as const;
  return html`<ul class="tiles">${kinds.map((kind) => html`<li><b class="${counts[kind] === 0 ? "soft" : kind.replace(" ", "-")}">${counts[kind]}</b>${kind === "info" ? "to know" : kind}</li>`)}</ul>`;
}

function section(title: string, results: readonly Result[], show: (result: Result) => Html): Html | null {
  return results.length === 0 ? null : html`<section><h2>${title}</h2>${results.map(show)}</section>`;
}

function row({ id, title, verdict, summary, enable }: Result): Html {
  return html`<tr><th scope="row">${id}<br><span class="soft">${title}</span></th><td class="${verdict.replace(" ", "-")}">${verdict}</td>
<td>${summary}${enable === null ? null : html`<br><span class="soft">To enable it, add ${enable}</span>`}</td></tr>`;
}
