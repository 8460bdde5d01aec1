/* What is written out of the code by scripts/audit-pages.mjs; no part of what the package exports. */
export { allChecks } from "./checks/all.ts";
export { checkIndex, explain } from "./report/explain.ts";
export { jsonSchemas } from "./report/json-schema.ts";
