export { allChecks } from "./checks/all.ts";
export { defineAudit, env, form, get, har, http, link, post, storageState } from "./file/define.ts";
export { AuditFileError } from "./file/load.ts";
export type { AuditFile } from "./file/schema.ts";
export { countsOf, exitCodeOf, type FailOn, findingsOf, type Report, type Result } from "./report/report.ts";
export { type AuditOptions, audit, type Progress } from "./run/audit.ts";
export type { Check, References } from "./run/check.ts";
