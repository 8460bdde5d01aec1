import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { allChecks, checkIndex, explain, jsonSchemas } from "../../src/pages.ts";
import { version } from "../../src/version.ts";

const mend = "npm run build && node scripts/audit-pages.mjs";
const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");

test("the page of every check says what the check says", () => {
  for (const check of allChecks) expect(read(`docs/checks/${check.id}.md`), mend).toBe(explain(check));
  expect(read("docs/checks/README.md"), mend).toBe(checkIndex());
  const pages = readdirSync(new URL("../../../../docs/checks", import.meta.url));
  expect(pages.length, mend).toBe(allChecks.length + 1);
});

test("the published schemas are those that the code checks by", () => {
  for (const [name, text] of Object.entries(jsonSchemas()))
    expect(read(`packages/audit/schema/${name}`), mend).toBe(text);
});

test("the version in every report is the package's", () => {
  expect((JSON.parse(read("packages/audit/package.json")) as { version: string }).version).toBe(version);
});
