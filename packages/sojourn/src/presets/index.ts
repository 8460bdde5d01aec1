export { formatPolicyReport } from "./format.ts";
export type { Preset } from "./presets.ts";
export { asvsL2, hipaa, nistAal1, nistAal2, nistAal3, owasp, pciDss4 } from "./presets.ts";
export type { PolicyReport, PolicyReportRow } from "./report.ts";
export { policyReport } from "./report.ts";
export type { Answer } from "./requirement.ts";
