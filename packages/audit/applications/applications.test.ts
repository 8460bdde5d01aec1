import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { audit, htmlReport, type Report, sarifReport } from "../src/index.ts";
import { recordTrials } from "../test/support/trials.ts";
import { django } from "./products/django.ts";
import { dokuwiki } from "./products/dokuwiki.ts";
import { nodeRed } from "./products/node-red.ts";
import { tomcat } from "./products/tomcat.ts";
import { verdaccio } from "./products/verdaccio.ts";
import { wordpress } from "./products/wordpress.ts";
import type { Application } from "./support/application.ts";
import { codeScanningProblems } from "./support/code-scanning.ts";
import { linesOf, readExpected } from "./support/expected.ts";
import { freePort } from "./support/start.ts";

const reports = fileURLToPath(new URL("../../../reports/applications/", import.meta.url));
mkdirSync(reports, { recursive: true });

/** Checks that need neither time, nor https, nor a browser are to run on each of these, as far as it has what they need. */
const fewestChecks = 40;

/** Milliseconds that an answer or a page may take: some of these are large, and the machine may have other work. */
const patience = 60_000;

describe("applications that nobody here wrote get the verdicts that somebody has reviewed", () => {
  test.each([nodeRed, verdaccio, django, dokuwiki, wordpress, tomcat])(
    "$product",
    async (application) => {
      const { report, version } = await auditApplication(application);
      const { lines, reviews } = readExpected(application);
      const seen = linesOf(application, version, report);
      writeFileSync(join(reports, `${application.name}.txt`), `${seen.join("\n")}\n`);
      writeFileSync(join(reports, `${application.name}.html`), htmlReport(report));
      writeFileSync(join(reports, `${application.name}.json`), `${JSON.stringify(report, null, 2)}\n`);
      writeFileSync(join(reports, `${application.name}.sarif`), `${JSON.stringify(sarifReport(report), null, 2)}\n`);

      expect(report.lost).toBeNull();
      const named = new Set(lines.map((line) => line.split(" ")[0]));
      const compared = seen.filter((line) => !line.startsWith("X-") || named.has(line.split(" ")[0]));
      expect(compared, `to review it: reports/applications/${application.name}.html`).toEqual(lines);
      expect(lines.length).toBeGreaterThan(fewestChecks);
      const failed = lines.filter((line) => / fail /.test(line)).map((line) => line.split(" ")[0]);
      expect(failed.filter((id) => !reviews.has(id ?? ""), "failures that nobody has verified")).toEqual([]);
      expect(await codeScanningProblems(join(reports, `${application.name}.sarif`))).toEqual([]);
      recordTrials(application.name, report, { flaws: new Set(reviews.keys()), judged: named });
    },
    400_000,
  );
});

async function auditApplication(application: Application): Promise<{ report: Report; version: string }> {
  const folder = mkdtempSync(join(tmpdir(), `sojourn-${application.name}-`));
  const port = await freePort();
  const running = await application.start(folder, port);
  try {
    const report = await audit(application.file(`http://127.0.0.1:${port}`), { limits: { answer: patience } });
    return { report, version: await application.version() };
  } finally {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
