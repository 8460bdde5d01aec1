// node scripts/audit-pages.mjs: writes what the auditor's code says anyway, its JSON Schemas and a page per check.
// Run npm run build before; a test says when it has to be run again.
import { mkdirSync, writeFileSync } from "node:fs";
import { allChecks, checkIndex, explain, jsonSchemas } from "../packages/audit/dist/pages.js";
import { inRepository } from "./lib/paths.mjs";

const pages = inRepository("docs", "checks");
mkdirSync(pages, { recursive: true });
for (const check of allChecks) writeFileSync(`${pages}/${check.id}.md`, explain(check));
writeFileSync(`${pages}/README.md`, checkIndex());
for (const [name, text] of Object.entries(jsonSchemas())) {
  writeFileSync(inRepository("packages", "audit", "schema", name), text);
}
console.log(`${allChecks.length} pages and ${Object.keys(jsonSchemas()).length} schemas`);
