export type { ScriptGiven } from "./browser/script.ts";
export { allChecks } from "./checks/all.ts";
export {
  defineAudit,
  env,
  form,
  get,
  har,
  http,
  link,
  playwright,
  post,
  storageState,
  webSocket,
} from "./file/define.ts";
export { AuditFileError } from "./file/load.ts";
export type { AuditFile } from "./file/schema.ts";
export { assertHoldsSessions, type Matched, toHoldSessions } from "./matcher.ts";
export { type Comparison, compareReports } from "./report/compare.ts";
export { htmlReport } from "./report/html/report.ts";
export { junitReport } from "./report/junit.ts";
export { countsOf, exitCodeOf, type FailOn, findingsOf, type Report, type Result } from "./report/report.ts";
export { sarifReport } from "./report/sarif.ts";
export { audit } from "./run/audit.ts";
export type { Check, References } from "./run/check.ts";
export type { Plan } from "./run/estimate.ts";
export type { AuditOptions, Progress } from "./run/options.ts";
