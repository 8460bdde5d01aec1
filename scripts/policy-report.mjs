// node scripts/policy-report.mjs PRESET: the policy report of a manager that claims a preset. Run npm run build before.
import { createSessionManager } from "sojourn";
import { memoryStore } from "sojourn/memory";
import {
  asvsL2,
  formatPolicyReport,
  hipaa,
  nistAal1,
  nistAal2,
  nistAal3,
  owasp,
  pciDss4,
  policyReport,
} from "sojourn/presets";

const presets = new Map(Object.entries({ owasp, asvsL2, nistAal1, nistAal2, nistAal3, pciDss4, hipaa }));
const policy = presets.get(process.argv[2]);
if (!policy) {
  console.error(`Say which preset: ${[...presets.keys()].join(", ")}`);
  process.exit(2);
}
// As a user of the preset would configure it: what it demands beside the policy's own numbers is switched on.
const demandsToken = policy.claims.demands.some(({ setting }) => setting === "csrf");
const manager = createSessionManager({
  store: memoryStore(),
  origins: ["https://app.example"],
  policy,
  ...(demandsToken && { csrf: "token" }),
});
console.log(formatPolicyReport(policyReport(manager)));
