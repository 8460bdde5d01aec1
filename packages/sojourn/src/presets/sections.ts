import { inWords } from "../core/deviations.ts";
import type { PolicyClaim } from "../core/policy.ts";
import { asvsL2, hipaa, nistAal1, nistAal2, nistAal3, owasp, pciDss4 } from "./presets.ts";
import { met, type Requirement, type Standard } from "./requirement.ts";
import { asvs } from "./standards/asvs.ts";
import { hipaaRule } from "./standards/hipaa.ts";
import { nist } from "./standards/nist.ts";
import { owaspCsrf } from "./standards/owasp-csrf.ts";
import { owaspSessions } from "./standards/owasp-sessions.ts";
import { pci } from "./standards/pci.ts";

/** A standard to report on. A deviation from `claim` overrules what its rows would answer by themselves. */
export interface Section {
  readonly standard: Standard;
  readonly claim: PolicyClaim | null;
}

/**
 * What a policy is compared with. A known name keeps the library's demands, so that a claim with fewer of them cannot
 * pass for the standard. Beside another claim or none, OWASP's rows stand without its numbers.
 */
export function sectionsOf(claim: PolicyClaim | undefined): readonly Section[] {
  const beside = [owaspSessions, owaspCsrf].map((standard) => ({ standard, claim: null }));
  if (!claim) return beside;
  return ofPresets.get(claim.name) ?? [{ standard: ofDemands(claim), claim }, ...beside];
}

const ofPresets: ReadonlyMap<string, readonly Section[]> = new Map([
  claimed(owasp.claims, owaspSessions, [{ standard: owaspCsrf, claim: owasp.claims }]),
  claimed(asvsL2.claims, asvs),
  claimed(nistAal1.claims, nist("aal1")),
  claimed(nistAal2.claims, nist("aal2")),
  claimed(nistAal3.claims, nist("aal3")),
  claimed(pciDss4.claims, pci, [{ standard: owaspSessions, claim: null }]),
  claimed(hipaa.claims, hipaaRule),
]);

function claimed(
  claim: PolicyClaim,
  standard: Standard,
  more: readonly Section[] = [],
): readonly [string, readonly Section[]] {
  return [claim.name, [{ standard, claim }, ...more]];
}

/** A standard made of the demands of an application's own claim, each source once. */
function ofDemands({ name, demands }: PolicyClaim): Standard {
  const sources = [...new Set(demands.map(({ source }) => source))];
  const requirements = sources.map((source): Requirement => {
    const asked = demands.filter((demand) => demand.source === source);
    const requirement = asked.map((demand) => `\`${demand.setting}\`: ${inWords(demand)}`).join("; ");
    return [source, requirement, met("The settings satisfy it.")];
  });
  return { name, requirements };
}
