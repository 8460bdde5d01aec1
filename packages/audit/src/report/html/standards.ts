import type { Report, Result } from "../report.ts";
import { type Html, html } from "./html.ts";

const standards = [
  { key: "asvs", name: "OWASP ASVS 5.0.0", say: (id: string | number) => `v5.0.0-${id}` },
  { key: "wstg", name: "OWASP WSTG", say: (id: string | number) => `WSTG-${id}` },
  { key: "nist", name: "NIST SP 800-63B-4", say: (id: string | number) => `section ${id}` },
  { key: "pci", name: "PCI DSS 4.0.1", say: (id: string | number) => `${id}` },
  { key: "cwe", name: "CWE", say: (id: string | number) => `CWE-${id}` },
] as const;

/** A table a standard: for each requirement what was tested, with what result, and what was not. */
export function standardTables(report: Report): readonly Html[] {
  return standards.map(({ key, name, say }) => {
    const ids = [...new Set(report.checks.flatMap((each): readonly (string | number)[] => each.references[key]))].sort(
      byNumbers,
    );
    return html`<div class="scroll" tabindex="0" role="region" aria-label="${name}"><table class="standards"><caption>${name}</caption>
<thead><tr><th scope="col">Requirement</th><th scope="col">Tested, with what result</th><th scope="col">Not tested</th></tr></thead>
<tbody>${ids.map((id) => {
      const all = report.checks.filter((each) => (each.references[key] as readonly (string | number)[]).includes(id));
      const tested = all.filter(({ verdict }) => verdict !== "not run");
      return html`<tr><th scope="row">${say(id)}</th><td>${listed(tested)}</td><td>${listed(all.filter((each) => !tested.includes(each)))}</td></tr>`;
    })}</tbody></table></div>`;
  });
}

function listed(results: readonly Result[]): Html {
  if (results.length === 0) return html`–`;
  return html`${results.map(({ id, verdict }, at) => html`${at > 0 ? ", " : null}<span class="${verdict.replace(" ", "-")}">${id}${verdict === "not run" ? null : ` ${verdict}`}</span>`)}`;
}

function byNumbers(a: string | number, b: string | number): number {
  return String(a).localeCompare(String(b), "en", { numeric: true });
}
