import type { ReportingDescriptor, ReportingDescriptorRelationship, ToolComponent } from "sarif";
import type { References } from "../run/check.ts";

/** The standards that checks refer to, as SARIF knows them: each a list of what it demands. */
interface Taxonomy {
  readonly name: string;
  readonly version: string;
  readonly organization: string;
  readonly informationUri: string;
  /** What it calls a requirement or a weakness. */
  say(id: string | number): string;
}

const taxonomies: Readonly<Record<keyof References, Taxonomy>> = {
  asvs: {
    name: "ASVS",
    version: "5.0.0",
    organization: "OWASP",
    informationUri: "https://owasp.org/www-project-application-security-verification-standard/",
    say: (id) => `v5.0.0-${id}`,
  },
  wstg: {
    name: "WSTG",
    version: "4.2",
    organization: "OWASP",
    informationUri: "https://owasp.org/www-project-web-security-testing-guide/",
    say: (id) => `WSTG-${id}`,
  },
  nist: {
    name: "NIST SP 800-63B-4",
    version: "4",
    organization: "NIST",
    informationUri: "https://pages.nist.gov/800-63-4/sp800-63b.html",
    say: (id) => `section ${id}`,
  },
  pci: {
    name: "PCI DSS",
    version: "4.0.1",
    organization: "PCI Security Standards Council",
    informationUri: "https://www.pcisecuritystandards.org/document_library/",
    say: String,
  },
  cwe: {
    name: "CWE",
    version: "4",
    organization: "MITRE",
    informationUri: "https://cwe.mitre.org/",
    say: (id) => `CWE-${id}`,
  },
};
const keys = Object.keys(taxonomies) as (keyof References)[];

/** Every standard with what of it the checks of a report refer to. */
export function taxonomiesOf(all: readonly References[]): ToolComponent[] {
  return keys.map((key) => {
    const { say, ...about } = taxonomies[key];
    const ids = [...new Set(all.flatMap((references): readonly (string | number)[] => references[key] ?? []))];
    const taxa: ReportingDescriptor[] = ids.sort(byNumbers).map((id) => ({ id: String(id), name: say(id) }));
    return { ...about, isComprehensive: false, taxa };
  });
}

/** What a check is relevant to. */
export function relationshipsOf(references: References): ReportingDescriptorRelationship[] {
  return keys.flatMap((key) =>
    (references[key] ?? []).map((id) => ({
      target: { id: String(id), toolComponent: { name: taxonomies[key].name } },
      kinds: ["relevant"],
    })),
  );
}

/** The names under which a tool says that it knows them. */
export const taxonomyNames: readonly string[] = keys.map((key) => taxonomies[key].name);

function byNumbers(a: string | number, b: string | number): number {
  return String(a).localeCompare(String(b), "en", { numeric: true });
}
