import { expect, test } from "vitest";
import { audit, type Report } from "../../src/index.ts";
import { notesFile } from "../support/audit-notes.ts";
import { createNotes } from "../support/notes.ts";
import { servePlain } from "../support/serve.ts";

/** A report without what differs by nature: when it was, its run's name, and what was made up for it. */
function lasting({ run: _run, startedAt: _startedAt, took: _took, checks, exchanges, ...rest }: Report) {
  const madeUp = (text: string) => text.replaceAll(/audit[0-9a-f]{12}(x\w+)?|\b[0-9a-f]{8,32}\b|\d{13}/g, "…");
  return {
    ...rest,
    checks: checks.map(({ took: _checkTook, ...each }) => each),
    exchanges: exchanges.map(({ id, by, request, response, failure }) => ({
      id,
      by,
      request: [request.method, request.url, request.headers, request.body].map((each) =>
        madeUp(JSON.stringify(each).replaceAll(/"X-Audit-Run","\w+"/g, "")),
      ),
      response: response && [
        response.status,
        madeUp(JSON.stringify(response.headers.filter(([name]) => name !== "Date"))),
      ],
      failure,
    })),
  };
}

test("the same target twice: the same report, exchange by exchange, but for times and what was made up", async () => {
  const flaws = ["X-END-01", "X-CRED-03", "X-FIX-01", "X-CSRF-01", "X-COOK-02", "X-TOK-03", "X-STEP-01"];
  const reports: Report[] = [];
  for (let time = 1; time <= 2; time++) {
    const notes = await servePlain(createNotes(new Set(flaws)));
    try {
      const report = await audit(notesFile(notes.url, notes.plainUrl), { settle: 20 });
      reports.push(JSON.parse(JSON.stringify(report).replaceAll(new URL(notes.url).host, "notes")) as Report);
    } finally {
      await notes.close();
    }
  }
  const [first, second] = reports as [Report, Report];
  expect(first.exchanges.length).toBeGreaterThan(50);
  expect(lasting(second)).toEqual(lasting(first));
});
