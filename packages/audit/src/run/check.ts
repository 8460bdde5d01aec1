import type { RemedyTopic } from "../checks/remedies.ts";
import type { Need } from "./needs.ts";
import type { Stage } from "./stage.ts";
import type { Severity, Verdict } from "./verdict.ts";

export const families = [
  "CRED",
  "COOK",
  "TLS",
  "FIX",
  "END",
  "CSRF",
  "CACHE",
  "CONC",
  "STEP",
  "BIND",
  "TOK",
  "TIME",
] as const;
export type Family = (typeof families)[number];

/** Where a check's requirement is written. ASVS 5.0.0, WSTG, NIST SP 800-63B-4, PCI DSS 4.0.1, CWE. */
export interface References {
  readonly asvs?: readonly string[];
  readonly wstg?: readonly string[];
  readonly nist?: readonly string[];
  readonly pci?: readonly string[];
  readonly cwe?: readonly number[];
}

/** One flaw: what it is, how it is shown, and how to mend it. */
export interface Check {
  /** `X-END-01`: never used for anything else again. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly references: References;
  /** What must be there for it to run. Every check needs a login. */
  readonly needs: readonly Need[];
  /** A browser shows more here, if there is one. Checks that cannot do without say so in `needs`. */
  readonly uses?: "browser";
  /**
   * It only looks at a session, or sends copies of its token: any session that is signed in will do, so that an audit
   * makes fewer logins. What it finds is shown again in a session of its own. Default: no.
   */
  readonly onlyLooks?: boolean;
  /** What the flaw lets somebody do. */
  readonly means: string;
  /** How it was tested. */
  readonly tested: string;
  /** When it says nothing. */
  readonly silent: string;
  readonly remedy: RemedyTopic;
  /** It ends no session but its own: with a saved state, which is one session, it runs after everything else. Default: no. */
  readonly endsItsSession?: boolean;
  /** A failure is shown a second time, on fresh sessions, unless the check counts for itself. Default: yes. */
  readonly isRepeated?: boolean;
  run(stage: Stage): Promise<Verdict>;
}

export function familyOf({ id }: Pick<Check, "id">): Family {
  return id.split("-")[1] as Family;
}
