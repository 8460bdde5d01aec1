import { allChecks } from "../checks/all.ts";
import { frameworks, remedies } from "../checks/remedies.ts";
import type { Check } from "../run/check.ts";

/** The check of an id, in whatever case, with or without its X-. */
export function checkOf(id: string): Check | null {
  const wanted = id.toUpperCase().replace(/^(X-)?/, "X-");
  return allChecks.find((each) => each.id === wanted) ?? null;
}

/** A page about a check, as Markdown: what it means, how it was tested, how to mend it, when it says nothing. */
export function explain(check: Check): string {
  const { rule, in: ways } = remedies[check.remedy];
  const { asvs = [], wstg = [], nist = [], pci = [], cwe = [] } = check.references;
  const references = [
    ...asvs.map((id) => `ASVS v5.0.0-${id}`),
    ...wstg.map((id) => (/-(10|11)$/.test(id) ? `WSTG (latest) ${id}` : `WSTG-v42-${id}`)),
    ...nist.map((id) => `NIST SP 800-63B-4, ${id}`),
    ...pci.map((id) => `PCI DSS 4.0.1, ${id}`),
    ...cwe.map((number) => `CWE-${number}`),
  ];
  const lines = [
    `# ${check.id}: ${check.title}`,
    "",
    `Severity: ${check.severity}. ${references.length > 0 ? `References: ${references.join(", ")}.` : ""}`.trim(),
    "",
    "## What it means",
    "",
    check.means,
    "",
    "## How it was tested",
    "",
    check.tested,
    ...(check.needs.length > 0 ? ["", `It needs: a login, ${check.needs.join(", ")}.`] : []),
    "",
    "## How to mend it",
    "",
    rule,
    "",
    "| In | Write |",
    "|---|---|",
    ...frameworks.map((framework) => `| ${framework} | ${ways[framework]} |`),
    "",
    "## When it says nothing",
    "",
    check.silent,
  ];
  return `${lines.join("\n")}\n`;
}

/** The list of all checks, as Markdown. */
export function checkIndex(): string {
  const rows = allChecks.map(({ id, title, severity }) => `| [${id}](${id}.md) | ${title} | ${severity} |`);
  return `${["# Checks", "", "Written out of the code; `sojourn-audit explain CHECK` prints the same.", "", "| Check | What it finds | Severity |", "|---|---|---|", ...rows].join("\n")}\n`;
}
